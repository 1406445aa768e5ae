import { type Cancel, type Clock, systemClock } from '../../src/platform/clock.ts';

interface Scheduled {
  readonly atMs: number;
  run(): void;
  /** Cancels the system's timer that stands for it while time goes by itself. */
  disarm: Cancel;
}

/** The system's clock, which a test can stop and move on by hand, or let leap and step while it goes. */
export class StoppableClock implements Clock {
  readonly #scheduled = new Set<Scheduled>();
  readonly #expected: { readonly delayMs: number; resolve(): void }[] = [];
  #stoppedAtMs: number | null = null;
  /** What stops and leaps so far have put between the system's time and this one. */
  #offsetMs = 0;
  #wallStepMs = 0;

  wallMs(): number {
    const movedMs = this.monotonicMs() - systemClock.monotonicMs();
    return Math.floor(systemClock.wallMs() + movedMs + this.#wallStepMs);
  }

  monotonicMs(): number {
    return this.#stoppedAtMs ?? systemClock.monotonicMs() + this.#offsetMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const scheduled: Scheduled = { atMs: this.monotonicMs() + delayMs, run, disarm: () => undefined };
    this.#scheduled.add(scheduled);
    if (this.#stoppedAtMs === null) this.#arm(scheduled);
    for (const expected of this.#expected.filter((each) => each.delayMs === delayMs)) expected.resolve();
    return () => {
      scheduled.disarm();
      this.#scheduled.delete(scheduled);
    };
  }

  /** Resolves when something is next scheduled with exactly this delay. */
  async nextScheduling(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const expected = { delayMs, resolve };
    this.#expected.push(expected);
    await promise;
    this.#expected.splice(this.#expected.indexOf(expected), 1);
  }

  /** While `use` runs nothing is due by itself; afterwards time goes on from where it stands. */
  async whileStopped<Result>(use: () => Promise<Result>): Promise<Result> {
    this.#stoppedAtMs = this.monotonicMs();
    for (const { disarm } of this.#scheduled) disarm();
    try {
      return await use();
    } finally {
      this.#offsetMs = this.monotonicMs() - systemClock.monotonicMs();
      this.#stoppedAtMs = null;
      this.#armAll();
    }
  }

  /** Moves a stopped clock on; what becomes due runs in the order of time. */
  advance(ms: number): void {
    const endMs = this.monotonicMs() + ms;
    for (;;) {
      const [next] = [...this.#scheduled].toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#stoppedAtMs = Math.max(this.monotonicMs(), next.atMs);
      this.#scheduled.delete(next);
      next.run();
    }
    this.#stoppedAtMs = endMs;
  }

  /** Moves a running clock on at once; what became due runs soon. */
  leap(ms: number): void {
    this.#offsetMs += ms;
    for (const { disarm } of this.#scheduled) disarm();
    this.#armAll();
  }

  /** The system's time is set anew, forwards or back; durations go on. */
  stepWall(ms: number): void {
    this.#wallStepMs += ms;
  }

  #armAll(): void {
    for (const scheduled of this.#scheduled) this.#arm(scheduled);
  }

  #arm(scheduled: Scheduled): void {
    const delayMs = Math.max(0, scheduled.atMs - this.monotonicMs());
    scheduled.disarm = systemClock.after(delayMs, () => {
      this.#scheduled.delete(scheduled);
      scheduled.run();
    });
  }
}
