/** Cancels what was scheduled; a second call does nothing. */
export type Cancel = () => void;

/** Time as everything but the process itself sees it. Tests drive one of their own. */
export interface Clock {
  /** Epoch ms; may be stepped by the system. */
  wallMs(): number;
  /** Milliseconds that only ever go forward; for holds, delays and durations. */
  monotonicMs(): number;
  /** Runs `run` once after `delayMs`. Never keeps the process alive. */
  after(delayMs: number, run: () => void): Cancel;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps the process running until it is cancelled: the clock's own timers do not, so a command that waits would end. */
export function keepProcessAlive(): Cancel {
  const timer = setInterval(() => undefined, LONGEST_TIMER_MS);
  return () => clearInterval(timer);
}
