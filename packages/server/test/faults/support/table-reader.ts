import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { clientConfig } from '../../../src/storage/postgres/connection.ts';
import { until } from './waiting.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Query = (sql: string) => Promise<readonly Row[]>;

/** Reads the tables of an installation past its servers. */
export interface TableReader {
  /** Runs `use` on one state of the database, whatever is committed meanwhile. */
  snapshot<Result>(use: (query: Query) => Promise<Result>): Promise<Result>;
  /** Who is connected to the database now and was not yet when this reader was opened; nobody with SQLite. */
  connections(): Promise<ReadonlySet<number>>;
  close(): Promise<void>;
}

export function sqliteTables(file: string): TableReader {
  return {
    snapshot: async (use) => {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        database.exec('BEGIN');
        return await use(async (sql) => database.prepare(sql).all());
      } finally {
        database.close();
      }
    },
    connections: async () => new Set(),
    close: async () => undefined,
  };
}

export async function postgresTables(url: string): Promise<TableReader> {
  const client = new pg.Client(clientConfig(url));
  await client.connect();
  const query: Query = async (sql) => (await client.query<Row>(sql)).rows;
  const others = await connectionsOf(query);
  return {
    snapshot: async (use) => {
      await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      try {
        return await use(query);
      } finally {
        await query('ROLLBACK');
      }
    },
    connections: async () => {
      const present = await connectionsOf(query);
      return new Set([...present].filter((connection) => !others.has(connection)));
    },
    close: () => client.end(),
  };
}

async function connectionsOf(query: Query): Promise<ReadonlySet<number>> {
  const rows = await query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
  );
  return new Set(rows.map(({ pid }) => Number(pid)));
}

const GONE_MS = 10_000;

/** Waits until none of these connections is left: what a killed server had sent is then done or undone. */
export async function untilGone(tables: TableReader, connections: ReadonlySet<number>): Promise<void> {
  await until(GONE_MS, "the end of a killed server's connections", async () => {
    const present = await tables.connections();
    return [...connections].every((connection) => !present.has(connection));
  });
}
