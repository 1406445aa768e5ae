import type { Cancel, Clock } from '../platform/clock.ts';
import type { StreamWriter } from './stream-writer.ts';

const ROUND_MS = 1_000;

/** Looks after every open stream with one timer: those that last too long, are quiet or too slow. */
export class OpenStreams {
  readonly #clock: Clock;
  readonly #open = new Set<StreamWriter>();
  #cancelNext: Cancel | null = null;
  #isStopping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until it is closed. A node that stops ends it at once. */
  add(stream: StreamWriter): void {
    this.#open.add(stream);
    if (this.#isStopping) stream.end('restarting');
    this.#cancelNext ??= this.#clock.after(ROUND_MS, () => this.#goRound());
  }

  /** Asks every client to come again, to this node or another: this one stops. */
  endAll(): void {
    this.#isStopping = true;
    for (const stream of this.#open) stream.end('restarting');
  }

  #goRound(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const stream of this.#open) {
      stream.tick(nowMs);
      if (stream.isClosed) this.#open.delete(stream);
    }
    this.#cancelNext = this.#open.size === 0 ? null : this.#clock.after(ROUND_MS, () => this.#goRound());
  }
}
