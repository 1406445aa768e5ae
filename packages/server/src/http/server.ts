import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { PeerContacts } from '../services/trusted-peers.ts';
import type { Caller, ClientConnection, ClientConnections } from './client-connection.ts';
import { allowOrigin, answerPreflight } from './cross-origin.ts';
import { type RawBody, readBody } from './request-body.ts';
import { logWhenClosed, type RequestFacts } from './request-log.ts';
import { answerMiss } from './route-miss.ts';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
    clientConnection: ClientConnection;
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** Name of the operation in the log line. */
    logName?: string;
    family?: string;
  }
}

/** The routes; {@link Listeners} leads connections to them. */
export type HttpServer = FastifyInstance;

interface HttpServerParts {
  readonly connections: ClientConnections;
  readonly peers: PeerContacts;
  readonly log: Logger;
  readonly clock: Clock;
  /** Origins besides the server's own whose pages may call the gateway API. */
  readonly allowedOrigins: readonly string[];
}

const LONGEST_PARAMETER = 1_024;

/** The HTTP server without its routes and without its listeners (rules WI-2 to WI-7). */
export function createHttpServer(parts: HttpServerParts): HttpServer {
  const server = Fastify({
    exposeHeadRoutes: false,
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    frameworkErrors: (_fault, request, reply) => {
      beginRequest(request, reply, parts);
      answerUnrouted(request, reply, parts);
    },
    routerOptions: {
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: LONGEST_PARAMETER,
    },
  });
  server.decorateRequest('facts');
  server.decorateRequest('clientConnection');
  server.decorateRequest('caller');
  server.addHook('onRequest', (request, reply, done) => {
    beginRequest(request, reply, parts);
    if (request.is404) answerUnrouted(request, reply, parts);
    done();
  });
  server.setNotFoundHandler((request, reply) => answerUnrouted(request, reply, parts));
  acceptAnyBody(server);
  return server;
}

function beginRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { connections, peers, log, clock, allowedOrigins }: HttpServerParts,
): void {
  // Old clients send any type or none, and encodings that mean nothing (rule WI-10).
  delete request.raw.headers['content-type'];
  const { logName = '-', family = '-' } = request.routeOptions.config;
  request.facts = { method: logName, family };
  request.clientConnection = connections.heardOn(request.socket);
  request.caller = connections.callerOf(request.clientConnection, request.raw.headers);
  const { trustedPeer } = request.clientConnection;
  if (trustedPeer !== null) peers.heardOf(trustedPeer);
  const peer = request.caller.address;
  logWhenClosed(reply.raw, request.facts, { log, clock, requestId: request.id, peer });
  allowOrigin(request, reply, allowedOrigins);
}

function answerUnrouted(request: FastifyRequest, reply: FastifyReply, { clock }: HttpServerParts): void {
  if (!answerPreflight(request, reply)) answerMiss(request, reply, clock);
}

function acceptAnyBody(server: HttpServer): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    async (_request: FastifyRequest, payload: FastifyRequest['raw']): Promise<RawBody> => readBody(payload),
  );
}
