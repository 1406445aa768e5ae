import type { DatabaseSync } from 'node:sqlite';
import Postgrator from 'postgrator';
import { migrateForward, migrationPattern } from '../migrations.ts';

/** Brings the database to the form of this release, in one transaction. */
export async function migrateSqlite(database: DatabaseSync): Promise<void> {
  const postgrator = new Postgrator({
    driver: 'sqlite3',
    migrationPattern: migrationPattern('sqlite'),
    execQuery: async (query) => ({ rows: database.prepare(query).all() }),
    execSqlScript: async (script) => database.exec(script),
  });
  database.exec('BEGIN IMMEDIATE');
  try {
    await migrateForward(postgrator);
    database.exec('COMMIT');
  } catch (fault) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw fault;
  }
}
