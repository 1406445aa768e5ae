import type { Cancel, Clock } from '../platform/clock.ts';

/** One sweep looks at one slice of time; holds of ten thousand agents then end a few hundred at a time. */
const SLICE_MS = 20;
/** Holds ended in one sweep; the rest wait for the next, so that the loop is never blocked for long. */
const MOST_PER_SWEEP = 500;

/** Ends many holds with one timer instead of one each. */
export class HoldTimer<Held> {
  readonly #clock: Clock;
  readonly #onDue: (held: Held) => void;
  readonly #slices = new Map<number, Set<Held>>();
  #cancelSweep: Cancel | null = null;
  #nextSlice = 0;

  constructor(clock: Clock, onDue: (held: Held) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Calls `onDue` after `dueInMs`, at most two slices late. Gives a function that takes the hold back. */
  hold(held: Held, dueInMs: number): Cancel {
    const due = Math.ceil((this.#clock.monotonicMs() + dueInMs) / SLICE_MS);
    // A slice that the sweep has passed would never be looked at again.
    const slice = this.#cancelSweep === null ? due : Math.max(due, this.#nextSlice);
    const set = this.#slices.get(slice);
    if (set === undefined) this.#slices.set(slice, new Set([held]));
    else set.add(held);
    if (this.#cancelSweep === null) {
      this.#nextSlice = Math.floor(this.#clock.monotonicMs() / SLICE_MS);
      this.#scheduleSweep();
    }
    return () => this.#slices.get(slice)?.delete(held);
  }

  #scheduleSweep(): void {
    this.#cancelSweep = this.#clock.after(SLICE_MS, () => this.#sweep());
  }

  #sweep(): void {
    const present = Math.floor(this.#clock.monotonicMs() / SLICE_MS);
    let room = MOST_PER_SWEEP;
    while (this.#nextSlice <= present && room > 0) {
      room -= this.#endHoldsOf(this.#nextSlice, room);
      if (!this.#slices.has(this.#nextSlice)) this.#nextSlice += 1;
    }
    if (this.#slices.size > 0) this.#scheduleSweep();
    else this.#cancelSweep = null;
  }

  #endHoldsOf(slice: number, most: number): number {
    const set = this.#slices.get(slice);
    if (set === undefined) return 0;
    let ended = 0;
    for (const held of set) {
      if (ended === most) return ended;
      set.delete(held);
      ended += 1;
      this.#onDue(held);
    }
    this.#slices.delete(slice);
    return ended;
  }
}
