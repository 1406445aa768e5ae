import { type AgentEvent, agentEventIn } from './agent-event.ts';
import { pause } from './back-off.ts';
import { NetworkFault, Refusal } from './errors.ts';
import { isPosition, placeBefore, stepBetween } from './event-position.ts';
import { type Arrival, type EventSource, type PresentState, shakeHands } from './event-source.ts';
import { makeCall } from './gateway-call.ts';

const OPERATION = 'getAgentEvent';
/** An empty answer that comes sooner than any server gives one is not asked for again at once. */
const SHORTEST_HOLD_MS = 500;

/** A poll's answer that has news. */
interface Told {
  readonly position: string;
  readonly event: AgentEvent;
}

/** Reads a session's events by long poll, behind `after`; null: from the session's first event on (CL-13, CL-14). */
export async function* pollEvents(
  source: EventSource,
  after: string | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<Arrival, void, void> {
  await begin(source, signal);
  yield { kind: 'open' };
  for (let place = after; ; ) {
    const told = await poll(source, place, signal);
    if (told === undefined) {
      yield { kind: 'quiet' };
      continue;
    }
    if (place === null) {
      const first = await firstOf(source, told, signal);
      yield { kind: 'event', ...first };
      place = first.position;
      continue;
    }
    yield* arrivalsOf(place, told);
    place = told.position;
  }
}

/** A poll may be held for long before it shows that the server is there; a handshake is answered at once. */
async function begin(source: EventSource, signal: AbortSignal | undefined): Promise<void> {
  try {
    await shakeHands(source, signal);
  } catch (cause) {
    // The last events of a session that is over can still be read, and say why.
    if (!(cause instanceof Refusal && cause.code === '100-006')) throw cause;
  }
}

/** One poll; undefined: no news. */
async function poll(
  { address, signedIn, token, adopt, silenceMs }: EventSource,
  after: string | null,
  signal: AbortSignal | undefined,
): Promise<Told | undefined> {
  const path = `/agentevent/${signedIn.workNumber}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`;
  const options = { timeoutMs: silenceMs, signal };
  const beganMs = performance.now();
  const answer = await makeCall(
    address,
    { operation: OPERATION, method: 'GET', path, token: token() },
    options,
  );
  adopt(answer.headers);
  if (answer.event === undefined) {
    await pause(SHORTEST_HOLD_MS - (performance.now() - beganMs), signal);
    return undefined;
  }
  const position = answer.headers.get('Event-Position');
  const event = agentEventIn(answer.event);
  if (!isPosition(position) || event === undefined) {
    const detail = 'an event came without its position; does a page of another origin see `Event-Position`?';
    throw new NetworkFault('strange', { operation: OPERATION, detail });
  }
  return { position, event };
}

/**
 * The session's first event. A poll that names no place gives the next one that nobody has been given yet: where an
 * answer was lost, that is not the first, and the log is gone back to it.
 */
async function firstOf(source: EventSource, told: Told, signal: AbortSignal | undefined): Promise<Told> {
  if (told.event.eventType === 'AgentOther_InService') return told;
  const place = placeBefore(told.position, 2);
  const before = await poll(source, place, signal);
  const isBefore = before !== undefined && stepBetween(before.position, told.position) === 'next';
  return isBefore ? firstOf(source, before, signal) : told;
}

/** The state that an event tells of. */
const STATES: Readonly<Record<string, PresentState['state']>> = {
  AgentState_Ready: 'ready',
  AgentState_SetNotReady_Success: 'notReady',
  AgentState_SetRest_Success: 'resting',
  AgentState_Work: 'wrapUp',
  AgentState_Busy: 'engaged',
};

/** What a poll was answered that had asked for what lies behind `place`. */
function* arrivalsOf(place: string, { position, event }: Told): Generator<Arrival, void, void> {
  const isNext = stepBetween(place, position) === 'next';
  const present = presentIn(event);
  if (!isNext) yield { kind: 'notRecovered', position: present === null ? null : position, present };
  if (isNext || present === null) yield { kind: 'event', position, event };
}

/** The server tells the present state as the event by which it is entered; the log of an ended session as its first. */
function presentIn({ eventType, content }: AgentEvent): PresentState | null {
  const state = STATES[eventType];
  if (state === undefined) return null;
  return { state, reason: content?.reason === undefined ? null : Number(content.reason) };
}
