import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { VERSION } from '../config/version.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { SiteStore } from '../storage/site-store.ts';
import type { HttpServer } from './server.ts';
import { sendJson } from './send-reply.ts';

export interface SiteApiParts {
  readonly store: Promise<Pick<SiteStore, 'findSiteTokenHash' | 'listTenants'>>;
  readonly secrets: SecretSource;
  readonly phase: () => string;
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
  server.get('/api/v1/site', async (request, reply) => {
    request.facts.method = 'getSite';
    request.facts.family = 'api/v1';
    reply.hijack();
    if (!(await isSiteToken(request, parts))) return refuseToken(reply, request);
    const tenants = await (await parts.store).listTenants();
    const answer: SiteAnswer = {
      version: VERSION,
      state: parts.phase(),
      serverName: parts.serverName,
      nodeName: parts.nodeName,
      vdns: tenants.map(({ tenantId, definition }) => ({ vdn: tenantId, name: definition.name })),
    };
    request.facts.code = '200';
    sendJson(reply.raw, { status: 200, headers: [], body: JSON.stringify(answer) });
  });
}

async function isSiteToken(request: FastifyRequest, { store, secrets }: SiteApiParts): Promise<boolean> {
  const given = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? '')?.[1];
  const expected = await (await store).findSiteTokenHash();
  if (given === undefined || expected === undefined) return false;
  return timingSafeEqual(Buffer.from(secrets.hashToken(given)), Buffer.from(expected));
}

function refuseToken(reply: FastifyReply, request: FastifyRequest): void {
  request.facts.code = '401';
  const body = JSON.stringify({
    error: 'unauthorized',
    message: 'send the site token as `Authorization: Bearer <token>`; `rollcall init` printed it once',
  });
  sendJson(reply.raw, { status: 401, headers: ['WWW-Authenticate', 'Bearer'], body });
}
