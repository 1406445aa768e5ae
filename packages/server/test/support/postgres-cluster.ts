/** Vitest's global setup: one PostgreSQL server a run, with a migrated database from which each test's is copied. */
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migratePostgres } from '../../src/storage/postgres/migrate.ts';
import { PostgresMissingFault, type PostgresServer, startPostgresServer } from './postgres-server.ts';

/** What a test worker is told about the server. */
export type ProvidedPostgres =
  | {
      readonly kind: 'running';
      /** Database from which others are made and dropped. */
      readonly maintenanceUrl: string;
      readonly template: string;
      readonly socket: string;
    }
  /** The tests that need it fail with this reason; the others run. */
  | { readonly kind: 'missing'; readonly reason: string };

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: ProvidedPostgres;
  }
}

const TEMPLATE = 'rollcall_template';

export default async function setup(project: TestProject): Promise<() => void> {
  const server = start(project);
  if (server === undefined) return () => undefined;
  const forget = stopWithProcess(server);
  const stop = () => {
    forget();
    server.stop();
  };
  try {
    await makeTemplate(server);
  } catch (fault) {
    stop();
    throw fault;
  }
  project.provide('postgres', {
    kind: 'running',
    maintenanceUrl: server.url('postgres'),
    template: TEMPLATE,
    socket: server.socket,
  });
  return stop;
}

function start(project: TestProject): PostgresServer | undefined {
  try {
    return startPostgresServer(['fsync=on', 'max_connections=200']);
  } catch (fault) {
    if (!(fault instanceof PostgresMissingFault)) throw fault;
    project.provide('postgres', { kind: 'missing', reason: fault.message });
    return undefined;
  }
}

async function makeTemplate(server: PostgresServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${TEMPLATE}`);
  } finally {
    await client.end();
  }
  await migratePostgres(server.url(TEMPLATE));
}

/** The server is a process of its own and would outlive a run that is broken off. */
function stopWithProcess(server: PostgresServer): () => void {
  const onExit = () => server.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const onSignal = (signal: NodeJS.Signals) => {
    server.stop();
    process.kill(process.pid, signal);
  };
  process.once('exit', onExit);
  for (const signal of signals) process.once(signal, onSignal);
  return () => {
    process.off('exit', onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
}
