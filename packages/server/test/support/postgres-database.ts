import pg from 'pg';
import { inject } from 'vitest';
import { clientConfig } from '../../src/storage/postgres/connection.ts';
import { PostgresMissingFault } from './postgres-server.ts';

/** A database of its own for one test or one file, migrated to this release. */
export interface PostgresDatabase {
  readonly name: string;
  readonly url: string;
  /** Path of the server's socket, for a proxy in front of it. */
  readonly socket: string;
  /** One statement as the database's owner, past the store. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Disconnects whoever is connected and removes the database. */
  drop(): Promise<void>;
}

let made = 0;

/** Throws {@link PostgresMissingFault} when PostgreSQL is not installed. */
export async function createPostgresDatabase(): Promise<PostgresDatabase> {
  const server = inject('postgres');
  if (server.kind === 'missing') throw new PostgresMissingFault(server.reason);
  const name = `rollcall_${process.pid}_${++made}`;
  const url = server.maintenanceUrl.replace('/postgres?', `/${name}?`);
  await maintain(server.maintenanceUrl, `CREATE DATABASE ${name} TEMPLATE ${server.template}`);
  const owner = new pg.Client(clientConfig(url));
  await owner.connect();
  return {
    name,
    url,
    socket: server.socket,
    query: async (sql) => (await owner.query<Record<string, unknown>>(sql)).rows,
    drop: async () => {
      await owner.end();
      await maintain(server.maintenanceUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs `use` with a database that is dropped afterwards. */
export async function withPostgresDatabase<Result>(
  use: (database: PostgresDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await createPostgresDatabase();
  try {
    return await use(database);
  } finally {
    await database.drop();
  }
}

async function maintain(url: string, sql: string): Promise<void> {
  const client = new pg.Client(clientConfig(url));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
