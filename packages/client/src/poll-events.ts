import { type AgentEvent, agentEventIn } from './agent-event.ts';
import { pause } from './back-off.ts';
import { NetworkFault, Refusal } from './errors.ts';
import { isPosition, placeBefore, stepBetween } from './event-position.ts';
import type { Arrival, EventSource } from './event-source.ts';
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
  await shakeHands(source, signal);
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
    if (stepBetween(place, told.position) === 'next') yield { kind: 'event', ...told };
    else yield { kind: 'notRecovered', position: told.position, snapshot: told.event };
    place = told.position;
  }
}

/** A poll may be held for long before it shows that the server is there; this is answered at once. */
async function shakeHands(source: EventSource, signal: AbortSignal | undefined): Promise<void> {
  const { address, signedIn, token, adopt, silenceMs } = source;
  const path = `/onlineagent/${signedIn.workNumber}/handshake`;
  const call = { operation: 'handShake', method: 'POST', path, token: token() };
  try {
    adopt(
      (await makeCall(address, call, { timeoutMs: Math.min(silenceMs, address.timeoutMs), signal })).headers,
    );
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
