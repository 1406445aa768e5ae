import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import { clientConfig } from './connection.ts';

/** A transaction, so that its fate can be asked for after its connection is gone. */
export interface TransactionIdentity {
  readonly xid: string;
  /** History of the database that the number belongs to; a promoted standby begins another. */
  readonly timeline: string;
}

export interface CommitLookup {
  readonly url: string;
  readonly clock: Clock;
  /** After this long the outcome is said to be unknown. */
  readonly limitMs: number;
}

/** Longest wait within one attempt, for the connection and for the answer. */
const ATTEMPT_TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/**
 * Looks up what became of a transaction whose COMMIT was sent and not answered (rule TX-8), on connections of its
 * own: those of the pool may have broken with it. A transaction still in progress is waited for and never ended.
 */
export async function lookUpCommit(
  { url, clock, limitMs }: CommitLookup,
  transaction: TransactionIdentity,
): Promise<'committed' | 'aborted' | 'unknown'> {
  const deadline = clock.monotonicMs() + limitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const left = deadline - clock.monotonicMs();
    if (left <= 0) return 'unknown';
    const status = await askFor(url, transaction, Math.min(left, ATTEMPT_TIMEOUT_MS));
    if (status === 'committed' || status === 'aborted') return status;
    await new Promise<void>((resolve) => {
      clock.after(Math.min(pause, left), resolve);
    });
  }
}

type Status = 'committed' | 'aborted' | 'in progress' | 'not answered';

async function askFor(url: string, transaction: TransactionIdentity, timeoutMs: number): Promise<Status> {
  const client = new pg.Client({
    ...clientConfig(url),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ status: Status | null; timeline: string }>(
      `SELECT pg_xact_status($1::text::xid8) AS status,
         substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline`,
      [transaction.xid],
    );
    const [row] = rows;
    // On another timeline the same number may be another transaction.
    return row?.timeline === transaction.timeline ? (row.status ?? 'not answered') : 'not answered';
  } catch {
    return 'not answered';
  } finally {
    // Not awaited: a server that is gone would hold up the look-up beyond its limit.
    client.end().catch(() => undefined);
  }
}
