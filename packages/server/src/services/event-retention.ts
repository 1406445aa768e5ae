import { DAY_MS } from '../domain/durations.ts';
import type { Clock } from '../platform/clock.ts';
import type { FeedStore } from '../storage/feed-store.ts';

/** So many events are removed at once; commits come in between (rule RT-2). */
const PRUNED_AT_ONCE = 1_000;

interface EventRetentionParts {
  readonly store: Pick<FeedStore, 'pruneEvents' | 'readFeedHeads'>;
  readonly clock: Clock;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
  readonly keptDays: number;
}

/** Removes events that nobody may ask for any more (docs/spec/retention.md). */
export class EventRetention {
  readonly #parts: EventRetentionParts;

  constructor(parts: EventRetentionParts) {
    this.#parts = parts;
  }

  /** Portion by portion, tenant by tenant. Rejects when the store fails; the next time goes on where this one ended. */
  async prune(): Promise<void> {
    const { store, clock, storeTimeMs, keptDays } = this.#parts;
    const before = storeTimeMs() - keptDays * DAY_MS;
    for (const tenantId of (await store.readFeedHeads()).keys()) {
      let removed = PRUNED_AT_ONCE;
      while (removed === PRUNED_AT_ONCE) {
        removed = await store.pruneEvents(tenantId, before, PRUNED_AT_ONCE);
        await new Promise<void>((resolve) => clock.after(0, resolve));
      }
    }
  }
}
