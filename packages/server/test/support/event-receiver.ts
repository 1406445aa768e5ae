import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it reached a receiver. */
export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Names and values as they were written. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Tells connections apart. */
  readonly fromPort: number;
}

type Answering = (request: HeardRequest, response: ServerResponse) => void;

export interface ReceiverOptions {
  readonly host?: string;
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly answer?: Answering;
}

/** Something of the site's that takes events: a real HTTP server on a free port. */
export class EventReceiver {
  readonly heard: HeardRequest[] = [];
  /** What becomes of the next requests; 200 without a body unless told otherwise. */
  answer: Answering;
  readonly #server: ReturnType<typeof createServer>;
  readonly #scheme: 'http' | 'https';

  static async open(options: ReceiverOptions = {}): Promise<EventReceiver> {
    const receiver = new EventReceiver(options);
    await new Promise<void>((resolve) => {
      receiver.#server.listen(0, options.host ?? '127.0.0.1', resolve);
    });
    return receiver;
  }

  private constructor({ tls, answer = (_, response) => void response.end() }: ReceiverOptions) {
    this.answer = answer;
    this.#scheme = tls === undefined ? 'http' : 'https';
    const listener: RequestListener = (request, response) => {
      // One that was cut off on its way was not heard.
      this.#take(request, response).catch(() => response.destroy());
    };
    this.#server =
      tls === undefined
        ? createServer(listener)
        : createTlsServer({ cert: tls.certificate, key: tls.key }, listener);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A URL of this receiver, by a name of it where one is given. */
  url(path = '/', host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  closeIdleConnections(): void {
    this.#server.closeIdleConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers, rawHeaders, socket } = request;
    const heard = { method, path: url, headers, rawHeaders, body: await text(request) };
    const taken = { ...heard, fromPort: socket.remotePort ?? 0 };
    this.heard.push(taken);
    this.answer(taken, response);
  }
}
