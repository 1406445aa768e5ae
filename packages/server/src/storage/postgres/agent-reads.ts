import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { Pool } from 'pg';
import {
  AGENT_COLUMNS,
  type AgentRow,
  type EndedSessionRow,
  type EventRow,
  endedSessionFromRow,
  loggedEventFromRow,
  type ReplacedTokenRow,
  recordFromRow,
  replacedTokenFromRow,
} from '../agent-rows.ts';
import type { AgentStore } from '../agent-store.ts';
import { statement } from './statement.ts';

/** The columns of an agent's record. */
export const AGENT = statement(
  'agent',
  `SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = $1`,
);
const TOKEN_OWNER = statement('token owner', 'SELECT work_number FROM agent WHERE token_hash = $1');
const ENDED_BY_TOKEN = statement(
  'ended session by token',
  'SELECT * FROM ended_session WHERE work_number = $1 AND token_hash = $2',
);
const ENDED_BY_ID = statement('ended session by id', 'SELECT * FROM ended_session WHERE session_id = $1');
const REPLACED_TOKEN = statement('replaced token', 'SELECT * FROM replaced_token WHERE token_hash = $1');
const EVENTS = statement(
  'events',
  `SELECT sequence, at, event FROM agent_event WHERE work_number = $1 AND sequence > $2 AND sequence <= $3
   ORDER BY sequence LIMIT $4`,
);
const OLDEST_KEPT = statement(
  'oldest kept event',
  'SELECT min(sequence) AS oldest FROM agent_event WHERE work_number = $1',
);
// Nodes that prune at the same time take different rows.
const PRUNE = statement(
  'prune ended sessions',
  `WITH pruned AS (DELETE FROM ended_session WHERE session_id IN
     (SELECT session_id FROM ended_session WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING session_id),
   positions AS (DELETE FROM read_position WHERE session_id IN (SELECT session_id FROM pruned)),
   pushes AS (DELETE FROM event_push WHERE session_id IN (SELECT session_id FROM pruned))
   SELECT session_id FROM pruned`,
);
const PRUNE_REPLACED = statement(
  'prune replaced tokens',
  `DELETE FROM replaced_token WHERE token_hash IN
   (SELECT token_hash FROM replaced_token WHERE good_until < $1 ORDER BY good_until LIMIT $2 FOR UPDATE SKIP LOCKED)`,
);

/** Reads of agents, their logs and their ended sessions. */
export function postgresAgentReads(pool: Pool): Omit<AgentStore, 'commit'> {
  return {
    findAgent: async (workNumber) => {
      const [row] = (await pool.query<AgentRow>(AGENT([workNumber]))).rows;
      return row === undefined ? undefined : recordFromRow(row);
    },
    findTokenOwner: async (tokenHash) => {
      const { rows } = await pool.query<{ work_number: WorkNumber }>(TOKEN_OWNER([tokenHash]));
      return rows[0]?.work_number;
    },
    findEndedSession: async (workNumber, tokenHash) => {
      const [row] = (await pool.query<EndedSessionRow>(ENDED_BY_TOKEN([workNumber, tokenHash]))).rows;
      return row === undefined ? undefined : endedSessionFromRow(row);
    },
    findEndedSessionById: async (sessionId) => {
      const [row] = (await pool.query<EndedSessionRow>(ENDED_BY_ID([sessionId]))).rows;
      return row === undefined ? undefined : endedSessionFromRow(row);
    },
    findReplacedToken: async (tokenHash) => {
      const [row] = (await pool.query<ReplacedTokenRow>(REPLACED_TOKEN([tokenHash]))).rows;
      return row === undefined ? undefined : replacedTokenFromRow(row);
    },
    findOldestKept: async (workNumber) =>
      (await pool.query<{ oldest: number | null }>(OLDEST_KEPT([workNumber]))).rows[0]?.oldest ?? undefined,
    readEvents: async ({ workNumber, after, upTo, limit }) => {
      const { rows } = await pool.query<EventRow>(EVENTS([workNumber, after, upTo, limit]));
      return rows.map(loggedEventFromRow);
    },
    pruneEndedSessions: async (endedBefore, limit) =>
      (await pool.query(PRUNE([endedBefore, limit]))).rowCount ?? 0,
    pruneReplacedTokens: async (goodBefore, limit) =>
      (await pool.query(PRUNE_REPLACED([goodBefore, limit]))).rowCount ?? 0,
  };
}
