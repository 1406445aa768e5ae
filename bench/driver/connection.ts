import { once } from 'node:events';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';

/** Where a server listens, and how to trust it. */
export interface Endpoint {
  readonly port: number;
  readonly secureContext: SecureContext;
}

/** One answer as it came. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Bytes on the connection, before encryption. */
  readonly bytes: number;
}

/** The server closed the connection, said nothing in time, or said what is no answer. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
}

/** Longer than any poll is held. */
const SILENCE_MS = 30_000;
const END_OF_HEAD = '\r\n\r\n';

interface Waiting {
  settle(answer: Answer): void;
  fail(fault: Error): void;
}

/**
 * One TLS connection that carries one request at a time. Written by hand and not with `node:https`, because driver and
 * server share the machine: what the driver saves, the server has.
 */
export class Connection {
  readonly #socket: TLSSocket;
  #received = '';
  #waiting: Waiting | undefined;
  #fault: Error | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.setTimeout(SILENCE_MS, () =>
      this.#break(new ConnectionFault('the server was silent for too long')),
    );
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('error', (fault) => this.#break(fault));
    socket.on('close', () => this.#break(new ConnectionFault('the connection was closed')));
  }

  /** Opens a connection with a full handshake: no session is ever resumed. */
  static async open({ port, secureContext }: Endpoint): Promise<Connection> {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      secureContext,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
    });
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    return new Connection(socket);
  }

  /** Sends one request, given as its text, and resolves with the answer. Rejects when the connection breaks. */
  send(request: string): Promise<Answer> {
    return new Promise((settle, fail) => {
      if (this.#fault !== undefined) return fail(this.#fault);
      this.#waiting = { settle, fail };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.end();
  }

  #receive(text: string): void {
    this.#received += text;
    const endOfHead = this.#received.indexOf(END_OF_HEAD);
    if (endOfHead < 0) return;
    const head = this.#received.slice(0, endOfHead);
    const start = endOfHead + END_OF_HEAD.length;
    const length = Number(headerOf(head, 'content-length') ?? Number.NaN);
    if (Number.isNaN(length)) {
      this.#break(new ConnectionFault(`an answer without a length: ${head}`));
      return;
    }
    const bytes = start + length;
    if (this.#received.length < bytes) return;
    const body = this.#received.slice(start, bytes);
    this.#received = this.#received.slice(bytes);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.settle({ status: Number(head.slice(9, 12)), head, body, bytes });
  }

  #break(fault: Error): void {
    this.#fault ??= fault;
    this.#socket.destroy();
    this.#waiting?.fail(this.#fault);
    this.#waiting = undefined;
  }
}

/** The value of a header, its name given in lower case. */
export function headerOf(head: string, name: string): string | undefined {
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return undefined;
}
