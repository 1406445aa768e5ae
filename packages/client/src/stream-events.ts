import { agentEventIn } from './agent-event.ts';
import { pause } from './back-off.ts';
import { NetworkFault, Refusal } from './errors.ts';
import { isPosition } from './event-position.ts';
import type { Arrival, EventSource, PresentState } from './event-source.ts';
import { outgoing, readAnswer } from './gateway-call.ts';
import { jsonIn, readStream, type StreamPiece } from './server-sent-events.ts';

const OPERATION = 'getAgentEventStream';
/** A stream says at once that it has begun. Where it does not, something in between may keep it back. */
const FIRST_MS = 5_000;
/** What the server asks its readers to wait before they come again. */
const COME_AGAIN_MS = 500;

/** Streams do not get here: the server has none, or something in between keeps them back. */
export class StreamsMissing extends Error {
  override readonly name = 'StreamsMissing';
}

/** Reads a session's events from streams, behind `after`; null: from the session's first event on (CL-13, CL-24). */
export async function* streamEvents(
  source: EventSource,
  after: string | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<Arrival, void, void> {
  const open = { place: after, isFirst: true };
  for (;;) {
    const end = yield* oneStream(source, open, signal);
    if (end === 'over') {
      yield { kind: 'over' };
      return;
    }
    if (end !== 'comeAgain' && end !== 'slow') {
      const detail = end === undefined ? 'the stream broke off' : `the stream ended: ${end}`;
      throw new NetworkFault('noAnswer', { operation: OPERATION, detail });
    }
    await pause(COME_AGAIN_MS, signal);
  }
}

/** Where the next stream begins. */
interface Progress {
  place: string | null;
  /** Nobody has been told yet that the connection is open. */
  isFirst: boolean;
}

/** Reads one stream; gives the reason of its end, undefined where it had none. */
async function* oneStream(
  source: EventSource,
  progress: Progress,
  signal: AbortSignal | undefined,
): AsyncGenerator<Arrival, string | undefined, void> {
  let hasBegun = false;
  try {
    for await (const piece of pieces(source, progress.place, signal)) {
      if (piece.kind === 'comment') {
        if (hasBegun) yield { kind: 'quiet' };
        continue;
      }
      if (piece.name === 'end') return endReason(piece.data);
      const arrival = arrivalOf(piece);
      if (arrival.kind === 'open' || arrival.kind === 'notRecovered') hasBegun = true;
      if (progress.isFirst && arrival.kind !== 'event') yield { kind: 'open' };
      progress.isFirst = false;
      if (arrival.kind === 'event') progress.place = arrival.position;
      yield arrival.kind === 'open' ? { kind: 'quiet' } : arrival;
    }
    return undefined;
  } catch (cause) {
    throw hasBegun ? cause : missingOr(cause);
  }
}

function pieces(
  { address, signedIn, token, adopt, silenceMs }: EventSource,
  place: string | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamPiece, void, void> {
  const path = `/agentevent/${signedIn.workNumber}/stream`;
  const request = outgoing(address, { operation: OPERATION, method: 'GET', path }, token());
  const headers = {
    ...request.headers,
    Accept: 'text/event-stream, application/json',
    ...(place === null ? {} : { 'Last-Event-ID': place }),
  };
  return readStream(
    { ...request, headers },
    {
      fetch: address.fetch,
      firstMs: Math.min(FIRST_MS, silenceMs),
      silenceMs,
      signal,
      onHead: adopt,
      answered: (answer) => readAnswer(answer, OPERATION),
    },
  );
}

/** What has to be read by poll, and what no poll would answer otherwise. */
function missingOr(cause: unknown): unknown {
  const isKept = cause instanceof NetworkFault && cause.kind !== 'noAnswer';
  const isUnknown = cause instanceof Refusal && cause.code === '000-002';
  return isKept || isUnknown ? new StreamsMissing(cause.message, { cause }) : cause;
}

type Block = Extract<StreamPiece, { readonly kind: 'block' }>;

function arrivalOf({ name, id, data }: Block): Arrival {
  const value = jsonIn(data, OPERATION);
  if (name === 'recovered' && 'recovered' in value) {
    if (value.recovered === true) return { kind: 'open' };
    return { kind: 'notRecovered', position: null, present: presentIn(value) };
  }
  const event = agentEventIn(value);
  if (event === undefined || !isPosition(id)) {
    throw new NetworkFault('strange', { operation: OPERATION, detail: `a block named ${name} is not known` });
  }
  return { kind: 'event', position: id, event };
}

function presentIn(value: object): PresentState | null {
  const agent: unknown = 'agent' in value ? value.agent : null;
  if (typeof agent !== 'object' || agent === null || !('state' in agent)) return null;
  const reason = 'reason' in agent && typeof agent.reason === 'number' ? agent.reason : null;
  return { state: agent.state as PresentState['state'], reason };
}

function endReason(data: string): string {
  const value = jsonIn(data, OPERATION);
  return 'reason' in value ? String(value.reason) : 'end';
}
