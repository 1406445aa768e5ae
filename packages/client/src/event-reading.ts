import type { AgentEvent } from './agent-event.ts';
import { backOffMs, pause } from './back-off.ts';
import { NetworkFault, Refusal } from './errors.ts';
import { stepBetween } from './event-position.ts';
import type { Arrival, EventSource } from './event-source.ts';
import { pollEvents } from './poll-events.ts';
import type { SignedIn } from './session.ts';

/**
 * Why a session ended: `shutDown` by others or by the system, as its last event says; `signedOut` by itself, or its token
 * opens nothing any more; `tokenReplaced` its token was renewed and this reader never got the new one.
 */
export type SessionEnd = 'shutDown' | 'signedOut' | 'tokenReplaced';

/** What reading a session's events gives. */
export type EventItem =
  | ({ readonly kind: 'event'; readonly position: string } & AgentEvent)
  /** What lay between cannot be read any more: `snapshot` says how things are, and reading goes on behind `position`. */
  | { readonly kind: 'notRecovered'; readonly position: string; readonly snapshot: AgentEvent }
  /** The last item. */
  | { readonly kind: 'ended'; readonly end: SessionEnd };

/** How the connection is. */
export type ConnectionStatus =
  | { readonly status: 'connecting' | 'open' | 'closed' }
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

interface Reading extends Pick<EventOptions, 'signal' | 'onStatus'> {
  readonly after: string | null;
}

/** Reads a session's events until it ends, over as many connections as that takes. */
export async function* readEvents(
  source: EventSource,
  { after, signal, onStatus = () => undefined }: Reading,
): AsyncGenerator<EventItem, void, void> {
  let place = after;
  let failures = 0;
  try {
    for (;;) {
      onStatus({ status: 'connecting' });
      try {
        for await (const arrival of pollEvents(source, place, signal)) {
          if (arrival.kind === 'open') onStatus({ status: 'open' });
          else failures = 0;
          if (arrival.kind === 'open' || arrival.kind === 'quiet') continue;
          if (isRepeated(place, arrival)) continue;
          place = arrival.position;
          yield itemOf(arrival);
          if (endsSession(arrival, source.signedIn)) {
            yield { kind: 'ended', end: 'shutDown' };
            return;
          }
        }
      } catch (cause) {
        const end = endIn(cause);
        if (end !== undefined) {
          yield { kind: 'ended', end };
          return;
        }
        if (!isPassing(cause)) throw cause;
        failures++;
        await wait(cause, failures, { signal, onStatus });
      }
    }
  } finally {
    onStatus({ status: 'closed' });
  }
}

type News = Exclude<Arrival, { kind: 'open' | 'quiet' }>;

function isRepeated(place: string | null, arrival: News): boolean {
  return place !== null && arrival.kind === 'event' && stepBetween(place, arrival.position) === 'repeated';
}

function itemOf(arrival: News): EventItem {
  if (arrival.kind === 'notRecovered') return arrival;
  return { kind: 'event', position: arrival.position, ...arrival.event };
}

/** Behind a gap the log may tell of the ends of earlier sessions too. */
function endsSession(arrival: News, { atMs }: SignedIn): boolean {
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

async function wait(
  fault: NetworkFault | Refusal,
  failures: number,
  { signal, onStatus }: Pick<EventOptions, 'signal'> & Required<Pick<EventOptions, 'onStatus'>>,
): Promise<void> {
  const asked = fault instanceof Refusal ? (fault.retryAfterMs ?? 0) : 0;
  const retryInMs = Math.max(asked, backOffMs(failures, Math.random));
  onStatus({ status: 'waiting', retryInMs, fault });
  await pause(retryInMs, signal);
}
