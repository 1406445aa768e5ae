import { FairLanes } from './fair-lanes.ts';

/** What became of a task that was asked to wait its turn. */
export type Turn<Result> = { readonly kind: 'done'; readonly result: Result } | { readonly kind: 'full' };

/**
 * Lets at most `slots` tasks run at once and `maxWaiting` wait, taking the lanes in turn, so that a rush of one
 * tenant does not keep another's agents waiting (rule PW-4).
 */
export class VerificationQueue {
  readonly #slots: number;
  readonly #maxWaiting: number;
  /** Each waits to be given a slot by calling it. */
  readonly #waiting = new FairLanes<() => void>();
  #running = 0;

  constructor(limits: { slots: number; maxWaiting: number }) {
    this.#slots = limits.slots;
    this.#maxWaiting = limits.maxWaiting;
  }

  /** Runs `task` when its lane's turn comes; `full` at once when too many wait. Rejects when the task does. */
  async run<Result>(lane: number, task: () => Promise<Result>): Promise<Turn<Result>> {
    if (this.#running >= this.#slots) {
      if (this.#waiting.size >= this.#maxWaiting) return { kind: 'full' };
      await new Promise<void>((begin) => this.#waiting.push(lane, begin));
    } else {
      this.#running += 1;
    }
    try {
      return { kind: 'done', result: await task() };
    } finally {
      this.#passSlotOn();
    }
  }

  #passSlotOn(): void {
    const begin = this.#waiting.take();
    if (begin === undefined) this.#running -= 1;
    else begin();
  }
}
