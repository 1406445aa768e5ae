import { describe, expect, it } from 'vitest';
import { HoldTimer } from '../../src/delivery/hold-timer.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';

/** A clock that only the test moves. */
function withStoppedClock(use: (clock: StoppableClock) => Promise<void>): Promise<void> {
  const clock = new StoppableClock();
  return clock.whileStopped(() => use(clock));
}

describe('the timer of holds', () => {
  it('ends each hold on time and none that was taken back [DL-3]', () =>
    withStoppedClock(async (clock) => {
      const beganMs = clock.monotonicMs();
      const ended: [string, number][] = [];
      const timer = new HoldTimer<string>(clock, (name) => ended.push([name, clock.monotonicMs() - beganMs]));
      timer.hold('late', 300);
      timer.hold('early', 100);
      const takeBack = timer.hold('gone', 200);
      takeBack();
      takeBack();
      clock.advance(1_000);
      expect(ended.map(([name]) => name)).toEqual(['early', 'late']);
      expect(ended[0]?.[1]).toBeGreaterThanOrEqual(100);
      expect(ended[0]?.[1]).toBeLessThanOrEqual(140);
      expect(ended[1]?.[1]).toBeLessThanOrEqual(340);
      timer.hold('again', 50);
      clock.advance(100);
      expect(ended.at(-1)?.[0]).toBe('again');
    }));

  it('ends a crowd in portions, so that one sweep never takes long [DL-3]', () =>
    withStoppedClock(async (clock) => {
      const perMoment = new Map<number, number>();
      const timer = new HoldTimer<number>(clock, () => {
        perMoment.set(clock.monotonicMs(), (perMoment.get(clock.monotonicMs()) ?? 0) + 1);
      });
      for (let held = 0; held < 1_800; held += 1) timer.hold(held, 9_500);
      clock.advance(9_700);
      expect([...perMoment.values()]).toEqual([500, 500, 500, 300]);
    }));
});
