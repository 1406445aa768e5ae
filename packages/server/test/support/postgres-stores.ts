import { systemClock } from '../../src/platform/clock.ts';
import type { Warn } from '../../src/storage/postgres/connection.ts';
import { openPostgresStore, type PostgresOptions } from '../../src/storage/postgres/open.ts';
import type { Store } from '../../src/storage/store.ts';
import type { StoreUnderTest } from '../storage/store-under-test.ts';
import { type PostgresDatabase, withPostgresDatabase } from './postgres-database.ts';

/** A database under test, with what PostgreSQL alone can be asked. */
export interface PostgresUnderTest extends StoreUnderTest {
  readonly database: PostgresDatabase;
  /** Opens a store with other options than the suite's. */
  openWith(options: Partial<PostgresOptions>): Promise<Store>;
  /** What the stores of this database warned of, in order. */
  readonly warnings: readonly string[];
}

/** Runs `use` with a database of its own; its stores are closed afterwards. */
export function withPostgresStores(use: (database: PostgresUnderTest) => Promise<void>): Promise<void> {
  return withPostgresDatabase(async (database) => {
    const opened: Store[] = [];
    const warnings: string[] = [];
    const warn: Warn = (message) => warnings.push(message);
    const openWith = async (options: Partial<PostgresOptions>) => {
      const store = await openPostgresStore({
        url: database.url,
        poolSize: 4,
        clock: systemClock,
        warn,
        ...options,
      });
      opened.push(store);
      return store;
    };
    try {
      await use({
        database,
        open: () => openWith({}),
        openWith,
        query: (sql) => database.query(sql),
        warnings,
      });
    } finally {
      // A store that the test closed itself refuses to be closed again.
      await Promise.allSettled(opened.map((store) => store.close()));
    }
  });
}
