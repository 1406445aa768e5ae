import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import { type DueDeadlineRow, dueDeadlineFromRow } from '../deadline-rows.ts';
import type { DeadlineStore } from '../deadline-store.ts';

/** Deadlines on SQLite; the time is the node's. */
export function sqliteDeadlines(database: DatabaseSync, clock: Clock): DeadlineStore {
  const due = database.prepare(
    `SELECT work_number, tenant_id, session_id, deadline_at FROM agent
     WHERE deadline_at <= ? ORDER BY deadline_at LIMIT ?`,
  );
  return {
    findDueDeadlines: async (limit) =>
      (due.all(Math.floor(clock.wallMs()), limit) as unknown as DueDeadlineRow[]).map(dueDeadlineFromRow),
  };
}
