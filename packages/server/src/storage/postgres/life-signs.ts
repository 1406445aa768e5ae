import type { Pool } from 'pg';
import { type DueLeaseRow, dueLeaseFromRow } from '../life-sign-rows.ts';
import type { LifeSignStore } from '../life-sign-store.ts';
import { statement } from './statement.ts';
import { NOW } from './store-time.ts';
import { withoutFlush } from './unflushed.ts';

// A row that another transaction holds begins or ends with its session, or has just been written by another node.
const SAVE = statement(
  'save life signs',
  `WITH seen AS (
     SELECT life_sign.work_number, ago, read_ago
     FROM unnest($1::int4[], $2::text[], $3::int8[], $4::int8[]) AS told (work_number, session_id, ago, read_ago)
     JOIN life_sign USING (work_number, session_id) ORDER BY work_number FOR UPDATE OF life_sign SKIP LOCKED)
   UPDATE life_sign SET seen_at = greatest(seen_at, ${NOW} - ago), read_at = greatest(read_at, ${NOW} - read_ago),
     lease_ends_at = greatest(seen_at, ${NOW} - ago) + life_ms
   FROM seen WHERE life_sign.work_number = seen.work_number`,
);
const TIME = statement('time', `SELECT ${NOW} AS now`);
const RENEW_ALL = statement(
  'renew life signs',
  `WITH present AS (SELECT work_number FROM life_sign ORDER BY work_number FOR UPDATE SKIP LOCKED)
   UPDATE life_sign SET seen_at = ${NOW}, read_at = ${NOW}, lease_ends_at = ${NOW} + life_ms
   FROM present WHERE life_sign.work_number = present.work_number`,
);
const DUE = statement(
  'due leases',
  `SELECT work_number, agent.tenant_id, life_sign.session_id FROM life_sign JOIN agent USING (work_number)
   WHERE lease_ends_at <= ${NOW} - $1 OR limit_at <= ${NOW} ORDER BY lease_ends_at LIMIT $2`,
);

/** Signs of life on PostgreSQL; the time is the database's. */
export function postgresLifeSigns(pool: Pool): LifeSignStore {
  return {
    saveLifeSigns: async (signs) => {
      if (signs.length > 0) {
        const save = SAVE([
          signs.map(({ workNumber }) => workNumber),
          signs.map(({ sessionId }) => sessionId),
          signs.map(({ seenAgoMs }) => Math.ceil(seenAgoMs)),
          signs.map(({ readAgoMs }) => (readAgoMs === null ? null : Math.ceil(readAgoMs))),
        ]);
        await withoutFlush(pool, save);
      }
      const [row] = (await pool.query<{ now: number }>(TIME([]))).rows;
      if (row === undefined) throw new TypeError('this cannot happen: the clock statement gave no row');
      return row.now;
    },
    renewAllLifeSigns: async () => {
      await withoutFlush(pool, RENEW_ALL([]));
    },
    findDueLeases: async (graceMs, limit) =>
      (await pool.query<DueLeaseRow>(DUE([graceMs, limit]))).rows.map(dueLeaseFromRow),
  };
}
