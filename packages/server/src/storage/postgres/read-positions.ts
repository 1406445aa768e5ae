import type { Pool } from 'pg';
import type { ReadPositionStore } from '../read-position-store.ts';
import { statement } from './statement.ts';
import { withoutFlush } from './unflushed.ts';

const FIND = statement('read position', 'SELECT sequence FROM read_position WHERE session_id = $1');
const SAVE = statement(
  'save read positions',
  `INSERT INTO read_position (session_id, sequence)
   SELECT * FROM unnest($1::text[], $2::int8[]) AS told (session_id, sequence) ORDER BY session_id
   ON CONFLICT (session_id) DO UPDATE SET sequence = greatest(read_position.sequence, excluded.sequence)`,
);

/** Read positions on PostgreSQL. */
export function postgresReadPositions(pool: Pool): ReadPositionStore {
  return {
    findReadPosition: async (sessionId) =>
      (await pool.query<{ sequence: number }>(FIND([sessionId]))).rows[0]?.sequence,
    saveReadPositions: async (positions) => {
      await withoutFlush(
        pool,
        SAVE([positions.map(({ sessionId }) => sessionId), positions.map(({ sequence }) => sequence)]),
      );
    },
  };
}
