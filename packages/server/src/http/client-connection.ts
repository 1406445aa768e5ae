import type { IncomingHttpHeaders, Server as PlainServer } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { PollConnection } from '../delivery/poll.ts';
import { type AddressRanges, canonicalAddress } from '../platform/addresses.ts';
import type { Clock } from '../platform/clock.ts';
import type { TrustedPeer } from '../services/trusted-peers.ts';
import { forwardedCaller } from './forwarded-caller.ts';
import type { ProxyHeaders } from './proxy-protocol.ts';

/** Who asks, as far as the network tells. */
export interface Caller {
  readonly address: string;
  /** Whether the client itself speaks HTTPS, whoever ends it. */
  readonly usesHttps: boolean;
}

/** What is known of a connection for as long as anybody asks about it. */
export interface ClientConnection extends PollConnection {
  /** Who is at its other end. */
  readonly caller: Caller;
  /** Whose listener it came to; null: everybody's. */
  readonly trustedPeer: TrustedPeer | null;
}

interface WatchedConnection extends ClientConnection {
  heardAtMs: PollConnection['heardAtMs'];
  state: PollConnection['state'];
}

/** What all connections of one listener have in common. */
interface Entrance {
  readonly isEncrypted: boolean;
  readonly trustedPeer: TrustedPeer | null;
}

interface ClientConnectionsParts {
  readonly clock: Clock;
  readonly trustedProxies: AddressRanges;
  /** Null: no proxy speaks the PROXY protocol. */
  readonly proxyHeaders: ProxyHeaders | null;
}

/** Knows of each connection who is at its other end, when it was opened and how it ended. */
export class ClientConnections {
  readonly #parts: ClientConnectionsParts;
  readonly #known = new WeakMap<Socket, WatchedConnection>();

  constructor(parts: ClientConnectionsParts) {
    this.#parts = parts;
  }

  /** Takes note of every connection of a listener before its first request. */
  watch(door: PlainServer | TlsServer, entrance: Entrance): void {
    door.on(entrance.isEncrypted ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#known.set(socket, this.#begin(socket, entrance)),
    );
  }

  /** The facts of the connection that a request has come on just now. */
  heardOn(socket: Socket): ClientConnection {
    const known = this.#known.get(socket);
    if (known === undefined) throw new TypeError('this cannot happen: a request on an unwatched connection');
    known.heardAtMs = this.#parts.clock.monotonicMs();
    return known;
  }

  /** Who sent a request: at the connection's other end, or behind the proxy that is there. */
  callerOf({ isShared, caller }: ClientConnection, headers: IncomingHttpHeaders): Caller {
    return isShared ? forwardedCaller(caller, headers, this.#parts.trustedProxies) : caller;
  }

  #begin(socket: Socket, { isEncrypted, trustedPeer }: Entrance): WatchedConnection {
    const { clock, trustedProxies, proxyHeaders } = this.#parts;
    const header = proxyHeaders?.of(socket);
    const address = header?.source ?? canonicalAddress(socket.remoteAddress ?? '') ?? UNKNOWN_ADDRESS;
    // A proxy that speaks for itself in a PROXY header carries nobody's requests.
    const isOfProxyItself = header?.source === null;
    const nowMs = clock.monotonicMs();
    const connection: WatchedConnection = {
      openedAtMs: nowMs,
      heardAtMs: nowMs,
      state: 'open',
      isShared: !isOfProxyItself && trustedProxies.has(address),
      caller: { address, usesHttps: isEncrypted },
      trustedPeer,
    };
    socket.once('end', () => {
      if (connection.state === 'open') connection.state = 'closed';
    });
    // After its end too: what was written to a peer that had closed already was not read.
    socket.once('error', () => {
      connection.state = 'broken';
    });
    // Closed by us after a time-out, or by nobody in order.
    socket.once('close', () => {
      if (connection.state === 'open') connection.state = 'broken';
    });
    return connection;
  }
}

/** A connection that was reset before anybody asked who it is. */
const UNKNOWN_ADDRESS = 'unknown';
