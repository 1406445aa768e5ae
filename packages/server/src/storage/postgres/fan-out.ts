import type { Pool } from 'pg';
import { feedPortion, reachOf, SESSION_EVENTS, type SessionEventRow } from '../fan-out-rows.ts';
import type { FanOutStore } from '../fan-out-store.ts';
import { byTenant, type TenantNumberRow } from '../feed-rows.ts';
import { FEED_HEAD } from './feeds.ts';
import { statement } from './statement.ts';
import { withoutFlush } from './unflushed.ts';

const EVENTS = statement('session events', SESSION_EVENTS);
const POSITION = statement(
  'feed position',
  'SELECT feed_sequence FROM agent_event WHERE work_number = $1 AND sequence = $2',
);
const POSITIONS = statement('fan-out positions', 'SELECT tenant_id, position AS number FROM fan_out');
const SAVE = statement(
  'save fan-out positions',
  `INSERT INTO fan_out (tenant_id, position)
   SELECT * FROM unnest($1::int4[], $2::int8[]) AS followed (tenant_id, position) ORDER BY tenant_id
   ON CONFLICT (tenant_id) DO UPDATE SET position = greatest(fan_out.position, excluded.position)`,
);

/** Begins and ends of sessions in the feeds, and how far they have been followed, on PostgreSQL. */
export function postgresFanOut(pool: Pool): FanOutStore {
  return {
    readSessionEvents: async (tenantId, after, limit) => {
      // A head that is seen has all of its events behind it: both were committed together.
      const [feed] = (await pool.query<{ head: number }>(FEED_HEAD([tenantId]))).rows;
      const head = feed?.head ?? 0;
      const reach = reachOf(after, head);
      const { rows } = await pool.query<SessionEventRow>(EVENTS([tenantId, after, reach, limit]));
      return feedPortion(rows, { head, reach, limit });
    },
    findFeedPosition: async (workNumber, sequence) => {
      const { rows } = await pool.query<{ feed_sequence: number }>(POSITION([workNumber, sequence]));
      return rows[0]?.feed_sequence;
    },
    readFanOutPositions: async () => byTenant((await pool.query<TenantNumberRow>(POSITIONS([]))).rows),
    saveFanOutPositions: async (followed) => {
      await withoutFlush(pool, SAVE([[...followed.keys()], [...followed.values()]]));
    },
  };
}
