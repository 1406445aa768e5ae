import type { TenantId } from '@rollcall/contract/identifiers';
import type { Command } from '../domain/agent-session/commands.ts';
import { type Changes, type CommandOutcome, foldBatch } from '../domain/agent-session/fold.ts';
import type { Clock } from '../platform/clock.ts';
import type { AgentStore, BatchResult } from '../storage/agent-store.ts';

/** What became of a submitted command. `unknown`: the store could not say whether it was written. */
export type SubmitOutcome = CommandOutcome | { readonly kind: 'unknown' };

/** A command that comes this soon after another is a sign of load. */
const LOAD_GAP_MS = 3;
/** Under load a batch is given this long to fill: many commands then share one flush to the disk. */
const WINDOW_MS = 2;
const MAX_BATCH = 100;

interface Pending {
  readonly command: Command;
  settle(outcome: SubmitOutcome): void;
}

export interface AgentTransactionsParts {
  readonly store: Pick<AgentStore, 'commit'>;
  readonly clock: Clock;
  /** Called after each commit and before the callers are answered: wakes those who wait for events. */
  readonly announce: (changes: Changes) => void;
  /** Called when a unique constraint fired, which is a bug of ours. */
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
  readonly #waiting = new Map<TenantId, Pending[]>();
  #lastSubmitMs = Number.NEGATIVE_INFINITY;
  #phase: 'idle' | 'filling' | 'committing' = 'idle';
  #whenIdle: (() => void)[] = [];

  constructor(parts: AgentTransactionsParts) {
    this.#parts = parts;
  }

  /** Resolves when the command is committed, refused or has failed; never rejects. */
  submit(command: Command): Promise<SubmitOutcome> {
    return new Promise((settle) => {
      const queue = this.#waiting.get(command.tenantId);
      if (queue === undefined) this.#waiting.set(command.tenantId, [{ command, settle }]);
      else queue.push({ command, settle });
      const nowMs = this.#parts.clock.monotonicMs();
      const isLone = nowMs - this.#lastSubmitMs > LOAD_GAP_MS;
      this.#lastSubmitMs = nowMs;
      if (this.#phase === 'idle') this.#begin(isLone);
    });
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
    const batch = this.#takeBatch();
    await this.#commit(batch);
    // A commit may hold up the loop: what arrived meanwhile came no later than now.
    this.#lastSubmitMs = this.#parts.clock.monotonicMs();
    this.#phase = 'idle';
    if (this.#waiting.size > 0) return this.#begin(batch.length === MAX_BATCH);
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** One command of each tenant in turn, each tenant's in order of arrival. */
  #takeBatch(): Pending[] {
    const batch: Pending[] = [];
    while (batch.length < MAX_BATCH && this.#waiting.size > 0) {
      for (const [tenantId, queue] of this.#waiting) {
        const next = queue.shift();
        if (queue.length === 0) this.#waiting.delete(tenantId);
        if (next !== undefined) batch.push(next);
        if (batch.length === MAX_BATCH) break;
      }
    }
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
    }
    for (const { settle } of batch) settle({ kind: 'fault', cause });
  }

  async #commitOneByOne(batch: readonly Pending[]): Promise<void> {
    for (const pending of batch) await this.#commit([pending]);
  }

  #settle(batch: readonly Pending[], result: BatchResult): void {
    if (result.kind === 'unknown') {
      for (const { settle } of batch) settle(result);
      return;
    }
    this.#parts.announce(result.changes);
    batch.forEach(({ settle }, index) => {
      settle(result.outcomes[index] ?? { kind: 'unknown' });
    });
  }
}
