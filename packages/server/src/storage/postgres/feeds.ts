import type { Pool } from 'pg';
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
import { statement } from './statement.ts';

const HEADS = statement('feed heads', 'SELECT tenant_id, head AS number FROM feed');
/** The head of one feed. */
export const FEED_HEAD = statement('feed head', 'SELECT head FROM feed WHERE tenant_id = $1');
const EVENTS = statement('feed events', FEED_EVENTS);
const OLDEST = statement('oldest events', OLDEST_EVENTS);
const READABLE = statement('readable events', READABLE_FROM);
const DELETE = statement('delete events', DELETE_EVENTS);

/** The tenants' feeds on PostgreSQL. */
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
    pruneEvents: async (tenantId, before, limit) => {
      const { rows } = await pool.query<OldestRow>(OLDEST([tenantId, limit]));
      if ((rows[0]?.at ?? before) >= before) return 0;
      const [readable] = (await pool.query<{ number: number | null }>(READABLE([tenantId, before]))).rows;
      const upTo = pruneUpTo(rows, { before, readableFrom: readable?.number ?? null });
      return upTo === undefined ? 0 : ((await pool.query(DELETE([tenantId, upTo]))).rowCount ?? 0);
    },
  };
}
