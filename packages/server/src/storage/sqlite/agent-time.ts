import type { DatabaseSync } from 'node:sqlite';
import type { WorkNumber } from '@rollcall/contract/identifiers';
import { AGENT_COLUMNS, type AgentRow } from '../agent-rows.ts';
import {
  agentTimeFromRows,
  INTERVAL_COLUMNS,
  type IntervalRow,
  ledgerPortionFromRows,
  type MarkRow,
} from '../agent-time-rows.ts';
import type { AgentTimeStore } from '../agent-time-store.ts';

/** Reads of agents' time on SQLite. */
export function sqliteAgentTime(database: DatabaseSync): AgentTimeStore {
  const agent = database.prepare(`SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ?`);
  // Intervals do not overlap: of those that began before the range only the last one can reach into it.
  const overlapping = database.prepare(
    `SELECT ${INTERVAL_COLUMNS} FROM agent_interval WHERE work_number = :agent AND began_at >= coalesce(
       (SELECT began_at FROM agent_interval WHERE work_number = :agent AND began_at <= :from
        ORDER BY began_at DESC LIMIT 1), :from)
     AND began_at < :to AND ended_at > :from ORDER BY began_at LIMIT :limit`,
  );
  const next = database.prepare(
    `SELECT min(found) AS work_number FROM (
       SELECT min(work_number) AS found FROM agent WHERE work_number > :above
       UNION ALL SELECT min(work_number) FROM agent_interval WHERE work_number > :above)`,
  );
  const following = database.prepare(
    `SELECT ${INTERVAL_COLUMNS} FROM agent_interval WHERE work_number = ? AND began_at > ? ORDER BY began_at LIMIT ?`,
  );
  const marks = database.prepare(
    `SELECT act ->> 'kind' AS kind, session_id, at, audit_id FROM audit_entry
     WHERE work_number = :agent AND at >= :at AND (at, audit_id) > (:at, :place)
       AND act ->> 'kind' IN ('signIn', 'signOut') ORDER BY at, audit_id LIMIT :limit`,
  );
  const start = database.prepare('SELECT at FROM interval_start');
  return {
    readAgentTime: async ({ workNumber, from, to, limit }) =>
      inSnapshot(database, () => {
        const row = agent.get(workNumber) as AgentRow | undefined;
        if (row === undefined) return undefined;
        const intervals = overlapping.all({ agent: workNumber, from, to, limit });
        return agentTimeFromRows(row, intervals as unknown as IntervalRow[]);
      }),
    findNextInLedger: async (above) =>
      (next.get({ above })?.work_number ?? undefined) as WorkNumber | undefined,
    readLedger: async ({ workNumber, after: { markAt, markPlace, beganAt }, limit }) =>
      inSnapshot(database, () => {
        const rows = {
          agent: agent.get(workNumber) as AgentRow | undefined,
          marks: marks.all({ agent: workNumber, at: markAt, place: markPlace, limit: limit + 1 }),
          intervals: following.all(workNumber, beganAt, limit + 1),
        };
        return ledgerPortionFromRows(
          rows as unknown as { agent: AgentRow; marks: MarkRow[]; intervals: IntervalRow[] },
          limit,
        );
      }),
    findLedgerStart: async () => Number(start.get()?.at),
  };
}

/** Everything that `read` reads is of one moment. It does not pause, so nothing of this connection comes in between. */
function inSnapshot<Result>(database: DatabaseSync, read: () => Result): Result {
  database.exec('BEGIN');
  try {
    return read();
  } finally {
    database.exec('COMMIT');
  }
}
