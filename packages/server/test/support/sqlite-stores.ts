import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../src/platform/clock.ts';
import { openSqliteStore } from '../../src/storage/sqlite/open.ts';
import type { Store } from '../../src/storage/store.ts';
import type { StoreUnderTest } from '../storage/store-under-test.ts';

/** Runs `use` with a database file of its own. */
export async function withSqliteStores(use: (database: StoreUnderTest) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-sqlite-'));
  const file = join(folder, 'rollcall.db');
  const opened: Store[] = [];
  try {
    await use({
      open: async () => {
        const store = await openSqliteStore({ file, clock: systemClock });
        opened.push(store);
        return store;
      },
      query: async (sql) => queryFile(file, sql),
    });
  } finally {
    // A store that the test closed itself refuses to be closed again.
    await Promise.allSettled(opened.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  }
}

function queryFile(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file);
  try {
    // Rows come without a prototype; the assertions compare plain objects.
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}
