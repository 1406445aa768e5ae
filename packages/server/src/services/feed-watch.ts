import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { FeedStore } from '../storage/feed-store.ts';

/** What other nodes have committed is looked for once in this time (rule DL-2). */
const ROUND_MS = 950;
const READ_AT_ONCE = 1_000;

type Heads = ReadonlyMap<TenantId, number>;

interface FeedWatchParts {
  readonly store: FeedStore;
  /** Without other writers this node's own commits are all there is. */
  readonly hasOtherWriters: boolean;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** Knows how far each tenant's feed has grown, by this node's commits or others', and tells who waits for that. */
export class FeedWatch {
  readonly #parts: FeedWatchParts;
  readonly #onGrowth: ((heads: Heads) => void)[] = [];
  readonly #onOthersChanges: ((agents: ReadonlySet<WorkNumber>) => void)[] = [];
  /** Up to here everything has been told. */
  readonly #told = new Map<TenantId, number>();
  #isStopped = false;
  #isFailing = false;
  #cancelNext: Cancel = () => undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(parts: FeedWatchParts) {
    this.#parts = parts;
  }

  /** Has `listener` told the heads of the feeds that have grown. */
  onGrowth(listener: (heads: Heads) => void): void {
    this.#onGrowth.push(listener);
  }

  /** Has `listener` told of the agents whose logs have grown by what another node committed; now and then by ours too. */
  onOthersChanges(listener: (agents: ReadonlySet<WorkNumber>) => void): void {
    this.#onOthersChanges.push(listener);
  }

  /** Takes note of where the feeds are, before anybody waits for more. Rejects when the store fails. */
  async begin(): Promise<void> {
    for (const [tenantId, head] of await this.#parts.store.readFeedHeads()) this.#told.set(tenantId, head);
  }

  /** Up to where everything that was committed has been told here. */
  toldUpTo(tenantId: TenantId): number {
    return this.#told.get(tenantId) ?? 0;
  }

  start(): void {
    if (this.#parts.hasOtherWriters) this.#scheduleNext();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#round;
  }

  /** A batch was committed on this node. */
  committed({ events }: Changes, feedHeads: Heads): void {
    const counts = new Map<TenantId, number>();
    for (const { record } of events) counts.set(record.tenantId, (counts.get(record.tenantId) ?? 0) + 1);
    for (const [tenantId, count] of counts) {
      const head = feedHeads.get(tenantId) ?? 0;
      // Where another node's events lie before these, the next round tells of all of them.
      if (this.#told.get(tenantId) === head - count) this.#told.set(tenantId, head);
    }
    if (counts.size > 0) this.#tellGrowth(feedHeads);
  }

  #tellGrowth(heads: Heads): void {
    for (const listener of this.#onGrowth) listener(heads);
  }

  #scheduleNext(): void {
    if (this.#isStopped) return;
    this.#cancelNext = this.#parts.clock.after(ROUND_MS, () => {
      this.#round = this.#goRound().finally(() => this.#scheduleNext());
    });
  }

  async #goRound(): Promise<void> {
    try {
      await this.#tellOthersChanges(await this.#parts.store.readFeedHeads());
      this.#isFailing = false;
    } catch (fault) {
      const message = 'changes of other nodes cannot be seen; held polls and streams are told of them later';
      if (!this.#isFailing) this.#parts.warn(message, { err: fault });
      this.#isFailing = true;
    }
  }

  async #tellOthersChanges(heads: Heads): Promise<void> {
    const grown = new Map([...heads].filter(([tenantId, head]) => head > (this.#told.get(tenantId) ?? 0)));
    if (grown.size === 0) return;
    this.#tellGrowth(grown);
    for (const [tenantId, head] of grown) await this.#tellUpTo(tenantId, head);
  }

  async #tellUpTo(tenantId: TenantId, head: number): Promise<void> {
    for (;;) {
      const after = this.#told.get(tenantId) ?? 0;
      if (after >= head || this.#isStopped) return;
      const { events, upTo } = await this.#parts.store.readFeed(tenantId, after, READ_AT_ONCE);
      const agents = new Set(events.map(({ workNumber }) => workNumber));
      for (const listener of this.#onOthersChanges) listener(agents);
      this.#told.set(tenantId, Math.max(upTo, this.#told.get(tenantId) ?? 0));
    }
  }
}
