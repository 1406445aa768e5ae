import { fileURLToPath } from 'node:url';

/** The database was written by a later release than the one that opens it. */
export class NewerDatabaseFault extends Error {
  override readonly name = 'NewerDatabaseFault';
  constructor(databaseVersion: number, ownVersion: number) {
    super(
      `the database has the form of a later release (${databaseVersion}; this release knows ${ownVersion}); ` +
        'start the release that wrote it, or a later one',
    );
  }
}

/** Glob of the numbered SQL files of one store. */
export function migrationPattern(store: 'sqlite' | 'postgres'): string {
  return fileURLToPath(new URL(`./${store}/migrations/*.sql`, import.meta.url));
}

interface Migrator {
  getDatabaseVersion(): Promise<number>;
  getMaxVersion(): Promise<number>;
  migrate(): Promise<unknown>;
}

/** Brings a database to this release's form, forwards only. Throws {@link NewerDatabaseFault}. */
export async function migrateForward(migrator: Migrator): Promise<void> {
  const own = await migrator.getMaxVersion();
  const present = Number(await migrator.getDatabaseVersion());
  if (present > own) throw new NewerDatabaseFault(present, own);
  if (present < own) await migrator.migrate();
}
