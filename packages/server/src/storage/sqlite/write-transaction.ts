import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';

const SQLITE_BUSY = 5;
/** How long a transaction waits for another process, such as an import, that holds the database. */
const LONGEST_WAIT_MS = 5_000;
const RETRY_MS = 5;

/**
 * Runs something inside a transaction that may write; it commits what `run` gives true for, else rolls back. A commit
 * that is `notAwaited` does not wait for the disk: the next one that does takes it along.
 */
export type WriteTransaction = <Result>(
  run: () => { result: Result; keep: boolean },
  flush?: 'awaited' | 'notAwaited',
) => Promise<Result>;

/**
 * Write transactions of one connection. One waits for another process without holding up the loop, as SQLite's own
 * waiting would; once begun it runs without a pause, so nothing else of this connection comes in between.
 * Rejects with what `run` throws, or with SQLite's fault when the database stays busy for 5 s; nothing is written then.
 */
export function writeTransactions(database: DatabaseSync, clock: Clock): WriteTransaction {
  return async (run, flush = 'awaited') => {
    const beganMs = clock.monotonicMs();
    while (!begins(database, flush, clock.monotonicMs() - beganMs > LONGEST_WAIT_MS)) {
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
    }
    try {
      const { result, keep } = run();
      database.exec(keep ? 'COMMIT' : 'ROLLBACK');
      return result;
    } catch (fault) {
      // SQLite may have rolled back by itself, on a full disk for instance.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw fault;
    } finally {
      if (flush === 'notAwaited') database.exec('PRAGMA synchronous = FULL');
    }
  };
}

function begins(database: DatabaseSync, flush: 'awaited' | 'notAwaited', isLastTry: boolean): boolean {
  try {
    // Not to be changed inside a transaction. Until it is set back, nothing else of this connection comes in between.
    if (flush === 'notAwaited') database.exec('PRAGMA synchronous = NORMAL');
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (fault) {
    if (flush === 'notAwaited') database.exec('PRAGMA synchronous = FULL');
    const isBusy = ((fault as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
    if (!isBusy || isLastTry) throw fault;
    return false;
  }
}
