import { randomUUID } from 'node:crypto';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
} from 'fastify';
import type { PollConnection } from '../delivery/poll.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { ClientConnections } from './client-connection.ts';
import { type RawBody, readBody } from './request-body.ts';
import { logWhenClosed, type RequestFacts } from './request-log.ts';
import { answerMiss } from './route-miss.ts';
import { envelope } from './send-reply.ts';

declare module 'fastify' {
  interface FastifyRequest {
    facts: RequestFacts;
    clientConnection: PollConnection;
  }
  interface FastifyContextConfig {
    /** Name of the operation in the log line. */
    logName?: string;
    family?: string;
  }
}

export type HttpServer = FastifyInstance<Server | RawServerDefault>;

/** One certificate with its key, PEM. An installation may have an ECDSA and an RSA one. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

interface HttpServerParts {
  readonly certificates: readonly Certificate[];
  readonly log: Logger;
  readonly clock: Clock;
}

const KEEP_ALIVE_MS = 75_000;
/** A request that takes longer than this to arrive is cut off; a connection without one yet is kept as an idle one. */
const REQUEST_TIMEOUT_MS = 80_000;
const LONGEST_PARAMETER = 1_024;

/** The HTTPS server without its routes (rules WI-1 to WI-7). */
export function createHttpServer({ certificates, log, clock }: HttpServerParts): HttpServer {
  const server = Fastify({
    https: {
      cert: certificates.map(({ certificate }) => certificate),
      key: certificates.map(({ key }) => key),
      minVersion: 'TLSv1.2',
      // Old clients of HTTP/1.0 name no host.
      requireHostHeader: false,
      headersTimeout: REQUEST_TIMEOUT_MS,
      ALPNProtocols: ['http/1.1'],
    },
    exposeHeadRoutes: false,
    return503OnClosing: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    clientErrorHandler: (fault, socket) => answerUnreadable(fault, socket),
    frameworkErrors: (_fault, request, reply) => {
      beginRequest(request, reply, { log, clock });
      answerMiss(request, reply, clock);
    },
    routerOptions: {
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      maxParamLength: LONGEST_PARAMETER,
    },
  }) as unknown as HttpServer;
  // An expectation that nobody knows is no reason to refuse; Node would answer it by itself.
  server.server.on('checkExpectation', (request, response) =>
    server.server.emit('request', request, response),
  );
  closeUnbegunConnectionsToo(server);
  server.decorateRequest('facts');
  server.decorateRequest('clientConnection');
  const connections = new ClientConnections(server.server as Server, clock);
  server.addHook('onRequest', (request, reply, done) => {
    beginRequest(request, reply, { log, clock });
    request.clientConnection = connections.of(request.socket);
    if (request.is404) answerMiss(request, reply, clock);
    done();
  });
  server.setNotFoundHandler((request, reply) => answerMiss(request, reply, clock));
  acceptAnyBody(server);
  return server;
}

/** `closeAllConnections` knows a connection only after its TLS handshake; one that never begins it holds up a stop. */
function closeUnbegunConnectionsToo({ server }: HttpServer): void {
  const accepted = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    accepted.add(socket);
    socket.once('close', () => accepted.delete(socket));
  });
  const closeKnown = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    closeKnown();
    for (const socket of accepted) socket.destroy();
  };
}

function beginRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { log, clock }: { log: Logger; clock: Clock },
): void {
  // Old clients send any type or none, and encodings that mean nothing (rule WI-10).
  delete request.raw.headers['content-type'];
  const { logName = '-', family = '-' } = request.routeOptions.config;
  request.facts = { method: logName, family };
  logWhenClosed(reply.raw, request.facts, { log, clock, requestId: request.id, peer: request.ip });
}

function acceptAnyBody(server: HttpServer): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    '*',
    async (_request: FastifyRequest, payload: FastifyRequest['raw']): Promise<RawBody> => readBody(payload),
  );
}

/** What cannot be read as HTTP is answered once and the connection closed in order. */
function answerUnreadable(fault: NodeJS.ErrnoException, socket: Socket): void {
  if (fault.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (fault.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    // Perhaps nothing was asked yet, and the next request would take an answer for its own.
    socket.end();
    return;
  }
  const isHeadTooLarge = fault.code === 'HPE_HEADER_OVERFLOW';
  const status = isHeadTooLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const body = envelope('000-002');
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
