import {
  type ClientRequest,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { AddressRules } from './address-rules.ts';
import type { Clock } from './clock.ts';
import { type NameLookup, systemLookup } from './name-lookup.ts';

export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  /** `why` is for operators: it names no more of the URL than its host. */
  | { readonly kind: 'failed'; readonly why: string };

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export type UrlCheck =
  | { readonly kind: 'allowed'; readonly url: URL }
  | { readonly kind: 'refused'; readonly why: string };

/** `stale`: the receiver closed a kept connection while the request was on its way, and nobody is at fault. */
type Sent = PostOutcome | { readonly kind: 'stale' };

const GIVEN_UP = { kind: 'failed', why: 'it was given up' } as const;
const CLOSED = { kind: 'failed', why: 'the connection was closed' } as const;

const TIMEOUT_MS = 10_000;
/** An answer says what it has to say in its status; more than this of its body is not waited for. */
const LONGEST_ANSWER_BYTES = 65_536;
const MOST_CONNECTIONS_PER_HOST = 16;
const MOST_IDLE_CONNECTIONS_PER_HOST = 4;
const IDLE_CONNECTION_MS = 15_000;

/** What may be named at all, before any connection: where a URL is taken in, and again before each request. */
export function checkReceiverUrl(text: string, rules: AddressRules): UrlCheck {
  const url = URL.parse(text);
  if (url === null) return { kind: 'refused', why: 'it is no URL' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { kind: 'refused', why: 'it is no URL of HTTPS or HTTP' };
  if (url.username !== '' || url.password !== '')
    return { kind: 'refused', why: 'it holds a user name or a password' };
  if (url.hostname.endsWith('.')) return { kind: 'refused', why: 'its host ends with a dot' };
  if (!rules.lists(url)) return { kind: 'refused', why: `${url.origin} is not listed as a receiver` };
  return { kind: 'allowed', url };
}

interface OutboundPostParts {
  readonly rules: AddressRules;
  readonly clock: Clock;
  readonly lookUp?: NameLookup;
}

/** Sends POST requests to receivers that the site lists, and to no other address (docs/spec/outbound.md). */
export class OutboundPost {
  readonly #rules: AddressRules;
  readonly #clock: Clock;
  readonly #lookUp: NameLookup;
  readonly #agents: { readonly https: TlsAgent; readonly http: PlainAgent };
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor({ rules, clock, lookUp = systemLookup() }: OutboundPostParts) {
    this.#rules = rules;
    this.#clock = clock;
    this.#lookUp = lookUp;
    const options = {
      keepAlive: true,
      maxSockets: MOST_CONNECTIONS_PER_HOST,
      maxFreeSockets: MOST_IDLE_CONNECTIONS_PER_HOST,
      timeout: IDLE_CONNECTION_MS,
    };
    this.#agents = { https: new TlsAgent(options), http: new PlainAgent(options) };
  }

  /** Never rejects. A redirect is an answer like any other. */
  async post(request: PostRequest): Promise<PostOutcome> {
    const check = checkReceiverUrl(request.url, this.#rules);
    if (check.kind === 'refused') return { kind: 'failed', why: check.why };
    const sent = this.#sendAgainIfStale(check.url, request);
    this.#running.add(sent);
    const outcome = await sent.finally(() => this.#running.delete(sent));
    return outcome.kind === 'stale' ? CLOSED : outcome;
  }

  /** Gives up what is under way. Resolves when nothing is any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
    this.#agents.https.destroy();
    this.#agents.http.destroy();
  }

  async #sendAgainIfStale(url: URL, request: PostRequest): Promise<Sent> {
    try {
      const first = await this.#send(url, request);
      return first.kind === 'stale' ? await this.#send(url, request) : first;
    } catch (fault) {
      // A header that cannot be written, for one.
      return failureOf(fault as Error, false);
    }
  }

  #send(url: URL, request: PostRequest): Promise<Sent> {
    const { timeoutMs = TIMEOUT_MS, signal } = request;
    const givenUp =
      signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    const { promise, resolve } = Promise.withResolvers<Sent>();
    if (givenUp.aborted) return Promise.resolve(GIVEN_UP);
    let answer: PostOutcome | null = null;
    const sent = this.#begin(url, request);
    const stop = (outcome: PostOutcome) => {
      resolve(answer ?? outcome);
      sent.destroy();
    };
    const onGivenUp = () => stop(GIVEN_UP);
    givenUp.addEventListener('abort', onGivenUp);
    const cancel = this.#clock.after(timeoutMs, () =>
      stop({ kind: 'failed', why: `no answer within ${timeoutMs / 1000} s` }),
    );
    sent.on('response', (response) => {
      answer = { kind: 'answered', status: response.statusCode ?? 0 };
      discard(response);
    });
    sent.on('error', (fault: NodeJS.ErrnoException) =>
      resolve(answer ?? failureOf(fault, sent.reusedSocket)),
    );
    sent.on('close', () => resolve(answer ?? CLOSED));
    return promise.finally(() => {
      cancel();
      givenUp.removeEventListener('abort', onGivenUp);
    });
  }

  #begin(url: URL, { headers, body }: PostRequest): ClientRequest {
    const isTls = url.protocol === 'https:';
    const bytes = Buffer.from(body);
    const sent = (isTls ? tlsRequest : plainRequest)(url, {
      method: 'POST',
      agent: isTls ? this.#agents.https : this.#agents.http,
      headers: { ...headers, 'Content-Length': bytes.length },
      lookup: this.#checkedLookup,
    });
    sent.end(bytes);
    return sent;
  }

  /** The connection goes to what was checked here: nobody looks the name up again in between (rule OB-4). */
  readonly #checkedLookup: LookupFunction = (name, { all }, done) => {
    this.#findAllowed(name).then(
      (addresses) => {
        const [first] = addresses;
        if (all === true) done(null, [...addresses]);
        else done(null, first?.address ?? '', first?.family);
      },
      (fault: Error) => done(fault, []),
    );
  };

  async #findAllowed(name: string) {
    const addresses = await this.#lookUp(name);
    for (const { address } of addresses) {
      if (!this.#rules.mayConnect(address)) throw new AddressFault(name, address);
    }
    return addresses;
  }
}

/** A listed name has an address to which no connection may be made. */
class AddressFault extends Error {
  override readonly name = 'AddressFault';

  constructor(host: string, address: string) {
    super(`${host} has the address ${address}, which is not allowed`);
  }
}

function discard(response: IncomingMessage): void {
  let leftBytes = LONGEST_ANSWER_BYTES;
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) response.destroy();
  });
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name was not found',
  ENODATA: 'its name was not found',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: CLOSED.why,
  EPIPE: CLOSED.why,
};

function failureOf(fault: NodeJS.ErrnoException, isOnKeptConnection: boolean): Sent {
  const { code = fault.name } = fault;
  if (isOnKeptConnection && (code === 'ECONNRESET' || code === 'EPIPE')) return { kind: 'stale' };
  if (fault instanceof AddressFault) return { kind: 'failed', why: fault.message };
  const isOfTls = /CERT|TLS|SSL|SIGNATURE|ISSUER|EPROTO/.test(code);
  return { kind: 'failed', why: FAILURES[code] ?? `${isOfTls ? 'TLS' : 'the request'} failed (${code})` };
}
