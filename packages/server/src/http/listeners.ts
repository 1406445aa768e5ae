import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import {
  createServer as createPlainServer,
  type Server as PlainServer,
  type RequestListener,
} from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TrustedPeer } from '../services/trusted-peers.ts';
import type { ClientConnections } from './client-connection.ts';
import type { ProxyHeaders } from './proxy-protocol.ts';
import { envelope } from './send-reply.ts';
import type { HttpServer } from './server.ts';
import { standBefore } from './stand-before.ts';

/** One certificate with its key, PEM. An installation may have an ECDSA and an RSA one. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A door of the server: where it listens, over what, and for whom. */
export interface Listener {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly transport:
    | { readonly kind: 'plain' }
    | {
        readonly kind: 'tls';
        readonly certificates: readonly Certificate[];
        /** SHA-256 fingerprint of the one client certificate that is let in; null: none is asked for. */
        readonly clientFingerprint: string | null;
      };
  /** Whose listener it is; null: everybody's. */
  readonly trustedPeer: TrustedPeer | null;
}

type NodeServer = PlainServer | TlsServer;

const KEEP_ALIVE_MS = 75_000;
/** A request that takes longer than this to arrive is cut off; a connection without one yet is kept as an idle one. */
const REQUEST_TIMEOUT_MS = 80_000;

interface ListenersParts {
  readonly server: HttpServer;
  readonly connections: ClientConnections;
  /** Null: no proxy speaks the PROXY protocol. */
  readonly proxyHeaders: ProxyHeaders | null;
  /** Told of each connection to a peer's listener that did not show the peer's certificate. */
  readonly reportStranger: (facts: { readonly trustedPeer: string; readonly peer: string }) => void;
}

/** The sockets that lead to the routes of one server: each door with the same time-outs and the same manners. */
export class Listeners {
  readonly #parts: ListenersParts;
  readonly #doors: NodeServer[] = [];

  constructor(parts: ListenersParts) {
    this.#parts = parts;
  }

  /** Resolves with the port. Rejects when the address cannot be had. */
  async open(listener: Listener): Promise<number> {
    await this.#parts.server.ready();
    const [first = listener.host, ...others] = await addressesOf(listener.host);
    const port = await this.#listen(listener, { host: first, port: listener.port });
    // `localhost` may stand for two addresses, and a machine may have only one of them.
    for (const host of others) await this.#listen(listener, { host, port }).catch(() => undefined);
    return port;
  }

  /** Takes no more connections; resolves when those that are open have come to their end. */
  async close(): Promise<void> {
    await this.#parts.server.close();
    await Promise.all(
      this.#doors.map(async (door) => {
        const closed = once(door, 'close');
        door.close();
        await closed;
      }),
    );
  }

  /** Ends every connection, whatever is under way on it. */
  closeAllConnections(): void {
    for (const door of this.#doors) door.closeAllConnections();
  }

  async #listen(
    { transport, trustedPeer }: Listener,
    address: { readonly host: string; readonly port: number },
  ): Promise<number> {
    const { server, connections, proxyHeaders } = this.#parts;
    const door = createDoor(transport, server.routing);
    connections.watch(door, { isEncrypted: transport.kind === 'tls', trustedPeer });
    if (trustedPeer === null) proxyHeaders?.guard(door);
    else if (transport.kind === 'tls') this.#guard(door, trustedPeer, transport.clientFingerprint);
    closeUnbegunConnectionsToo(door);
    door.listen(address);
    await once(door, 'listening');
    this.#doors.push(door);
    return (door.address() as AddressInfo).port;
  }

  /** Lets in who has the one certificate that the peer is known by (rule WI-54). */
  #guard(door: NodeServer, { name }: TrustedPeer, fingerprint: string | null): void {
    if (fingerprint === null) return;
    standBefore(door, 'secureConnection', (socket, begin) => {
      if ((socket as TLSSocket).getPeerX509Certificate()?.fingerprint256 === fingerprint) {
        begin();
        return;
      }
      this.#parts.reportStranger({ trustedPeer: name, peer: socket.remoteAddress ?? '' });
      socket.destroy();
    });
  }
}

async function addressesOf(host: string): Promise<string[]> {
  if (host !== 'localhost') return [host];
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function createDoor(transport: Listener['transport'], route: RequestListener): NodeServer {
  const options = {
    // Old clients of HTTP/1.0 name no host.
    requireHostHeader: false,
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const door =
    transport.kind === 'plain'
      ? createPlainServer(options, route)
      : createTlsServer(
          {
            ...options,
            cert: transport.certificates.map(({ certificate }) => certificate),
            key: transport.certificates.map(({ key }) => key),
            minVersion: 'TLSv1.2',
            ALPNProtocols: ['http/1.1'],
            // Compared as a whole later, so that it need not be signed by anybody.
            requestCert: transport.clientFingerprint !== null,
            rejectUnauthorized: false,
          },
          route,
        );
  // An expectation that nobody knows is no reason to refuse; Node would answer it by itself.
  door.on('checkExpectation', route);
  door.on('clientError', answerUnreadable);
  return door;
}

/** `closeAllConnections` knows a connection only once it has begun to speak; one that never does holds up a stop. */
function closeUnbegunConnectionsToo(door: NodeServer): void {
  const accepted = new Set<Socket>();
  door.on('connection', (socket: Socket) => {
    accepted.add(socket);
    socket.once('close', () => accepted.delete(socket));
  });
  const closeKnown = door.closeAllConnections.bind(door);
  door.closeAllConnections = () => {
    closeKnown();
    for (const socket of accepted) socket.destroy();
  };
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
