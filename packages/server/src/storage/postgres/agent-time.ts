import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { Pool, QueryConfig } from 'pg';
import type { AgentRow } from '../agent-rows.ts';
import {
  agentTimeFromRows,
  INTERVAL_COLUMNS,
  type IntervalRow,
  ledgerPortionFromRows,
  type MarkRow,
} from '../agent-time-rows.ts';
import type { AgentTimeStore } from '../agent-time-store.ts';
import { AGENT } from './agent-reads.ts';
import { inOneTrip, statement } from './statement.ts';

// Intervals do not overlap: of those that began before the range only the last one can reach into it. Not by max():
// a plan that was made while the table was small would look at all that began before.
const OVERLAPPING = statement(
  'overlapping intervals',
  `SELECT ${INTERVAL_COLUMNS} FROM agent_interval WHERE work_number = $1 AND began_at >= coalesce(
     (SELECT began_at FROM agent_interval WHERE work_number = $1 AND began_at <= $2 ORDER BY began_at DESC LIMIT 1), $2)
   AND began_at < $3 AND ended_at > $2 ORDER BY began_at LIMIT $4`,
);
const NEXT = statement(
  'next in ledger',
  `SELECT least((SELECT min(work_number) FROM agent WHERE work_number > $1),
     (SELECT min(work_number) FROM agent_interval WHERE work_number > $1)) AS work_number`,
);
const FOLLOWING = statement(
  'following intervals',
  `SELECT ${INTERVAL_COLUMNS} FROM agent_interval WHERE work_number = $1 AND began_at > $2 ORDER BY began_at LIMIT $3`,
);
// In the order of the index alone, so that a portion costs what it holds; of one moment there are only a few.
const MARKS = statement(
  'session marks',
  `SELECT * FROM (
     SELECT act::json ->> 'kind' AS kind, session_id, at, audit_id FROM audit_entry
     WHERE work_number = $1 AND at >= $2 AND (at, audit_id) > ($2, $3)
       AND act::json ->> 'kind' IN ('signIn', 'signOut')
     ORDER BY at FETCH FIRST $4 ROWS WITH TIES) AS following
   ORDER BY at, audit_id LIMIT $4`,
);
const START = statement('ledger start', 'SELECT at FROM interval_start');

/** Reads of agents' time on PostgreSQL. */
export function postgresAgentTime(pool: Pool): AgentTimeStore {
  return {
    readAgentTime: async ({ workNumber, from, to, limit }) => {
      const [agents, intervals] = await inSnapshot(pool, [
        AGENT([workNumber]),
        OVERLAPPING([workNumber, from, to, limit]),
      ]);
      const [row] = agents as AgentRow[];
      return row === undefined ? undefined : agentTimeFromRows(row, intervals as IntervalRow[]);
    },
    findNextInLedger: async (above) =>
      (await pool.query<{ work_number: WorkNumber | null }>(NEXT([above]))).rows[0]?.work_number ?? undefined,
    readLedger: async ({ workNumber, after: { markAt, markPlace, beganAt }, limit }) => {
      const [agents, marks, intervals] = await inSnapshot(pool, [
        AGENT([workNumber]),
        MARKS([workNumber, markAt, markPlace, limit + 1]),
        FOLLOWING([workNumber, beganAt, limit + 1]),
      ]);
      const [agent] = agents as AgentRow[];
      return ledgerPortionFromRows(
        { agent, marks: marks as MarkRow[], intervals: intervals as IntervalRow[] },
        limit,
      );
    },
    findLedgerStart: async () => Number((await pool.query<{ at: number }>(START([]))).rows[0]?.at),
  };
}

/** The rows of each statement, all of one moment; one round trip. */
async function inSnapshot(pool: Pool, statements: readonly QueryConfig<unknown[]>[]): Promise<unknown[][]> {
  const client = await pool.connect();
  let failed = false;
  try {
    const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
    const answers = await inOneTrip(client, [begin, ...statements, 'COMMIT']);
    return answers.slice(1, -1).map(({ rows }) => rows);
  } catch (fault) {
    failed = true;
    throw fault;
  } finally {
    client.release(failed);
  }
}
