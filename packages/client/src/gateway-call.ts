import { NetworkFault, Refusal } from './errors.ts';
import { type Answer, exchange, type Fetch, type Outgoing } from './exchange.ts';

/** Path below which every operation of the gateway API lies. */
const BASE_PATH = '/agentgateway/resource';

/** How one call is made. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason, and whether the server has done it is not known. */
  readonly signal?: AbortSignal | undefined;
  /** How long the answer may take; the session's own `timeoutMs` when left out. */
  readonly timeoutMs?: number;
}

/** Where calls go, and how. */
export interface GatewayAddress {
  /** Origin of the server, `https://host:8043`. */
  readonly server: string;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
}

/** One call of the gateway API, below {@link BASE_PATH}. */
export interface GatewayCall {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** A success. */
export interface GatewayAnswer {
  readonly result: unknown;
  readonly event: unknown;
  readonly headers: Headers;
}

/** A request of the API, ready to be sent. */
export function outgoing({ server }: GatewayAddress, call: GatewayCall, token: string | null): Outgoing {
  const { operation, method, path, body } = call;
  return {
    operation,
    method,
    url: `${server}${BASE_PATH}${path}`,
    headers: {
      Accept: 'application/json',
      ...(token === null ? {} : { Guid: token }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** Makes one call. Throws a {@link Refusal} where the server refuses, a {@link NetworkFault} where no answer came. */
export async function makeCall(
  address: GatewayAddress,
  call: GatewayCall & { readonly token: string | null },
  { timeoutMs = address.timeoutMs, signal }: CallOptions = {},
): Promise<GatewayAnswer> {
  const request = outgoing(address, call, call.token);
  return readAnswer(await exchange(request, { fetch: address.fetch, timeoutMs, signal }), call.operation);
}

/** Reads an envelope, whatever the status beside it. */
export function readAnswer({ status, headers, text }: Answer, operation: string): GatewayAnswer {
  const envelope = parseEnvelope(text);
  if (envelope === undefined) {
    const detail = `the answer with status ${status} is none of a gateway`;
    throw new NetworkFault('strange', { operation, detail });
  }
  const { retcode, message, result, event } = envelope;
  if (retcode === '0') return { result, event, headers };
  throw new Refusal({ code: retcode, said: message, operation, retryAfterMs: retryAfterMs(headers) });
}

interface Envelope {
  readonly retcode: string;
  readonly message: string;
  readonly result?: unknown;
  readonly event?: unknown;
}

function parseEnvelope(text: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('retcode' in value)) return undefined;
  const { retcode } = value;
  if (typeof retcode !== 'string') return undefined;
  const message = 'message' in value && typeof value.message === 'string' ? value.message : '';
  return { ...value, retcode, message };
}

function retryAfterMs(headers: Headers): number | null {
  const seconds = headers.get('Retry-After') ?? '';
  return /^[0-9]{1,5}$/.test(seconds) ? Number(seconds) * 1_000 : null;
}

/** The token that an answer gives, to be sent as `Guid` from now on; null: none. */
export function tokenIn(headers: Headers): string | null {
  const given = headers.get('Set-GUID') ?? headers.get('Guid');
  return given === null ? null : given.replace(/^JSESSIONID=/, '');
}
