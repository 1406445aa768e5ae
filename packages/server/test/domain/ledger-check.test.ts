import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentInterval } from '../../src/domain/agent-session/agent-interval.ts';
import type { AgentSession } from '../../src/domain/agent-session/agent-record.ts';
import {
  LedgerCheck,
  type LedgerFault,
  type LedgerPortion,
  type SessionMark,
} from '../../src/domain/agent-time/ledger-check.ts';
import { chosenSeed } from '../faults/support/seeded-random.ts';

interface History {
  readonly marks: readonly SessionMark[];
  readonly intervals: readonly AgentInterval[];
  readonly live: AgentSession | null;
}

/** Sessions with a pause before each, as lengths of their states; one of no length has no interval. */
const someSessions = fc.array(
  fc.record({ pauseMs: fc.nat({ max: 3 }), lengthsMs: fc.array(fc.nat({ max: 3 }), { maxLength: 6 }) }),
  { minLength: 1, maxLength: 6 },
);

/** What a server would have written. The last session lives where `isLive` says so. */
function historyOf(
  sessions: readonly { readonly pauseMs: number; readonly lengthsMs: readonly number[] }[],
  isLive: boolean,
): History {
  const marks: SessionMark[] = [];
  const intervals: AgentInterval[] = [];
  let live: AgentSession | null = null;
  let now = 1_000;
  for (const [index, { pauseMs, lengthsMs }] of sessions.entries()) {
    const sessionId = `s${index}` as SessionId;
    now += pauseMs;
    marks.push({ kind: 'signIn', sessionId, at: now, place: marks.length });
    for (const [at, ms] of lengthsMs.entries()) {
      if (ms > 0) intervals.push({ ...interval(sessionId, now, now + ms), reason: at % 256 });
      now += ms;
    }
    if (isLive && index === sessions.length - 1) live = { id: sessionId, stateSince: now } as AgentSession;
    else marks.push({ kind: 'signOut', sessionId, at: now, place: marks.length });
  }
  return { marks, intervals, live };
}

function interval(sessionId: SessionId, beganAt: number, endedAt: number): AgentInterval {
  const [workNumber, tenantId] = [291 as WorkNumber, 1 as TenantId];
  return { workNumber, tenantId, sessionId, state: 'notReady', reason: 0, beganAt, endedAt };
}

/** Checks a history that is read so many rows at a time. */
function check(history: History, limit: number, keptSince = 0): LedgerFault[] {
  const checking = new LedgerCheck(keptSince);
  const faults: LedgerFault[] = [];
  while (!checking.isDone) faults.push(...checking.take(portionOf(history, checking, limit)));
  return faults;
}

function portionOf(
  { marks, intervals, live }: History,
  { place }: LedgerCheck,
  limit: number,
): LedgerPortion {
  const marksLeft = marks.filter(
    ({ at, place: own }) => at > place.markAt || (at === place.markAt && own > place.markPlace),
  );
  const intervalsLeft = intervals.filter(({ beganAt }) => beganAt > place.beganAt);
  return {
    live,
    marks: marksLeft.slice(0, limit),
    hasMoreMarks: marksLeft.length > limit,
    intervals: intervalsLeft.slice(0, limit),
    hasMoreIntervals: intervalsLeft.length > limit,
  };
}

function property<Values extends [unknown, ...unknown[]]>(name: string, raw: fc.IProperty<Values>): void {
  const seed = chosenSeed();
  console.log(`${name}: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
  fc.assert(raw, { seed, numRuns: 500 });
}

const someLimit = fc.integer({ min: 1, max: 5 });

describe('the ledger and the audit trail', () => {
  it('add up in whatever portions they are read [AT-7]', () => {
    property(
      'ledger that adds up',
      fc.property(someSessions, fc.boolean(), someLimit, (sessions, isLive, limit) => {
        expect(check(historyOf(sessions, isLive), limit)).toEqual([]);
      }),
    );
  });

  it('do not add up without any one of their rows, and the same is found in whatever portions [AT-7]', () => {
    property(
      'ledger with a row missing',
      fc.property(fc.tuple(someSessions, fc.boolean()), someLimit, fc.nat(), (parts, limit, chosen) => {
        const history = historyOf(...parts);
        const missing = chosen % (history.marks.length + history.intervals.length);
        const broken = {
          ...history,
          marks: history.marks.filter((_, index) => index !== missing),
          intervals: history.intervals.filter((_, index) => index !== missing - history.marks.length),
        };
        const faults = check(broken, 1_000);
        expect(faults).not.toEqual([]);
        expect(check(broken, limit)).toEqual(faults);
      }),
    );
  });

  const [first, second] = ['s0', 's1'] as [SessionId, SessionId];
  /** Ends at 1009; the second session lives from 1010, its present state since 1013. */
  const history = historyOf(
    [
      { pauseMs: 0, lengthsMs: [3, 3, 3] },
      { pauseMs: 1, lengthsMs: [3] },
    ],
    true,
  );
  const changed = (beganAt: number, change: Partial<AgentInterval>): History => ({
    ...history,
    intervals: history.intervals.map((each) => (each.beganAt === beganAt ? { ...each, ...change } : each)),
  });

  it.each<readonly [string, History, readonly LedgerFault[]]>([
    ['all is well', history, []],
    [
      'an interval ends too late',
      changed(1_003, { endedAt: 1_007 }),
      [{ kind: 'overlap', sessionId: first, from: 1_006, to: 1_007 }],
    ],
    [
      'an interval ends too early',
      changed(1_003, { endedAt: 1_005 }),
      [{ kind: 'gap', sessionId: first, from: 1_005, to: 1_006 }],
    ],
    [
      'the last ends after its session',
      changed(1_006, { endedAt: 1_010 }),
      [{ kind: 'beyondEnd', sessionId: first, from: 1_009, to: 1_010 }],
    ],
    [
      'the last closed one ends after the present state began',
      changed(1_010, { endedAt: 1_014 }),
      [{ kind: 'beyondEnd', sessionId: second, from: 1_013, to: 1_014 }],
    ],
    [
      'a session is signed in again without an end',
      { ...history, marks: history.marks.filter(({ kind }) => kind === 'signIn') },
      [{ kind: 'noEnd', sessionId: first }],
    ],
    [
      'another session lives than the audit trail says',
      { ...history, live: { id: 's9' as SessionId, stateSince: 1_013 } as AgentSession },
      [
        { kind: 'noEnd', sessionId: second },
        { kind: 'noBegin', sessionId: 's9' as SessionId },
      ],
    ],
  ])('says what is wrong when %s [AT-7]', (_name, of, faults) => {
    expect(check(of, 1_000)).toEqual(faults);
  });

  it.each([
    { state: 'asleep' as 'ready' },
    { state: 'toString' as 'ready' },
    { state: 'ready' as const, reason: 200 },
    { state: 'notReady' as const, reason: null },
    { state: 'resting' as const, reason: 256 },
    { state: 'resting' as const, reason: -1 },
  ])('knows that there is no $state for reason $reason [AT-7]', (change) => {
    const broken = changed(1_003, change);
    expect(check(broken, 1_000)).toEqual([{ kind: 'unknownState', interval: broken.intervals[1] }]);
  });

  it('asks a session that is older than the intervals only from its first one on [AT-7]', () => {
    const isLater = ({ beganAt }: AgentInterval) => beganAt >= 1_006;
    const young = { ...history, intervals: history.intervals.filter(isLater) };
    expect(check(young, 1_000, 1_004)).toEqual([]);
    expect(check(young, 1_000, 1_000)).toEqual([{ kind: 'gap', sessionId: first, from: 1_000, to: 1_006 }]);
    const none = { ...history, intervals: [] };
    expect(check(none, 1_000, 1_011)).toEqual([]);
    expect(check(none, 1_000, 1_010)).toEqual([{ kind: 'gap', sessionId: second, from: 1_010, to: 1_013 }]);
  });
});
