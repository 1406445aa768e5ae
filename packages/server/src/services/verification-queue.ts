/** What became of a task that was asked to wait its turn. */
export type Turn<Result> = { readonly kind: 'done'; readonly result: Result } | { readonly kind: 'full' };

interface Waiting {
  begin(): void;
}

/**
 * Lets at most `slots` tasks run at once and `maxWaiting` wait, taking the lanes in turn, so that a rush of one
 * tenant does not keep another's agents waiting (rule PW-4).
 */
export class VerificationQueue {
  readonly #slots: number;
  readonly #maxWaiting: number;
  readonly #lanes = new Map<number, Waiting[]>();
  #running = 0;
  #waiting = 0;

  constructor(limits: { slots: number; maxWaiting: number }) {
    this.#slots = limits.slots;
    this.#maxWaiting = limits.maxWaiting;
  }

  /** Runs `task` when its lane's turn comes; `full` at once when too many wait. Rejects when the task does. */
  async run<Result>(lane: number, task: () => Promise<Result>): Promise<Turn<Result>> {
    if (this.#running >= this.#slots) {
      if (this.#waiting >= this.#maxWaiting) return { kind: 'full' };
      await this.#waitForTurn(lane);
    } else {
      this.#running += 1;
    }
    try {
      return { kind: 'done', result: await task() };
    } finally {
      this.#passSlotOn();
    }
  }

  #waitForTurn(lane: number): Promise<void> {
    this.#waiting += 1;
    return new Promise((begin) => {
      const queue = this.#lanes.get(lane);
      if (queue === undefined) this.#lanes.set(lane, [{ begin }]);
      else queue.push({ begin });
    });
  }

  /** Gives the slot to the lane that has waited longest for a turn and puts that lane last. */
  #passSlotOn(): void {
    const [next] = this.#lanes;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [lane, queue] = next;
    this.#lanes.delete(lane);
    const first = queue.shift();
    if (queue.length > 0) this.#lanes.set(lane, queue);
    this.#waiting -= 1;
    first?.begin();
  }
}
