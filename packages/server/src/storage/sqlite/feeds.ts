import type { DatabaseSync } from 'node:sqlite';
import {
  byTenant,
  DELETE_EVENTS,
  FEED_EVENTS,
  type FeedRow,
  feedFromRows,
  OLDEST_EVENTS,
  type OldestRow,
  pruneUpTo,
  READABLE_FROM,
  type TenantNumberRow,
} from '../feed-rows.ts';
import type { FeedStore } from '../feed-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** The tenants' feeds on SQLite. */
export function sqliteFeeds(database: DatabaseSync, transaction: WriteTransaction): FeedStore {
  const heads = database.prepare('SELECT tenant_id, head AS number FROM feed');
  const headOf = database.prepare('SELECT head FROM feed WHERE tenant_id = ?');
  const events = database.prepare(FEED_EVENTS.replaceAll('$', '?'));
  const oldest = database.prepare(OLDEST_EVENTS.replaceAll('$', '?'));
  const readableFrom = database.prepare(READABLE_FROM.replaceAll('$', '?'));
  const remove = database.prepare(DELETE_EVENTS.replaceAll('$', '?'));
  return {
    readFeedHeads: async () => byTenant(heads.all() as unknown as TenantNumberRow[]),
    readFeed: async (tenantId, after, limit) => {
      const head = Number(headOf.get(tenantId)?.head ?? 0);
      const rows = events.all(tenantId, after, head, limit) as unknown as FeedRow[];
      return feedFromRows(rows, { head, limit });
    },
    pruneEvents: (tenantId, before, limit) =>
      transaction(() => {
        const rows = oldest.all(tenantId, limit) as unknown as OldestRow[];
        if ((rows[0]?.at ?? before) >= before) return { result: 0, keep: false };
        const from = readableFrom.get(tenantId, before)?.number as number | null;
        const upTo = pruneUpTo(rows, { before, readableFrom: from });
        const removed = upTo === undefined ? 0 : Number(remove.run(tenantId, upTo).changes);
        return { result: removed, keep: true };
      }),
  };
}
