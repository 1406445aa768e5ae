import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathSegments } from './request-path.ts';

const BELOW = 'agentgateway';
const EXPOSED_HEADERS = 'Set-GUID, Guid, Event-Position';
const PREFLIGHT_HEADERS = [
  'Access-Control-Allow-Methods',
  'GET, PUT, POST, DELETE',
  'Access-Control-Allow-Headers',
  'Guid, Content-Type, Accept, Last-Event-ID',
  'Access-Control-Max-Age',
  '7200',
  'Content-Length',
  '0',
];

/** Marks the answer as readable for the page that asks, where its origin is a listed one (rule CO-2). */
export function allowOrigin({ raw }: FastifyRequest, reply: FastifyReply, allowed: readonly string[]): void {
  const { origin } = raw.headers;
  if (origin === undefined || !allowed.includes(origin) || !isBelow(raw.url)) return;
  reply.raw.setHeader('Access-Control-Allow-Origin', origin);
  reply.raw.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  reply.raw.setHeader('Vary', 'Origin');
}

/** Answers a browser that asks what a page of a listed origin may send (rule CO-3); false: it does not ask that. */
export function answerPreflight({ raw, facts }: FastifyRequest, reply: FastifyReply): boolean {
  const isPreflight = raw.method === 'OPTIONS' && raw.headers['access-control-request-method'] !== undefined;
  if (!isPreflight || !reply.raw.hasHeader('Access-Control-Allow-Origin')) return false;
  facts.method = 'preflight';
  facts.code = '200';
  reply.hijack();
  reply.raw.writeHead(200, PREFLIGHT_HEADERS).end();
  return true;
}

function isBelow(url = '/'): boolean {
  return pathSegments(url)[0] === BELOW;
}
