import type { Pool } from 'pg';
import { type DueDeadlineRow, dueDeadlineFromRow } from '../deadline-rows.ts';
import type { DeadlineStore } from '../deadline-store.ts';
import { statement } from './statement.ts';

// The time is read once: as a volatile function in the condition it would keep the index from being used.
const DUE = statement(
  'due deadlines',
  `SELECT work_number, tenant_id, session_id, deadline_at FROM agent
   WHERE deadline_at <= (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::int8)
   ORDER BY deadline_at LIMIT $1`,
);

/** Deadlines on PostgreSQL; the time is the database's. */
export function postgresDeadlines(pool: Pool): DeadlineStore {
  return {
    findDueDeadlines: async (limit) =>
      (await pool.query<DueDeadlineRow>(DUE([limit]))).rows.map(dueDeadlineFromRow),
  };
}
