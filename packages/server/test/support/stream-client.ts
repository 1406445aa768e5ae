import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

/** One block of server-sent events; comments are counted beside. */
export interface Block {
  /** `message` where the block names none. */
  readonly name: string;
  readonly id?: string;
  readonly data: unknown;
}

export interface StreamOptions {
  readonly port: number;
  /** Null: plain HTTP. */
  readonly certificate: string | null;
  /** The whole path. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A client of a stream that reads on only when it is asked for more. */
export class StreamClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly #request: ClientRequest;
  readonly #response: IncomingMessage;
  #text = '';
  #blocks: Block[] = [];
  comments = 0;
  #hasEnded = false;

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('error', () => undefined);
    response.once('close', () => {
      this.#hasEnded = true;
    });
  }

  static open({ port, certificate, path, headers = {}, signal }: StreamOptions): Promise<StreamClient> {
    const send = certificate === null ? plainRequest : tlsRequest;
    const secure = certificate === null ? {} : { ca: certificate };
    return new Promise((resolve, reject) => {
      const request = send(
        { host: '127.0.0.1', port, path, headers, agent: false, signal, ...secure },
        (response) => resolve(new StreamClient(request, response)),
      );
      request.on('error', reject);
      request.end();
    });
  }

  /** The next block; undefined when the stream has ended. */
  async next(): Promise<Block | undefined> {
    while (this.#blocks.length === 0) {
      const chunk = await this.#read();
      if (chunk === null) return undefined;
      this.#take(chunk);
    }
    return this.#blocks.shift();
  }

  /** So many blocks; fails the test where the stream ends before. */
  async take(count: number): Promise<Block[]> {
    const taken: Block[] = [];
    while (taken.length < count) {
      const block = await this.next();
      if (block === undefined) throw new TypeError(`the stream ended after ${JSON.stringify(taken)}`);
      taken.push(block);
    }
    return taken;
  }

  /** All that comes until the stream ends. */
  async rest(): Promise<Block[]> {
    const all: Block[] = [];
    for (let block = await this.next(); block !== undefined; block = await this.next()) all.push(block);
    return all;
  }

  /** The body of an answer that is no stream. */
  async text(): Promise<string> {
    let all = '';
    for (let chunk = await this.#read(); chunk !== null; chunk = await this.#read()) all += chunk;
    return all;
  }

  close(): void {
    this.#request.destroy();
  }

  async #read(): Promise<string | null> {
    for (;;) {
      const chunk: string | null = this.#response.read();
      if (chunk !== null) return chunk;
      if (this.#hasEnded || this.#response.readableEnded) return null;
      await new Promise<void>((resolve) => {
        const done = () => {
          for (const name of ['readable', 'end', 'close']) this.#response.off(name, done);
          resolve();
        };
        for (const name of ['readable', 'end', 'close']) this.#response.on(name, done);
      });
    }
  }

  #take(chunk: string): void {
    const blocks = (this.#text + chunk).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const data = fields.get('data');
      if (fields.has('')) this.comments += 1;
      if (data === undefined) continue;
      const id = fields.get('id');
      this.#blocks.push({
        name: fields.get('event') ?? 'message',
        ...(id === undefined ? {} : { id }),
        data: JSON.parse(data),
      });
    }
  }
}
