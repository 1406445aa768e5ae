import { positionFromText, positionToText } from '@rollcall/contract';
import { expect } from 'vitest';
import type { RunningGateway } from '../../../support/running-gateway.ts';
import type { Caller } from '../supervised-site.ts';
import type { ReadEvent } from './linear-order.ts';

/** Every event of the agent's log up to a position, as a reader gets it; fails the test where one is missing. */
export async function readLog(
  gateway: RunningGateway,
  { workNumber, guid }: Caller,
  lastPosition: string,
): Promise<ReadEvent[]> {
  const { epoch, sequence: last } = positionFromText(lastPosition);
  const log: ReadEvent[] = [];
  while (log.length < last) {
    const after = positionToText({ epoch, sequence: log.length });
    const path = `/agentevent/${workNumber}?after=${after}`;
    const answer = await gateway.client.send({ method: 'GET', path, headers: { Guid: guid } });
    expect(answer.headers['event-position'], answer.text).toBe(
      positionToText({ epoch, sequence: log.length + 1 }),
    );
    log.push(answer.json().event as ReadEvent);
  }
  return log;
}

/** One line of an agent's timeline. */
export interface Interval {
  readonly session: string;
  readonly state: string;
  readonly reason: number | null;
  readonly began: number;
  readonly ended: number | null;
}

/** The agent's whole time, as an inspector asks for it. */
export async function readTimeline(
  gateway: RunningGateway,
  inspector: Caller,
  workNumber: number,
): Promise<Interval[]> {
  const intervals: Interval[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const query: string = from === 0 ? '' : `?from=${from}`;
    const answer = await gateway.client.send({
      method: 'GET',
      path: `/api/v1/vdns/1/agents/${workNumber}/timeline${query}`,
      absolute: true,
      headers: { Authorization: `Bearer ${inspector.guid}` },
    });
    const page: { intervals: Interval[]; next: number | null } = JSON.parse(answer.text);
    // An interval that overlaps the time asked for is told again.
    intervals.push(...page.intervals.filter(({ began }) => began >= (from ?? 0)));
    from = page.next;
  }
  return intervals;
}

interface Told {
  readonly state: string;
  readonly reason: number | null;
}

/** The states of each session one after another, by its events alone. */
function statesBySession(log: readonly ReadEvent[]): Told[][] {
  const sessions: Told[][] = [];
  for (const event of log) {
    if (event.eventType === 'AgentOther_InService') sessions.push([]);
    const states = sessions.at(-1);
    const before = states?.at(-1);
    const next = stateAfter(before, event);
    if (next.state !== before?.state || next.reason !== before.reason) states?.push(next);
  }
  // Between the first two events of a session no time passes.
  return sessions.map((states) => states.slice(1));
}

function stateAfter(before: Told = { state: '', reason: null }, { eventType, content }: ReadEvent): Told {
  const reason = Number(content?.reason);
  switch (eventType) {
    case 'AgentState_Ready':
    case 'AgentState_Force_Ready':
    case 'AgentState_CancelWork_Success':
      return { state: 'ready', reason: null };
    case 'AgentState_Force_SetNotReady':
      return { state: 'notReady', reason: 3 };
    case 'AgentState_SetNotReady_Success':
      return { state: 'notReady', reason };
    case 'AgentState_SetRest_Success':
      return { state: 'resting', reason };
    case 'AgentState_SetWork_Success':
      return { state: 'wrapUp', reason: null };
    // These two are told of what was pending too.
    case 'AgentState_CancelNotReady_Success':
      return before.state === 'notReady' ? { state: 'ready', reason: null } : before;
    case 'AgentState_CancelRest_Success':
      return before.state === 'resting' ? { state: 'ready', reason: null } : before;
    default:
      return before;
  }
}

/**
 * What of a timeline the log does not tell of. A state that lasted no millisecond has no interval (AT-1), so the intervals
 * of a session are some of its states, in their order; the last one of a session that goes on is its last state.
 */
export function timelineFaults(log: readonly ReadEvent[], timeline: readonly Interval[]): string[] {
  const told = statesBySession(log);
  const faults: string[] = [];
  for (const [session, intervals] of Map.groupBy(timeline, (interval) => interval.session)) {
    const name = (interval: Interval) =>
      `${session}: ${interval.state} ${interval.reason} at ${interval.began}`;
    // Sessions of no length have no interval: this one is the next whose states fit.
    const place = told.findIndex((states) => isPartOf(intervals, states));
    if (place < 0) faults.push(`${session}: no session of the log has its ${intervals.length} intervals`);
    told.splice(0, place + 1);
    for (const [index, interval] of intervals.entries()) {
      const next = intervals[index + 1];
      if (next !== undefined && next.began !== interval.ended)
        faults.push(`${name(interval)}: a gap behind it`);
      if (interval.ended !== null && interval.ended <= interval.began)
        faults.push(`${name(interval)}: no length`);
    }
  }
  return faults;
}

function isPartOf(intervals: readonly Interval[], states: readonly Told[]): boolean {
  let from = 0;
  for (const { state, reason, ended } of intervals) {
    // The interval that goes on is the last state, though an earlier one was like it.
    const first = ended === null ? Math.max(from, states.length - 1) : from;
    const place = states.findIndex(
      (each, index) => index >= first && each.state === state && each.reason === reason,
    );
    if (place < 0) return false;
    from = place + 1;
  }
  return true;
}
