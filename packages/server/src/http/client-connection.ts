import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { PollConnection } from '../delivery/poll.ts';
import type { Clock } from '../platform/clock.ts';

/** Knows of each connection when it was opened and how it ended, for as long as anybody asks about it. */
export class ClientConnections {
  readonly #clock: Clock;
  readonly #known = new WeakMap<Socket, PollConnection>();

  constructor(server: Server, clock: Clock) {
    this.#clock = clock;
    server.on('secureConnection', (socket) => this.of(socket));
  }

  /** The facts of the connection that a request came on. */
  of(socket: Socket): PollConnection {
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const connection: { openedAtMs: number; state: PollConnection['state'] } = {
      openedAtMs: this.#clock.monotonicMs(),
      state: 'open',
    };
    this.#known.set(socket, connection);
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
