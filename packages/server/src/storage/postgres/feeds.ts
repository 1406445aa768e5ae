import type { Pool } from 'pg';
import { byTenant, FEED_EVENTS, type FeedRow, feedFromRows, type TenantNumberRow } from '../feed-rows.ts';
import type { FeedStore } from '../feed-store.ts';
import { statement } from './statement.ts';

const HEADS = statement('feed heads', 'SELECT tenant_id, head AS number FROM feed');
/** The head of one feed. */
export const FEED_HEAD = statement('feed head', 'SELECT head FROM feed WHERE tenant_id = $1');
const EVENTS = statement('feed events', FEED_EVENTS);

/** Reads of the tenants' feeds, on PostgreSQL. */
export function postgresFeeds(pool: Pool): FeedStore {
  return {
    readFeedHeads: async () => byTenant((await pool.query<TenantNumberRow>(HEADS([]))).rows),
    readFeed: async (tenantId, after, limit) => {
      // A head that is seen has all of its events behind it: both were committed together.
      const [feed] = (await pool.query<{ head: number }>(FEED_HEAD([tenantId]))).rows;
      const head = feed?.head ?? 0;
      const { rows } = await pool.query<FeedRow>(EVENTS([tenantId, after, head, limit]));
      return feedFromRows(rows, { head, limit });
    },
  };
}
