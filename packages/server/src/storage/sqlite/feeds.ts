import type { DatabaseSync } from 'node:sqlite';
import { byTenant, FEED_EVENTS, type FeedRow, feedFromRows, type TenantNumberRow } from '../feed-rows.ts';
import type { FeedStore } from '../feed-store.ts';

/** Reads of the tenants' feeds, on SQLite. */
export function sqliteFeeds(database: DatabaseSync): FeedStore {
  const heads = database.prepare('SELECT tenant_id, head AS number FROM feed');
  const headOf = database.prepare('SELECT head FROM feed WHERE tenant_id = ?');
  const events = database.prepare(FEED_EVENTS.replaceAll('$', '?'));
  return {
    readFeedHeads: async () => byTenant(heads.all() as unknown as TenantNumberRow[]),
    readFeed: async (tenantId, after, limit) => {
      const head = Number(headOf.get(tenantId)?.head ?? 0);
      const rows = events.all(tenantId, after, head, limit) as unknown as FeedRow[];
      return feedFromRows(rows, { head, limit });
    },
  };
}
