import { backOffMs, pause } from './back-off.ts';
import { AdministrationRefusal, NetworkFault } from './errors.ts';
import type { PresentState } from './event-source.ts';
import type { Answer, Fetch } from './exchange.ts';
import { jsonIn, readStream, type StreamPiece } from './server-sent-events.ts';

/** One agent of a VDN, as it is now. */
export interface FeedAgent extends PresentState {
  readonly agent: number;
  readonly name: string;
  readonly group: number | null;
  /** When the state began, epoch milliseconds by the server's time; null while signed out. */
  readonly since: number | null;
  readonly signedInAt: number | null;
  /** Of the newest event of the agent's log. */
  readonly position: string;
}

/** What a feed gives: a picture of the whole VDN, which takes the place of any before it, then what changes. */
export type FeedItem =
  | { readonly kind: 'picture' | 'changes'; readonly agents: readonly FeedAgent[] }
  /** The last item: the inspector's session is over. */
  | { readonly kind: 'ended' };

/** How the connection of a feed is. */
export type FeedStatus =
  | { readonly status: 'connecting' | 'open' | 'closed' }
  | {
      readonly status: 'waiting';
      readonly retryInMs: number;
      readonly fault: NetworkFault | AdministrationRefusal;
    };

export interface FeedOptions {
  /** Origin of the server. */
  readonly server: string;
  /** The site token, or that of an inspector's session; a function where it may be renewed: `() => session.token`. */
  readonly token: string | (() => string);
  readonly vdn: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStatus?: (status: FeedStatus) => void;
  /** How long nothing may be heard before a connection is taken for dead; 20 s when left out. */
  readonly silenceMs?: number;
  /** Instead of the platform's own `fetch`. */
  readonly fetch?: Fetch;
}

const OPERATION = 'getVdnFeed';
const SILENCE_MS = 20_000;
/** What the server asks its readers to wait before they come again. */
const COME_AGAIN_MS = 500;

/** Where a feed stands, over all its connections. */
interface Progress {
  /** Behind which everything lies that was not told; null: begin with a picture. */
  place: string | null;
  failures: number;
}

/** Reads what all agents of a VDN do, over as many connections as that takes (rules CL-28, CL-29). */
export async function* vdnFeed(options: FeedOptions): AsyncGenerator<FeedItem, void, void> {
  const { signal, onStatus = () => undefined } = options;
  const progress: Progress = { place: null, failures: 0 };
  onStatus({ status: 'connecting' });
  try {
    for (;;) {
      try {
        const end = yield* oneConnection(options, progress);
        if (end === 'over') break;
        if (end !== 'comeAgain' && end !== 'slow') throw brokenOff(end);
        await pause(COME_AGAIN_MS, signal);
      } catch (fault) {
        if (!isPassing(fault)) throw fault;
        progress.failures++;
        const retryInMs = backOffMs(progress.failures, Math.random);
        onStatus({ status: 'waiting', retryInMs, fault });
        await pause(retryInMs, signal);
        onStatus({ status: 'connecting' });
      }
    }
    yield { kind: 'ended' };
  } finally {
    onStatus({ status: 'closed' });
  }
}

/** Gives the reason of the connection's end; undefined: it had none. */
async function* oneConnection(
  options: FeedOptions,
  progress: Progress,
): AsyncGenerator<FeedItem, string | undefined, void> {
  const picture: FeedAgent[] = [];
  for await (const piece of pieces(options, progress.place)) {
    if (piece.kind === 'comment') continue;
    const value = jsonIn(piece.data, OPERATION);
    progress.failures = 0;
    if (piece.name === 'end') return 'reason' in value ? String(value.reason) : undefined;
    if (piece.name === 'recovered') options.onStatus?.({ status: 'open' });
    if (!('agents' in value)) continue;
    const agents = value.agents as readonly FeedAgent[];
    if (piece.name === 'snapshot') picture.push(...agents);
    // Of a picture in several blocks the last one says where it is from: the others are not the whole.
    if (piece.name === 'snapshot' && piece.id === null) continue;
    yield piece.name === 'snapshot'
      ? { kind: 'picture', agents: picture.splice(0) }
      : { kind: 'changes', agents };
    progress.place = piece.id ?? progress.place;
  }
  return undefined;
}

function pieces(options: FeedOptions, place: string | null): AsyncGenerator<StreamPiece, void, void> {
  const { server, token, vdn, silenceMs = SILENCE_MS, signal } = options;
  const own: Fetch = (url, init) => globalThis.fetch(url, init);
  const outgoing = {
    operation: OPERATION,
    method: 'GET',
    url: `${new URL(server).origin}/api/v1/vdns/${vdn}/feed`,
    headers: {
      Accept: 'text/event-stream, application/json',
      Authorization: `Bearer ${typeof token === 'string' ? token : token()}`,
      ...(place === null ? {} : { 'Last-Event-ID': place }),
    },
  };
  const terms = { fetch: options.fetch ?? own, firstMs: silenceMs, silenceMs, signal, answered };
  return readStream(outgoing, terms);
}

function answered({ status, text }: Answer): void {
  const value = jsonIn(text, OPERATION);
  if (!('error' in value)) return;
  const said = 'message' in value ? String(value.message) : '';
  throw new AdministrationRefusal(String(value.error), { status, said, operation: OPERATION });
}

function brokenOff(end: string | undefined): NetworkFault {
  const detail = end === undefined ? 'the feed broke off' : `the feed ended: ${end}`;
  return new NetworkFault('noAnswer', { operation: OPERATION, detail });
}

/** The network, or a server that starts or whose store is away. */
function isPassing(fault: unknown): fault is NetworkFault | AdministrationRefusal {
  if (fault instanceof NetworkFault) return true;
  return fault instanceof AdministrationRefusal && fault.error === 'unavailable';
}
