import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../store.ts';
import { sqliteAgentReads } from './agent-reads.ts';
import { sqliteAgentTime } from './agent-time.ts';
import { sqliteAgentTransaction } from './agent-transaction.ts';
import { sqliteBulletins } from './bulletins.ts';
import { sqliteDeadlines } from './deadlines.ts';
import { sqliteDirectory } from './directory.ts';
import { sqliteEventPush } from './event-push.ts';
import { sqliteFanOut } from './fan-out.ts';
import { sqliteFeeds } from './feeds.ts';
import { sqliteLifeSigns } from './life-signs.ts';
import { migrateSqlite } from './migrate.ts';
import { sqlitePeers } from './peers.ts';
import { sqliteReadPositions } from './read-positions.ts';
import { sqliteSignInLimits } from './sign-in-limits.ts';
import { sqliteSiteRows } from './site-rows.ts';
import { sqliteWebhooks } from './webhooks.ts';
import { writeTransactions } from './write-transaction.ts';

/** Pages of the write-ahead log before it is copied back: large enough that a commit seldom pays for it. */
const AUTOCHECKPOINT_PAGES = 4_000;

export interface SqliteOptions {
  /** Path of the database file; its folder is made. */
  readonly file: string;
  readonly clock: Clock;
}

/**
 * Opens the embedded store, migrated to this release. Every commit is on the disk before it returns (rule TX-9).
 * Throws when the file cannot be opened, was written by a newer release, or cannot be made durable.
 */
export async function openSqliteStore({ file, clock }: SqliteOptions): Promise<Store> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: true });
  try {
    prepareDatabase(database);
    const transaction = writeTransactions(database, clock);
    await migrateSqlite(database);
    // From now on waiting is ours to do: see write-transaction.ts.
    database.exec('PRAGMA busy_timeout = 0');
    return {
      hasOtherWriters: false,
      logEpoch: String(database.prepare('SELECT epoch FROM log_epoch').get()?.epoch),
      ...sqliteAgentTransaction(database, { clock, transaction }),
      ...sqliteAgentReads(database, transaction),
      ...sqliteAgentTime(database),
      ...sqliteBulletins(database, transaction),
      ...sqliteDeadlines(database, clock),
      ...sqliteDirectory(database),
      ...sqliteEventPush(database, { clock, transaction }),
      ...sqliteFanOut(database, transaction),
      ...sqliteFeeds(database, transaction),
      ...sqliteLifeSigns(database, { clock, transaction }),
      ...sqlitePeers(database, transaction),
      ...sqliteReadPositions(database, transaction),
      ...sqliteSignInLimits(database, { clock, transaction }),
      ...sqliteSiteRows(database, transaction),
      ...sqliteWebhooks(database, { clock, transaction }),
      close: async () => database.close(),
    };
  } catch (fault) {
    database.close();
    throw fault;
  }
}

function prepareDatabase(database: DatabaseSync): void {
  // The node serves nobody yet, so SQLite's own waiting for another process does no harm.
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = FULL');
  database.exec(`PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  const journal = database.prepare('PRAGMA journal_mode').get()?.journal_mode;
  const synchronous = database.prepare('PRAGMA synchronous').get()?.synchronous;
  if (journal !== 'wal' || synchronous !== 2) {
    throw new UnsafeFileFault(
      `the database file cannot be made durable (journal mode ${journal}, synchronous ${synchronous}); ` +
        'put the data folder on a local disk that supports shared memory files',
    );
  }
}

/** The file system does not keep what SQLite promises. */
class UnsafeFileFault extends Error {
  override readonly name = 'UnsafeFileFault';
}
