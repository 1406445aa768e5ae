import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Command } from '../domain/agent-session/commands.ts';
import { type Changes, type CommandOutcome, foldBatch } from '../domain/agent-session/fold.ts';
import type { Clock } from '../platform/clock.ts';
import type { AgentStore, BatchResult } from '../storage/agent-store.ts';
import { FairLanes } from './fair-lanes.ts';

/** What became of a submitted command. `unknown`: the store could not say whether it was written. */
export type SubmitOutcome = CommandOutcome | { readonly kind: 'unknown' };

/** A command that comes this soon after another is a sign of load. */
const LOAD_GAP_MS = 3;
/** Under load a batch is given this long to fill: many commands then share one flush to the disk. */
const WINDOW_MS = 2;
const MOST_IN_BATCH = 100;
/** Commands of which one caller gives many, in a batch; fewer as long as others come, who wait for each batch to end. */
const MOST_BULK = MOST_IN_BATCH / 2;
const MOST_BULK_BESIDE_OTHERS = MOST_IN_BATCH / 5;
const OTHERS_COME_MS = 100;
/** More than this many commands do not wait; one second's work of the store at most. */
const MOST_WAITING = 10_000;

interface Pending {
  readonly command: Command;
  settle(outcome: SubmitOutcome): void;
}

/** The store is too far behind to take another command. */
class StoreBehindFault extends Error {
  override readonly name = 'StoreBehindFault';
}

function takeFrom(lanes: FairLanes<Pending>, most: number): Pending[] {
  const taken: Pending[] = [];
  while (taken.length < most) {
    const next = lanes.take();
    if (next === undefined) break;
    taken.push(next);
  }
  return taken;
}

export interface AgentTransactionsParts {
  readonly store: Pick<AgentStore, 'commit'>;
  readonly clock: Clock;
  /**
   * Called after each commit and before the callers are answered: wakes those who wait for events. With the heads of the
   * changed tenants' feeds.
   */
  readonly announce: (changes: Changes, feedHeads: ReadonlyMap<TenantId, number>) => void;
  /** Called when a unique constraint fired, or an announcement failed: a bug of ours. */
  readonly reportBug: (fault: unknown) => void;
  /** Recognises the store's fault of a unique constraint. */
  readonly isConstraintFault: (fault: unknown) => boolean;
}

/**
 * Collects commands into batches, one batch at a time, tenants in turn. Nothing is said about a command before its
 * batch is committed (rule TX-2).
 */
export class AgentTransactions {
  readonly #parts: AgentTransactionsParts;
  readonly #waiting = new FairLanes<Pending>();
  /** Commands of which one caller gives many: they leave the greater part of each batch to the others. */
  readonly #bulk = new FairLanes<Pending>();
  /** Each agent's newest command that is not settled yet. */
  readonly #unsettled = new Map<WorkNumber, Promise<SubmitOutcome>>();
  #lastSubmitMs = Number.NEGATIVE_INFINITY;
  #lastOrdinaryMs = Number.NEGATIVE_INFINITY;
  #phase: 'idle' | 'filling' | 'committing' = 'idle';
  #whenIdle: (() => void)[] = [];

  constructor(parts: AgentTransactionsParts) {
    this.#parts = parts;
  }

  /** Resolves when the command is committed, refused or has failed; never rejects. */
  submit(command: Command, lane: 'ordinary' | 'bulk' = 'ordinary'): Promise<SubmitOutcome> {
    const lanes = lane === 'bulk' ? this.#bulk : this.#waiting;
    if (lanes.size >= MOST_WAITING) {
      return Promise.resolve({ kind: 'fault', cause: new StoreBehindFault('too many commands wait') });
    }
    const { promise, resolve: settle } = Promise.withResolvers<SubmitOutcome>();
    const { workNumber, tenantId } = command;
    this.#unsettled.set(workNumber, promise);
    void promise.then(() => {
      if (this.#unsettled.get(workNumber) === promise) this.#unsettled.delete(workNumber);
    });
    lanes.push(tenantId, { command, settle });
    const nowMs = this.#parts.clock.monotonicMs();
    const isLone = nowMs - this.#lastSubmitMs > LOAD_GAP_MS;
    this.#lastSubmitMs = nowMs;
    if (lane === 'ordinary') this.#lastOrdinaryMs = nowMs;
    if (this.#phase === 'idle') this.#begin(isLone);
    return promise;
  }

  /** Resolves when the agent's commands so far are settled; undefined when none is under way. */
  settled(workNumber: WorkNumber): Promise<unknown> | undefined {
    return this.#unsettled.get(workNumber);
  }

  /** Resolves when every command submitted so far has been answered. */
  idle(): Promise<void> {
    if (this.#phase === 'idle') return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #begin(atOnce: boolean): void {
    this.#phase = 'filling';
    if (atOnce) void this.#commitNext();
    else this.#parts.clock.after(WINDOW_MS, () => void this.#commitNext());
  }

  async #commitNext(): Promise<void> {
    this.#phase = 'committing';
    const batch = this.#takeBatch(MOST_IN_BATCH, this.#mostBulk());
    await this.#commit(batch);
    // A commit may hold up the loop: what arrived meanwhile came no later than now.
    this.#lastSubmitMs = this.#parts.clock.monotonicMs();
    this.#phase = 'idle';
    if (this.#waiting.size + this.#bulk.size > 0) return this.#begin(batch.length === MOST_IN_BATCH);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #mostBulk(): number {
    const sinceOthersMs = this.#parts.clock.monotonicMs() - this.#lastOrdinaryMs;
    return sinceOthersMs < OTHERS_COME_MS ? MOST_BULK_BESIDE_OTHERS : MOST_BULK;
  }

  /** What the bulk leaves free, the others take. */
  #takeBatch(most: number, mostBulk: number): Pending[] {
    const batch = takeFrom(this.#waiting, most - mostBulk);
    batch.push(...takeFrom(this.#bulk, mostBulk));
    batch.push(...takeFrom(this.#waiting, most - batch.length));
    return batch;
  }

  async #commit(batch: readonly Pending[]): Promise<void> {
    const commands = batch.map(({ command }) => command);
    let result: BatchResult;
    try {
      result = await this.#parts.store.commit(commands, foldBatch);
    } catch (cause) {
      return this.#commitFailed(batch, cause);
    }
    this.#settle(batch, result);
  }

  async #commitFailed(batch: readonly Pending[], cause: unknown): Promise<void> {
    if (this.#parts.isConstraintFault(cause)) {
      this.#parts.reportBug(cause);
      if (batch.length > 1) return this.#commitOneByOne(batch);
    } else {
      // Who waits behind a store that fails would wait for its time-outs, batch after batch (rule TX-15).
      for (const { settle } of this.#takeBatch(2 * MOST_WAITING, MOST_WAITING))
        settle({ kind: 'fault', cause });
    }
    for (const { settle } of batch) settle({ kind: 'fault', cause });
  }

  async #commitOneByOne(batch: readonly Pending[]): Promise<void> {
    for (const pending of batch) await this.#commit([pending]);
  }

  /** What is committed is said to be so, whatever becomes of those who are told of it. */
  #settle(batch: readonly Pending[], result: BatchResult): void {
    if (result.kind === 'unknown') {
      for (const { settle } of batch) settle(result);
      return;
    }
    try {
      this.#parts.announce(result.changes, result.feedHeads);
    } catch (fault) {
      this.#parts.reportBug(fault);
    }
    batch.forEach(({ settle }, index) => {
      const outcome = result.outcomes[index];
      settle(
        outcome ?? {
          kind: 'fault',
          cause: new RangeError('this cannot happen: a command without an outcome'),
        },
      );
    });
  }
}
