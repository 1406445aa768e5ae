import { Deadline } from './deadline.ts';
import { AdministrationRefusal, NetworkFault, Refusal } from './errors.ts';

/** The part of `fetch` that is used here; an application may bring its own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One request as it goes out. */
export interface Outgoing {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What every request keeps to: no cookie either way, no cached answer, and its token goes to no other place (CL-8). */
const MANNERS = { credentials: 'omit', cache: 'no-store', redirect: 'error' } as const;

/** An answer that was read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Terms {
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request and reads its answer, within the time (rule CL-12). */
export async function exchange(outgoing: Outgoing, { fetch, timeoutMs, signal }: Terms): Promise<Answer> {
  const deadline = new Deadline(timeoutMs, signal);
  try {
    const response = await begin(outgoing, fetch, deadline);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    throw faultOf(cause, { outgoing, deadline, signal });
  } finally {
    deadline.release();
  }
}

/** Sends a request; its answer is still to be read when this resolves. */
export function begin(outgoing: Outgoing, fetch: Fetch, deadline: Deadline): Promise<Response> {
  const { url, method, headers, body } = outgoing;
  return fetch(url, { ...MANNERS, method, headers, body: body ?? null, signal: deadline.signal });
}

const OURS = [NetworkFault, Refusal, AdministrationRefusal];

interface Circumstances {
  readonly outgoing: Pick<Outgoing, 'operation'>;
  readonly deadline: Deadline;
  readonly signal?: AbortSignal | undefined;
}

/** What a request that did not come to an end is told as: the application's own wish first. */
export function faultOf(cause: unknown, { outgoing, deadline, signal }: Circumstances): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (OURS.some((kind) => cause instanceof kind)) return cause;
  const { operation } = outgoing;
  if (deadline.hasPassed) return new NetworkFault('timedOut', { operation, detail: 'no answer in time' });
  return new NetworkFault('noAnswer', { operation, detail: 'no answer came', cause });
}
