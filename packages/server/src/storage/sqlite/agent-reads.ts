import type { DatabaseSync } from 'node:sqlite';
import type { WorkNumber } from '@rollcall/contract/identifiers';
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
import type { WriteTransaction } from './write-transaction.ts';

/** Reads of agents, their logs and their ended sessions. */
export function sqliteAgentReads(
  database: DatabaseSync,
  transaction: WriteTransaction,
): Omit<AgentStore, 'commit'> {
  const agent = database.prepare(`SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ?`);
  const tokenOwner = database.prepare('SELECT work_number FROM agent WHERE token_hash = ?');
  const endedByToken = database.prepare(
    'SELECT * FROM ended_session WHERE work_number = ? AND token_hash = ?',
  );
  const endedById = database.prepare('SELECT * FROM ended_session WHERE session_id = ?');
  const replaced = database.prepare('SELECT * FROM replaced_token WHERE token_hash = ?');
  const events = database.prepare(
    `SELECT sequence, at, event FROM agent_event WHERE work_number = ? AND sequence > ? AND sequence <= ?
     ORDER BY sequence LIMIT ?`,
  );
  const oldestKept = database.prepare(
    'SELECT min(sequence) AS oldest FROM agent_event WHERE work_number = ?',
  );
  const oldest = 'SELECT session_id FROM ended_session WHERE ended_at < ? ORDER BY ended_at LIMIT ?';
  const prunePositions = database.prepare(`DELETE FROM read_position WHERE session_id IN (${oldest})`);
  const prunePushes = database.prepare(`DELETE FROM event_push WHERE session_id IN (${oldest})`);
  const prune = database.prepare(`DELETE FROM ended_session WHERE session_id IN (${oldest})`);
  const pruneReplaced = database.prepare(
    `DELETE FROM replaced_token WHERE token_hash IN
     (SELECT token_hash FROM replaced_token WHERE good_until < ? ORDER BY good_until LIMIT ?)`,
  );
  return {
    findAgent: async (workNumber) => {
      const row = agent.get(workNumber);
      return row === undefined ? undefined : recordFromRow(row as unknown as AgentRow);
    },
    findTokenOwner: async (tokenHash) => tokenOwner.get(tokenHash)?.work_number as WorkNumber | undefined,
    findEndedSession: async (workNumber, tokenHash) => {
      const row = endedByToken.get(workNumber, tokenHash);
      return row === undefined ? undefined : endedSessionFromRow(row as unknown as EndedSessionRow);
    },
    findEndedSessionById: async (sessionId) => {
      const row = endedById.get(sessionId);
      return row === undefined ? undefined : endedSessionFromRow(row as unknown as EndedSessionRow);
    },
    findReplacedToken: async (tokenHash) => {
      const row = replaced.get(tokenHash);
      return row === undefined ? undefined : replacedTokenFromRow(row as unknown as ReplacedTokenRow);
    },
    findOldestKept: async (workNumber) =>
      (oldestKept.get(workNumber)?.oldest ?? undefined) as number | undefined,
    readEvents: async ({ workNumber, after, upTo, limit }) =>
      (events.all(workNumber, after, upTo, limit) as unknown as EventRow[]).map(loggedEventFromRow),
    pruneEndedSessions: (endedBefore, limit) =>
      transaction(() => {
        prunePositions.run(endedBefore, limit);
        prunePushes.run(endedBefore, limit);
        return { result: Number(prune.run(endedBefore, limit).changes), keep: true };
      }),
    pruneReplacedTokens: (goodBefore, limit) =>
      transaction(() => ({ result: Number(pruneReplaced.run(goodBefore, limit).changes), keep: true })),
  };
}
