import pg from 'pg';
import Postgrator from 'postgrator';
import { migrateForward, migrationPattern } from '../migrations.ts';
import { clientConfig } from './connection.ts';

/** Key of the advisory lock that keeps two processes from migrating at once: "rollcall" as eight bytes. */
const MIGRATION_LOCK = '0x726f6c6c63616c6c';
/** A process that starts second waits for the migrations of the first. */
const MIGRATION_WAIT_MS = 120_000;

/**
 * Brings the database to the form of this release, in one transaction under an advisory lock.
 * Throws {@link NewerDatabaseFault} when a later release wrote it.
 */
export async function migratePostgres(url: string): Promise<void> {
  const client = new pg.Client({
    ...clientConfig(url),
    lock_timeout: MIGRATION_WAIT_MS,
    statement_timeout: MIGRATION_WAIT_MS,
    query_timeout: MIGRATION_WAIT_MS,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [BigInt(MIGRATION_LOCK).toString()]);
    const { rows } = await client.query<{ database: string }>('SELECT current_database() AS database');
    await migrateForward(
      new Postgrator({
        driver: 'pg',
        database: rows[0]?.database ?? '',
        migrationPattern: migrationPattern('postgres'),
        execQuery: (query) => client.query(query),
      }),
    );
    await client.query('COMMIT');
  } finally {
    // Ends the transaction too, where it was not committed.
    await client.end();
  }
}
