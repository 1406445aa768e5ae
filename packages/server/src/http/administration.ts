import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StreamOutput } from '../delivery/stream-writer.ts';
import type { TenantFeeds } from '../delivery/tenant-feeds.ts';
import type { AgentTimes } from '../services/agent-time.ts';
import type { BulkSupervision } from '../services/bulk-supervision.ts';
import type { Directory } from '../services/directory.ts';
import type { PushReceivers } from '../services/push-receivers.ts';
import type { SiteAccess, SiteRight } from '../services/site-access.ts';
import type { Webhooks } from '../services/webhooks.ts';
import { sessionTokenIn } from './request-tokens.ts';
import { sendJson } from './send-reply.ts';
import type { HttpServer } from './server.ts';
import { sendStream } from './stream-response.ts';

/** What answers the calls of the administration API, once the store is open. */
export interface AdministrationCore {
  readonly access: SiteAccess;
  readonly agentTimes: AgentTimes;
  readonly bulk: BulkSupervision;
  readonly webhooks: Webhooks;
  readonly pushReceivers: PushReceivers;
  readonly tenantFeeds: TenantFeeds;
  readonly directory: Pick<Directory, 'tenant'>;
}

export interface AdministrationParts {
  readonly core: Promise<AdministrationCore>;
  readonly phase: () => string;
}

/** A call whose token was found good. */
export interface AdministrationCall extends AdministrationCore {
  readonly request: FastifyRequest;
  readonly right: SiteRight;
}

const ERRORS = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  503: 'unavailable',
} as const;

/** What a call is answered with; a refusal says why in a sentence. */
export type AdministrationAnswer =
  | { readonly kind: 'done'; readonly body: object }
  /** Blocks one after another; `begin` is called once the headers are written. */
  | { readonly kind: 'stream'; readonly begin: (output: StreamOutput) => void }
  | RefusedAnswer;

export interface RefusedAnswer {
  readonly kind: 'refused';
  readonly status: keyof typeof ERRORS;
  readonly message: string;
}

interface AdministrationRoute {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly logName: string;
  readonly answer: (call: AdministrationCall) => Promise<AdministrationAnswer>;
}

/** A refusal. */
export function refuse(status: keyof typeof ERRORS, message: string): RefusedAnswer {
  return { kind: 'refused', status, message };
}

/** Adds a call of the administration API, which answers the site token and inspectors alone (rules ST-6, AT-6). */
export function administrationRoute(
  server: HttpServer,
  parts: AdministrationParts,
  { method = 'GET', path, logName, answer }: AdministrationRoute,
): void {
  const config = { logName, family: 'api/v1' };
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    noteSubject(request);
    const said = await answerIfAllowed(request, parts, answer).catch((cause: unknown) => {
      request.facts.cause = cause;
      return refuse(503, 'the store does not answer; look for the request id in the log');
    });
    const status = said.kind === 'refused' ? said.status : 200;
    request.facts.code = String(status);
    if (said.kind === 'stream') return sendStream(reply.raw, [], said.begin);
    const body = said.kind === 'done' ? said.body : { error: ERRORS[said.status], message: said.message };
    sendJson(reply.raw, { status, headers: headersOf(status), body: JSON.stringify(body) });
  };
  server.route({ method, url: `/api/v1${path}`, config, handler });
}

async function answerIfAllowed(
  request: FastifyRequest,
  { core, phase }: AdministrationParts,
  answer: AdministrationRoute['answer'],
): Promise<AdministrationAnswer> {
  if (phase() === 'starting') return refuse(503, 'the server is starting');
  const token = /^Bearer ([A-Za-z0-9_.-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  const built = await core;
  const { access } = built;
  const right =
    token === undefined
      ? ({ kind: 'unknown' } as const)
      : await access.rightOf(sessionTokenIn(token) ?? token);
  switch (right.kind) {
    case 'unknown':
      return refuse(
        401,
        'send the site token, which `rollcall init` printed once, or the session token of a signed-in inspector as ' +
          '`Authorization: Bearer <token>`',
      );
    case 'none':
      return refuse(403, 'the agent of this session is no inspector');
    case 'wholeSite':
    case 'ownTenant':
      return answer({ ...built, request, right });
  }
}

/** Whom the call is about, for the log line: whoever asks. */
function noteSubject({ params, facts }: FastifyRequest): void {
  const { vdn = '', agent = '' } = params as Record<string, string>;
  if (/^\d{1,5}$/.test(vdn)) facts.vdn = Number(vdn);
  if (/^\d{1,6}$/.test(agent)) facts.agent = agent;
}

function headersOf(status: number): readonly string[] {
  if (status === 401) return ['WWW-Authenticate', 'Bearer'];
  return status === 503 ? ['Retry-After', '1'] : [];
}
