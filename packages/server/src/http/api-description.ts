import { describeAdministrationApi, describeGatewayApi } from '@rollcall/contract';
import type { FastifyReply } from 'fastify';
import { DESCRIPTION_STYLE, descriptionPage } from './description-page.ts';
import { pageHeaders } from './page-headers.ts';
import { sendJson } from './send-reply.ts';
import type { HttpServer } from './server.ts';

/** Browsers may keep it, and ask each time. */
const KEPT = { 'cache-control': 'no-cache' };

/** The API told to machines and to people; it holds no secret, so it asks for no token (rules OA-6, OA-7). */
export function registerApiDescription(server: HttpServer, version: string): void {
  const gateway = once(() => describeGatewayApi(version));
  const administration = once(() => describeAdministrationApi(version));
  const texts = {
    gateway: once(() => JSON.stringify(gateway())),
    admin: once(() => JSON.stringify(administration())),
  };
  for (const [name, text] of Object.entries(texts)) {
    const config = { logName: 'getApiDescription', family: 'api/v1' };
    server.get(`/api/v1/openapi/${name}.json`, { config }, async (request, reply) => {
      request.facts.code = '200';
      reply.hijack();
      sendJson(reply.raw, { status: 200, headers: Object.entries(KEPT).flat(), body: text() });
    });
  }
  const page = once(() => descriptionPage([gateway(), administration()]));
  const config = { logName: 'getApiDescriptionPage', family: 'page' };
  server.get('/api/v1/docs', { config }, async (request, reply: FastifyReply) => {
    request.facts.code = '200';
    return reply.headers({ ...pageHeaders(DESCRIPTION_STYLE), ...KEPT }).send(page());
  });
}

/** Made when somebody asks first, and kept. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
