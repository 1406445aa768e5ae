import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DaySums } from '../../src/domain/agent-time/day-sums.ts';
import { chosenSeed } from '../faults/support/seeded-random.ts';

const LONGEST_MS = 5_000;
const length = fc.integer({ min: 1, max: LONGEST_MS });

/** Days of any length, one after another; some have none. */
const someDays = fc
  .tuple(
    fc.integer({ min: 0, max: LONGEST_MS }),
    fc.array(fc.integer({ min: 0, max: LONGEST_MS }), { minLength: 1, maxLength: 8 }),
  )
  .map(([begin, lengths]) => {
    let from = begin;
    return lengths.map((ms, index) => {
      const day = { day: `day ${index}`, from, to: from + ms };
      from = day.to;
      return day;
    });
  });

const someState = fc.oneof(
  fc.record({ state: fc.constantFrom('ready', 'wrapUp', 'engaged'), reason: fc.constant(null) }),
  fc.record({ state: fc.constantFrom('notReady', 'resting'), reason: fc.integer({ min: 0, max: 3 }) }),
);

/** Intervals of an agent, in order, with or without a time in between. */
const someIntervals = fc
  .array(fc.tuple(fc.oneof(fc.constant(0), length), length, someState), { maxLength: 30 })
  .map((parts) => {
    let now = 0;
    return parts.map(([pauseMs, ms, state]) => {
      const beganAt = now + pauseMs;
      now = beganAt + ms;
      return { ...state, beganAt, endedAt: now };
    });
  });

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

describe('sums by day', () => {
  it('add up to the intervals, by state and by reason, whatever the bounds [AT-5]', () => {
    const seed = chosenSeed();
    console.log(`sums by day: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
    fc.assert(
      fc.property(someDays, someIntervals, (days, intervals) => {
        const sums = new DaySums(days);
        for (const interval of intervals) sums.add(interval);
        const byDay = sums.sums();
        expect(byDay.map(({ day, from, to }) => ({ day, from, to }))).toEqual(days);
        const [from, to] = [days[0]?.from ?? 0, days.at(-1)?.to ?? 0];
        const clipped = intervals.map((each) => ({
          ...each,
          ms: Math.max(0, Math.min(each.endedAt, to) - Math.max(each.beganAt, from)),
        }));
        const lengthOf = (fits: (each: (typeof clipped)[number]) => boolean) =>
          sum(clipped.filter(fits).map(({ ms }) => ms));
        expect(sum(byDay.map(({ signedInMs }) => signedInMs))).toBe(lengthOf(() => true));
        for (const state of ['ready', 'notReady', 'resting', 'wrapUp', 'engaged'] as const) {
          expect(sum(byDay.map(({ states }) => states[state]))).toBe(
            lengthOf((each) => each.state === state),
          );
          for (const reason of [0, 1, 2, 3]) {
            const told = byDay.flatMap(({ reasons }) =>
              reasons.filter((each) => each.state === state && each.reason === reason),
            );
            expect(sum(told.map(({ ms }) => ms))).toBe(
              lengthOf((each) => each.state === state && each.reason === reason),
            );
          }
        }
        for (const { from: begin, to: end, signedInMs } of byDay)
          expect(signedInMs).toBeLessThanOrEqual(end - begin);
      }),
      { seed, numRuns: 300 },
    );
  });

  it('name each reason of a day once, by state and then by number [AT-5]', () => {
    const sums = new DaySums([{ day: 'today', from: 0, to: 100 }]);
    for (const [state, reason, beganAt] of [
      ['resting', 7, 0],
      ['notReady', 201, 10],
      ['notReady', 3, 20],
      ['resting', 7, 30],
    ] as const) {
      sums.add({ state, reason, beganAt, endedAt: beganAt + 10 });
    }
    expect(sums.sums()[0]?.reasons).toEqual([
      { state: 'notReady', reason: 3, ms: 10 },
      { state: 'notReady', reason: 201, ms: 10 },
      { state: 'resting', reason: 7, ms: 20 },
    ]);
  });
});
