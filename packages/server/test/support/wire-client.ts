import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { checkDescribed } from './described-answers.ts';

export interface WireRequest {
  readonly method: string;
  /** Path below /agentgateway/resource; the whole path when `absolute`. */
  readonly path: string;
  readonly absolute?: boolean;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | object;
  readonly agent?: PlainAgent | false;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values alternating, in the casing and order of the wire. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** The envelope; throws when the answer is no JSON. */
  json(): {
    message: string;
    retcode: string;
    result?: unknown;
    event?: { eventType: string; content: unknown };
  };
}

/** A client that puts on the wire exactly what it is told to, and compares what comes with the document (rule OA-9). */
export class WireClient {
  readonly #port: number;
  readonly #certificate: string | null;
  readonly keepAlive: Agent;
  readonly #plainKeepAlive = new PlainAgent({ keepAlive: true });

  /** Over TLS with the server's certificate; null: over plain HTTP. */
  constructor(port: number, certificate: string | null) {
    this.#port = port;
    this.#certificate = certificate;
    this.keepAlive = new Agent({ keepAlive: true, ca: certificate ?? undefined });
  }

  close(): void {
    this.keepAlive.destroy();
    this.#plainKeepAlive.destroy();
  }

  send({ method, path, absolute, headers = {}, body, agent }: WireRequest): Promise<WireAnswer> {
    const payload = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
    const wholePath = absolute === true ? path : `/agentgateway/resource${path}`;
    return new Promise((resolve, reject) => {
      const isPlain = this.#certificate === null;
      const send = isPlain ? plainRequest : tlsRequest;
      const request = send(
        {
          host: '127.0.0.1',
          port: this.#port,
          ...(isPlain ? {} : { ca: this.#certificate ?? undefined }),
          method,
          path: wholePath,
          headers: { ...framing(payload, headers), ...headers } as Record<string, string | string[]>,
          agent: agent ?? (isPlain ? this.#plainKeepAlive : this.keepAlive),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode: status = 0, headers: answered, rawHeaders } = response;
            const text = Buffer.concat(chunks).toString('utf8');
            const sent = Buffer.from(payload ?? '');
            try {
              checkDescribed({ method, path: wholePath, body: sent, status, rawHeaders, text });
              resolve({ status, headers: answered, rawHeaders, text, json: () => JSON.parse(text) });
            } catch (fault) {
              reject(fault);
            }
          });
        },
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  /** Signs in and gives the token for the `Guid` header; fails the test when the answer is another. */
  async signIn(workNumber: number, body: object = {}, operation = 'loginex'): Promise<string> {
    const answer = await this.signInAnswer(workNumber, body, operation);
    const guid = answer.headers.guid;
    if (typeof guid !== 'string') throw new TypeError(`sign-in of ${workNumber} was refused: ${answer.text}`);
    return guid;
  }

  signInAnswer(workNumber: number, body: object = {}, operation = 'loginex'): Promise<WireAnswer> {
    return this.send({
      method: 'PUT',
      path: `/onlineagent/${workNumber}/${operation}`,
      body: { password: '', ...body },
    });
  }

  /** One call of a session; gives the code. */
  async call(method: string, path: string, guid: string): Promise<string> {
    return (await this.send({ method, path, headers: { Guid: guid } })).json().retcode;
  }

  poll(workNumber: number, guid: string): Promise<WireAnswer> {
    return this.send({ method: 'GET', path: `/agentevent/${workNumber}`, headers: { Guid: guid } });
  }

  /** Reads the next `count` events; fails the test when a poll answers something else. */
  async events(workNumber: number, guid: string, count: number): Promise<string[]> {
    const names: string[] = [];
    while (names.length < count) {
      const answer = await this.poll(workNumber, guid);
      const { event } = answer.json();
      if (event === undefined)
        throw new TypeError(`after ${names.join(', ')} the poll answered ${answer.text}`);
      names.push(event.eventType);
    }
    return names;
  }

  async agentState(workNumber: number, guid: string): Promise<unknown> {
    const path = `/onlineagent/${workNumber}/agentstatus`;
    return (await this.send({ method: 'GET', path, headers: { Guid: guid } })).json().result;
  }
}

/** Node frames the body of some methods only; the wire needs it for every one. */
function framing(payload: string | Buffer | undefined, headers: object): Record<string, string> {
  if (payload === undefined || Object.hasOwn(headers, 'Transfer-Encoding')) return {};
  return { 'Content-Length': String(Buffer.byteLength(payload)) };
}
