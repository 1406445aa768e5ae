import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';

const SQLITE_BUSY = 5;
/** How long a transaction waits for another process, such as an import, that holds the database. */
const LONGEST_WAIT_MS = 5_000;
const RETRY_MS = 5;

/** Runs something inside a transaction that may write; it commits what `run` gives true for, else rolls back. */
export type WriteTransaction = <Result>(run: () => { result: Result; keep: boolean }) => Promise<Result>;

/**
 * Write transactions of one connection. One waits for another process without holding up the loop, as SQLite's own
 * waiting would; once begun it runs without a pause, so nothing else of this connection comes in between.
 * Rejects with what `run` throws, or with SQLite's fault when the database stays busy for 5 s; nothing is written then.
 */
export function writeTransactions(database: DatabaseSync, clock: Clock): WriteTransaction {
  return async (run) => {
    const beganMs = clock.monotonicMs();
    while (!begins(database, clock.monotonicMs() - beganMs > LONGEST_WAIT_MS)) {
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
    }
  };
}

function begins(database: DatabaseSync, isLastTry: boolean): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (fault) {
    const isBusy = ((fault as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;
    if (!isBusy || isLastTry) throw fault;
    return false;
  }
}
