import type { AgentEvent } from './agent-event.ts';
import { backOffMs, pause } from './back-off.ts';
import { NetworkFault, Refusal } from './errors.ts';
import { stepBetween } from './event-position.ts';
import type { Arrival, EventSource, PresentState } from './event-source.ts';
import { pollEvents } from './poll-events.ts';
import type { SignedIn } from './session.ts';
import { StreamsMissing, streamEvents } from './stream-events.ts';

/**
 * Why a session ended: `shutDown` by others or by the system, as its last event says; `signedOut` by itself, or its token
 * opens nothing any more; `tokenReplaced` its token was renewed and this reader never got the new one.
 */
export type SessionEnd = 'shutDown' | 'signedOut' | 'tokenReplaced';

/** What reading a session's events gives. */
export type EventItem =
  | ({ readonly kind: 'event'; readonly position: string } & AgentEvent)
  /** What lay in between cannot be read any more. `present` is how things are now; null: the session has ended. */
  | { readonly kind: 'notRecovered'; readonly present: PresentState | null }
  /** The last item. */
  | { readonly kind: 'ended'; readonly end: SessionEnd };

/** How events come: in one answer that stays open, or one answer each. */
export type TransportName = 'stream' | 'longPoll';

/** How the connection is. */
export type ConnectionStatus =
  | { readonly status: 'connecting' | 'closed' }
  | { readonly status: 'open'; readonly by: TransportName }
  | {
      readonly status: 'waiting';
      readonly retryInMs: number;
      /** What the last try failed with. */
      readonly fault: NetworkFault | Refusal;
    };

export interface EventOptions {
  /** Read behind this place of the agent's log. */
  readonly after?: string;
  /** Ends the reading; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onStatus?: (status: ConnectionStatus) => void;
  /** How long nothing may be heard before a connection is taken for dead; 20 s when left out, twice the server's hold. */
  readonly silenceMs?: number;
}

/** Where streams did not get through they are tried again after so long. */
const STREAMS_AGAIN_MS = 300_000;

const TRANSPORTS = { stream: streamEvents, longPoll: pollEvents } as const;

type News = Extract<Arrival, { kind: 'event' | 'notRecovered' }>;

/** Reads a session's events until it ends, over as many connections as that takes. */
export class EventReading {
  readonly #source: EventSource;
  readonly #signal: AbortSignal | undefined;
  readonly #onStatus: (status: ConnectionStatus) => void;
  /** Of the last event that was given, or the place that was asked for. */
  #place: string | null;
  /** What comes next lies right behind {@link #place}. */
  #isDense = true;
  /** A gap that another connection has to show too before it is believed. */
  #suspectedGap: string | null = null;
  #failures = 0;
  #isConnecting = false;
  /** The next connection is by poll, since the last was no stream. */
  #polls = false;
  #streamsFromMs = 0;

  constructor(
    source: EventSource,
    options: Pick<EventOptions, 'signal' | 'onStatus'> & { after: string | null },
  ) {
    this.#source = source;
    this.#signal = options.signal;
    this.#onStatus = options.onStatus ?? (() => undefined);
    this.#place = options.after;
  }

  async *items(): AsyncGenerator<EventItem, void, void> {
    try {
      let end: SessionEnd | undefined;
      while (end === undefined) {
        try {
          end = yield* this.#oneConnection();
        } catch (cause) {
          end = endIn(cause);
          if (end === undefined) await this.#afterFault(cause);
        }
      }
      yield { kind: 'ended', end };
    } finally {
      this.#onStatus({ status: 'closed' });
    }
  }

  /** Reads as long as one connection lasts; undefined: another is to be made. */
  async *#oneConnection(): AsyncGenerator<EventItem, SessionEnd | undefined, void> {
    if (!this.#isConnecting) this.#onStatus({ status: 'connecting' });
    this.#isConnecting = true;
    const by = this.#polls || performance.now() < this.#streamsFromMs ? 'longPoll' : 'stream';
    for await (const arrival of TRANSPORTS[by](this.#source, this.#place, this.#signal)) {
      if (arrival.kind === 'over') return 'signedOut';
      if (arrival.kind === 'open') this.#opened(by);
      else this.#failures = 0;
      if (arrival.kind === 'event' || arrival.kind === 'notRecovered') yield* this.#itemsOf(arrival);
      if (endsSession(arrival, this.#source.signedIn)) return 'shutDown';
      if (by === 'longPoll' && performance.now() >= this.#streamsFromMs) return undefined;
    }
    return undefined;
  }

  #opened(by: TransportName): void {
    if (this.#polls) this.#streamsFromMs = performance.now() + STREAMS_AGAIN_MS;
    this.#polls = false;
    this.#isConnecting = false;
    this.#onStatus({ status: 'open', by });
  }

  /** CL-15: what was given is not given again, and what is missing is asked for again before it is told as missing. */
  *#itemsOf(arrival: News): Generator<EventItem, void, void> {
    if (arrival.kind === 'notRecovered') {
      this.#isDense = arrival.position !== null;
      this.#place = arrival.position ?? this.#place;
      yield { kind: 'notRecovered', present: arrival.present };
      return;
    }
    const { position, event } = arrival;
    const step = this.#place === null || !this.#isDense ? 'next' : stepBetween(this.#place, position);
    if (step === 'repeated') return;
    if (step === 'apart') {
      const gap = `${this.#place} to ${position}`;
      const isConfirmed = this.#suspectedGap === gap;
      this.#suspectedGap = gap;
      if (!isConfirmed) {
        throw new NetworkFault('strange', { operation: 'events', detail: `events are missing: ${gap}` });
      }
      yield { kind: 'notRecovered', present: null };
    }
    this.#place = position;
    this.#isDense = true;
    yield { kind: 'event', position, ...event };
  }

  /** Waits where that may help; throws what it would not. */
  async #afterFault(cause: unknown): Promise<void> {
    if (cause instanceof StreamsMissing) {
      this.#polls = true;
      return;
    }
    this.#polls = false;
    if (!isPassing(cause)) throw cause;
    this.#failures++;
    const asked = cause instanceof Refusal ? (cause.retryAfterMs ?? 0) : 0;
    const retryInMs = Math.max(asked, backOffMs(this.#failures, Math.random));
    this.#isConnecting = false;
    this.#onStatus({ status: 'waiting', retryInMs, fault: cause });
    await pause(retryInMs, this.#signal);
  }
}

/** Behind a gap the log may tell of the ends of earlier sessions too. */
function endsSession(arrival: Arrival, { atMs }: SignedIn): boolean {
  if (arrival.kind !== 'event' || arrival.event.eventType !== 'AgentOther_ShutdownService') return false;
  return arrival.event.content?.loginTime === String(atMs);
}

function endIn(cause: unknown): SessionEnd | undefined {
  if (!(cause instanceof Refusal)) return undefined;
  if (cause.code === '100-006') return 'signedOut';
  return cause.code === '000-003' ? 'tokenReplaced' : undefined;
}

/** What may be over in a moment: the network, a server that starts or stops, a store that is away. */
function isPassing(cause: unknown): cause is NetworkFault | Refusal {
  if (cause instanceof NetworkFault) return true;
  return cause instanceof Refusal && (cause.code === '100-007' || cause.code === '100-003');
}
