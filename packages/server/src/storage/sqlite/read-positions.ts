import type { DatabaseSync } from 'node:sqlite';
import type { ReadPositionStore } from '../read-position-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Read positions on SQLite. */
export function sqliteReadPositions(
  database: DatabaseSync,
  transaction: WriteTransaction,
): ReadPositionStore {
  const find = database.prepare('SELECT sequence FROM read_position WHERE session_id = ?');
  const save = database.prepare(
    `INSERT INTO read_position (session_id, sequence)
     SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
     ON CONFLICT (session_id) DO UPDATE SET sequence = max(read_position.sequence, excluded.sequence)`,
  );
  return {
    findReadPosition: async (sessionId) => find.get(sessionId)?.sequence as number | undefined,
    saveReadPositions: (positions) =>
      transaction(() => {
        save.run(JSON.stringify(positions.map(({ sessionId, sequence }) => [sessionId, sequence])));
        return { result: undefined, keep: true };
      }, 'notAwaited'),
  };
}
