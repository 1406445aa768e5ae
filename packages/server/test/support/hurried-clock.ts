import { type Clock, systemClock } from '../../src/platform/clock.ts';

/** A clock that runs so many times as fast as the system's: what is held or held back takes little time. */
export function hurriedClock(factor: number): Clock {
  const wallStartMs = systemClock.wallMs();
  const startMs = systemClock.monotonicMs();
  const passedMs = () => (systemClock.monotonicMs() - startMs) * factor;
  return {
    wallMs: () => Math.floor(wallStartMs + passedMs()),
    monotonicMs: () => startMs + passedMs(),
    after: (delayMs, run) => systemClock.after(delayMs / factor, run),
  };
}
