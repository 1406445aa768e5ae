import type { Cancel, Clock } from '../platform/clock.ts';
import type { DeadlineStore } from '../storage/deadline-store.ts';
import type { AgentTransactions } from './agent-transactions.ts';

/** Deadlines that are over are looked for once in this time; none is met later by more. */
const ROUND_MS = 900;
const MET_AT_ONCE = 100;

interface DeadlinesParts {
  readonly store: DeadlineStore;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/**
 * Meets what is due: reminds of rests that are over and ends wrap-ups at their limit (rules AS-11, AS-13, AS-20). Every
 * node does so; whose command comes second finds the deadline gone.
 */
export class Deadlines {
  readonly #parts: DeadlinesParts;
  #cancelNext: Cancel = () => undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isFailing = false;

  constructor(parts: DeadlinesParts) {
    this.#parts = parts;
  }

  /** Looks at once, since something may have become due while no node was there, and then again and again. */
  start(): void {
    this.#round = this.#goRound().finally(() => this.#scheduleNext());
  }

  /** Resolves when what was begun is done; nothing more is met. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#round;
  }

  #scheduleNext(): void {
    if (this.#isStopped) return;
    this.#cancelNext = this.#parts.clock.after(ROUND_MS, () => this.start());
  }

  async #goRound(): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#meetSome())) {
        // More than one portion was due.
      }
      this.#isFailing = false;
    } catch (fault) {
      if (!this.#isFailing) this.#parts.warn('deadlines cannot be read; they are met later', { err: fault });
      this.#isFailing = true;
    }
  }

  /** Gives whether there may be more. The same ones would be found again where none could be met. */
  async #meetSome(): Promise<boolean> {
    const { store, transactions } = this.#parts;
    const due = await store.findDueDeadlines(MET_AT_ONCE);
    const outcomes = await Promise.all(
      due.map((each) => transactions.submit({ kind: 'meetDeadline', ...each })),
    );
    return due.length === MET_AT_ONCE && outcomes.some(({ kind }) => kind === 'accepted');
  }
}
