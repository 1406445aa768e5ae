import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SiteAccess } from '../services/site-access.ts';
import { sendJson } from './send-reply.ts';
import type { HttpServer } from './server.ts';

export interface SiteApiParts {
  /** Resolves when the store is open. */
  readonly access: Promise<SiteAccess>;
  readonly phase: () => string;
  readonly version: string;
  readonly serverName: string;
  readonly nodeName: string;
}

/** What `GET /api/v1/site` answers. */
interface SiteAnswer {
  readonly version: string;
  readonly state: string;
  readonly serverName: string;
  readonly nodeName: string;
  readonly vdns: readonly { readonly vdn: number; readonly name: string }[];
}

/** The administration API: every call carries the site token (rule ST-6). */
export function registerSiteApi(server: HttpServer, parts: SiteApiParts): void {
  const config = { logName: 'getSite', family: 'api/v1' };
  server.get('/api/v1/site', { config }, async (request, reply) => {
    reply.hijack();
    try {
      await answerSite(request, reply, parts);
    } catch (cause) {
      request.facts.cause = cause;
      refuseForNow(request, reply, 'the store does not answer; look for the request id in the log');
    }
  });
}

async function answerSite(request: FastifyRequest, reply: FastifyReply, parts: SiteApiParts): Promise<void> {
  const { version, phase, serverName, nodeName } = parts;
  if (phase() === 'starting') return refuseForNow(request, reply, 'the server is starting');
  const access = await parts.access;
  const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !(await access.isSiteToken(token))) return refuseToken(request, reply);
  const vdns = (await access.listTenants()).map(({ tenantId, name }) => ({ vdn: tenantId, name }));
  const answer: SiteAnswer = { version, state: phase(), serverName, nodeName, vdns };
  request.facts.code = '200';
  sendJson(reply.raw, { status: 200, headers: [], body: JSON.stringify(answer) });
}

function refuseForNow(request: FastifyRequest, reply: FastifyReply, message: string): void {
  request.facts.code = '503';
  const body = JSON.stringify({ error: 'unavailable', message });
  sendJson(reply.raw, { status: 503, headers: ['Retry-After', '1'], body });
}

function refuseToken(request: FastifyRequest, reply: FastifyReply): void {
  request.facts.code = '401';
  const body = JSON.stringify({
    error: 'unauthorized',
    message: 'send the site token as `Authorization: Bearer <token>`; `rollcall init` printed it once',
  });
  sendJson(reply.raw, { status: 401, headers: ['WWW-Authenticate', 'Bearer'], body });
}
