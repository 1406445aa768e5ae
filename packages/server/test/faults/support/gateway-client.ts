import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

/** Where a node is reached, and the certificate it must show. */
export interface NodeAddress {
  readonly port: number;
  readonly certificate: string;
}

/** A whole answer, read to its end. */
export interface Answer {
  readonly retcode: string;
  readonly message: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly event?: { readonly eventType: string };
  /** The exact body. */
  readonly body: string;
  /** What the `Guid` header said: the token of a sign-in. */
  readonly guid: string | undefined;
}

/** The connection ended before the answer was whole: whether the call was done is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  /** The system's word for it, such as ECONNRESET. */
  readonly code: string;
  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.code = cause.code ?? 'unknown';
  }
}

export interface SignInWish {
  readonly password?: string;
  readonly phonenum?: string;
  readonly status?: 3 | 4 | 5;
  readonly forced?: boolean;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly guid?: string;
  readonly body?: object;
}

/** Longer than any poll is held. */
const ANSWER_MS = 20_000;

/** A client of one node that keeps its connections open and never repeats a call. */
export class GatewayClient {
  readonly #port: number;
  readonly #agent: Agent;

  constructor({ port, certificate }: NodeAddress) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, ca: certificate });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Opens so many connections, so that calls made afterwards arrive together. */
  async openConnections(count: number, workNumber: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.status(workNumber, '')));
  }

  signIn(workNumber: number, { forced = false, password = '', ...rest }: SignInWish = {}): Promise<Answer> {
    const path = `/onlineagent/${workNumber}/${forced ? 'forceloginex' : 'loginex'}`;
    return this.#send({ method: 'PUT', path, body: { password, ...rest } });
  }

  signOut(workNumber: number, guid: string): Promise<Answer> {
    return this.#send({ method: 'DELETE', path: `/onlineagent/${workNumber}/logout`, guid });
  }

  sayBusy(workNumber: number, guid: string, reason: number): Promise<Answer> {
    return this.#send({ method: 'POST', path: `/onlineagent/${workNumber}/saybusy?reason=${reason}`, guid });
  }

  sayFree(workNumber: number, guid: string): Promise<Answer> {
    return this.#send({ method: 'POST', path: `/onlineagent/${workNumber}/sayfree`, guid });
  }

  rest(
    workNumber: number,
    guid: string,
    { seconds, cause, prolong }: { seconds: number; cause: number; prolong: boolean },
  ): Promise<Answer> {
    const path = `/onlineagent/${workNumber}/rest/${seconds}/${cause}?prolong=${prolong}`;
    return this.#send({ method: 'POST', path, guid });
  }

  /** A change of state that says nothing further. */
  change(
    workNumber: number,
    guid: string,
    to: 'cancelBusy' | 'cancelRest' | 'work' | 'cancelWork',
  ): Promise<Answer> {
    return this.#send({ method: 'POST', path: `/onlineagent/${workNumber}/${to.toLowerCase()}`, guid });
  }

  status(workNumber: number, guid: string): Promise<Answer> {
    return this.#send({ method: 'GET', path: `/onlineagent/${workNumber}/agentstatus`, guid });
  }

  /** A bulletin to the whole VDN. */
  notifyBulletin(workNumber: number, guid: string, bulletindata: string): Promise<Answer> {
    const path = `/onlineagent/${workNumber}/notifybulletin`;
    return this.#send({ method: 'POST', path, guid, body: { targettype: 2, bulletindata } });
  }

  poll(workNumber: number, guid: string): Promise<Answer> {
    return this.#send({ method: 'GET', path: `/agentevent/${workNumber}`, guid });
  }

  /** Signs in and gives the token; throws when the answer is a refusal. */
  async tokenOf(workNumber: number, wish: SignInWish = {}): Promise<string> {
    const answer = await this.signIn(workNumber, wish);
    if (answer.retcode === '0' && answer.guid !== undefined) return answer.guid;
    throw new TypeError(`the sign-in of agent ${workNumber} answered ${answer.body}`);
  }

  async #send({ method, path, guid, body }: Sent): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path: `/agentgateway/resource${path}`,
      headers: {
        ...(guid ? { Guid: guid } : {}),
        ...(payload === undefined ? {} : { 'Content-Length': Buffer.byteLength(payload) }),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
    };
    const response = await exchange(options, payload);
    const read = await text(response).catch((fault: NodeJS.ErrnoException) => {
      throw new ConnectionLost(fault);
    });
    const { guid: token } = response.headers;
    return { ...JSON.parse(read), body: read, guid: typeof token === 'string' ? token : undefined };
  }
}

function exchange(options: RequestOptions, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(options, resolve);
    request.on('error', (fault: NodeJS.ErrnoException) => {
      reject(fault.name === 'AbortError' ? fault : new ConnectionLost(fault));
    });
    request.end(payload);
  });
}
