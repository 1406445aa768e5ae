import { type Cancel, type Clock, systemClock } from '../../src/platform/clock.ts';

interface Scheduled {
  readonly atMs: number;
  run(): void;
  /** Cancels the system's timer that stands for it while time goes by itself. */
  disarm: Cancel;
}

/** The system's clock, which a test can stop and then move on by hand. */
export class StoppableClock implements Clock {
  readonly #scheduled = new Set<Scheduled>();
  #stoppedAtMs: number | null = null;
  /** What the stops so far have put between the system's time and this one. */
  #offsetMs = 0;

  wallMs(): number {
    return systemClock.wallMs();
  }

  monotonicMs(): number {
    return this.#stoppedAtMs ?? systemClock.monotonicMs() + this.#offsetMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const scheduled: Scheduled = { atMs: this.monotonicMs() + delayMs, run, disarm: () => undefined };
    this.#scheduled.add(scheduled);
    if (this.#stoppedAtMs === null) this.#arm(scheduled);
    return () => {
      scheduled.disarm();
      this.#scheduled.delete(scheduled);
    };
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
      for (const scheduled of this.#scheduled) this.#arm(scheduled);
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

  #arm(scheduled: Scheduled): void {
    const delayMs = Math.max(0, scheduled.atMs - this.monotonicMs());
    scheduled.disarm = systemClock.after(delayMs, () => {
      this.#scheduled.delete(scheduled);
      scheduled.run();
    });
  }
}
