import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FAMILIES } from '@rollcall/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KNOWN_OPERATIONS, type KnownOperation } from './known-operations.ts';
import { RESOURCE_JS_PATH } from './request-path.ts';
import type { HttpServer } from './server.ts';

/** The global object of each family, as old pages call it. */
const FAMILY_OBJECTS: Readonly<Record<(typeof FAMILIES)[number], string>> = {
  agentevent: 'AgentEventDispatcher',
  agentgroup: 'AgentGroup',
  calldata: 'CallData',
  onlineagent: 'OnlineAgent',
  qualitycontrol: 'QualityControl',
  querymonitor: 'QueryMonitor',
  queuedevice: 'QueueDevice',
  recordplay: 'RecordPlayVoice',
  textchat: 'TextChat',
  voicecall: 'VoiceCall',
};

const SCRIPT = Buffer.from(resourceJs(), 'utf8');
const ETAG = `"${createHash('sha256').update(SCRIPT).digest('base64url')}"`;
const VALIDATORS = ['ETag', ETAG, 'Cache-Control', 'no-cache'];

/** Serves the browser client, put together when the process starts (rules RJ-1, RJ-2). */
export function registerResourceJs(server: HttpServer): void {
  const config = { logName: 'getResourceJs', family: 'page' };
  server.get(RESOURCE_JS_PATH, { config }, (request, reply) => {
    reply.hijack();
    answer(request, reply);
  });
}

function answer({ raw, facts }: FastifyRequest, reply: FastifyReply): void {
  if (raw.headers['if-none-match']?.includes(ETAG) === true) {
    facts.code = '304';
    reply.raw.writeHead(304, VALIDATORS).end();
    return;
  }
  facts.code = '200';
  const type = ['Content-Type', 'text/javascript; charset=utf-8', 'X-Content-Type-Options', 'nosniff'];
  reply.raw.writeHead(200, [...VALIDATORS, ...type, 'Content-Length', String(SCRIPT.length)]).end(SCRIPT);
}

/** The part that is written by hand, and behind it an object a family. */
function resourceJs(): string {
  const client = readFileSync(new URL('../../browser/resource-js.js', import.meta.url), 'utf8');
  return [client, ...FAMILIES.map((family) => familyObject(family))].join('\n');
}

function familyObject(family: (typeof FAMILIES)[number]): string {
  // A stream is read while it comes, which the hand-written part does not do.
  const operations = KNOWN_OPERATIONS.filter(
    ({ operation }) => operation.path.startsWith(`/${family}/`) && operation.isStream !== true,
  );
  const lines = operations.map(
    (known) => `  ${known.operation.logName}: '${known.operation.method} ${shownPath(known)}',\n`,
  );
  return `var ${FAMILY_OBJECTS[family]} = REST.family({\n${lines.join('')}});\n`;
}

/** The path without its patterns, which the server looks at. */
function shownPath({ template }: KnownOperation): string {
  return template.map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`)).join('');
}
