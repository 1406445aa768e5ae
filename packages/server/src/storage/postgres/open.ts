import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../store.ts';
import { postgresAgentReads } from './agent-reads.ts';
import { postgresAgentTime } from './agent-time.ts';
import { postgresAgentTransaction } from './agent-transaction.ts';
import { postgresBulletins } from './bulletins.ts';
import { openPool, type PoolOptions } from './connection.ts';
import { postgresDeadlines } from './deadlines.ts';
import { postgresDirectory } from './directory.ts';
import { postgresEventPush } from './event-push.ts';
import { postgresFanOut } from './fan-out.ts';
import { postgresFeeds } from './feeds.ts';
import { postgresLifeSigns } from './life-signs.ts';
import { migratePostgres } from './migrate.ts';
import { postgresPeers } from './peers.ts';
import { postgresReadPositions } from './read-positions.ts';
import { postgresSignInLimits } from './sign-in-limits.ts';
import { postgresSiteRows } from './site-rows.ts';
import { postgresWebhooks } from './webhooks.ts';

/** How long the outcome of a commit is looked up before it is said to be unknown (rule TX-8). */
const COMMIT_LOOKUP_MS = 5_000;

export interface PostgresOptions extends PoolOptions {
  readonly clock: Clock;
  /** Default 5 s. */
  readonly commitLookupMs?: number;
}

/**
 * Opens the store of a site that outgrew one machine, migrated to this release.
 * Throws {@link UnsafeDatabaseFault} when commits may be lost (rule TX-9), {@link NewerDatabaseFault} when a later
 * release wrote the database, or what the driver throws when it cannot be reached within 5 s.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const pool = openPool(options);
  let logEpoch: string;
  try {
    (await pool.connect()).release();
    await migratePostgres(options.url);
    logEpoch = String((await pool.query('SELECT epoch FROM log_epoch')).rows[0]?.epoch);
  } catch (fault) {
    await pool.end();
    throw fault;
  }
  const { url, clock, warn, commitLookupMs = COMMIT_LOOKUP_MS } = options;
  return {
    hasOtherWriters: true,
    logEpoch,
    ...postgresAgentTransaction(pool, { url, clock, warn, limitMs: commitLookupMs }),
    ...postgresAgentReads(pool),
    ...postgresAgentTime(pool),
    ...postgresBulletins(pool),
    ...postgresDeadlines(pool),
    ...postgresDirectory(pool),
    ...postgresEventPush(pool),
    ...postgresFanOut(pool),
    ...postgresFeeds(pool),
    ...postgresLifeSigns(pool),
    ...postgresPeers(pool),
    ...postgresReadPositions(pool),
    ...postgresSignInLimits(pool),
    ...postgresSiteRows(pool),
    ...postgresWebhooks(pool),
    close: () => pool.end(),
  };
}
