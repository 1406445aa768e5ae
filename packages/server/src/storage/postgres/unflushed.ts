import type { Pool, QueryConfig, QueryResult } from 'pg';
import { inOneTrip } from './statement.ts';

/** One statement in a transaction of its own whose commit does not wait for the disk: the next one takes it along. */
export async function withoutFlush(pool: Pool, write: QueryConfig<unknown[]>): Promise<QueryResult> {
  const client = await pool.connect();
  let failed = true;
  try {
    const answers = await inOneTrip(client, ['BEGIN', 'SET LOCAL synchronous_commit = off', write, 'COMMIT']);
    failed = false;
    return answers[2] as QueryResult;
  } finally {
    client.release(failed);
  }
}
