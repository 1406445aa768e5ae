import pg from 'pg';
import { UnsafeDatabaseFault } from './faults.ts';

/** Longest wait for a connection, new or returned to the pool; an agent waits at the other end. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Longest wait for one lock. A batch takes milliseconds: who waits this long waits behind something that hangs. */
const LOCK_TIMEOUT_MS = 5_000;
/** Longest run of one statement, locks included: the largest is the import of a site. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longest wait for an answer. Longer than the database's own limit, so it ends only what the network swallowed. */
const ANSWER_TIMEOUT_MS = 35_000;
/** The database ends a transaction whose node stands still, before the look-up of its commit gives up (5 s). */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 4_000;
const IDLE_CONNECTION_MS = 30_000;
const DEFAULT_POOL_SIZE = 8;

/** Object id of int8, which counts and epoch milliseconds are stored as; all of ours are exact as numbers. */
const INT8_OID = 20;

/** Tells of what was survived; `cause` is the fault behind it. */
export type Warn = (message: string, cause: unknown) => void;

export interface PoolOptions {
  /** A `postgresql://` address. */
  readonly url: string;
  /** Connections that this process holds at most. */
  readonly poolSize?: number;
  readonly warn: Warn;
}

/** What every connection of ours has, in the pool or not. */
export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'rollcall',
    // int8 as a number on our connections only; a parser set globally would change other users of the driver.
    types: { getTypeParser: typeParser },
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** A pool whose every connection was found to be durable. A broken idle connection is a warning, never a crash. */
export function openPool({ url, poolSize, warn }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(url),
    pipeline: true,
    max: poolSize ?? DEFAULT_POOL_SIZE,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    verify: (client, done) => {
      prepareConnection(client).then(() => done(), done);
    },
  });
  pool.on('error', (fault) => warn('an idle database connection was lost', fault));
  // A connection that breaks in use fails its statements, but tells of it by this event too.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Our statements find rows by key, set-wise. A plan made while a table was small scans it and is kept: freeing 100 of
 * 20,000 phones then took 2.5 ms instead of 0.3. Made without scans, one plan serves every size and is made once.
 */
const PIN_PLANS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin']
  .map((choice) => `SET ${choice} = off`)
  // A statement that has to scan all the same looks so dear then that it would be compiled, for 100 ms, each time.
  .concat('SET jit = off', 'SET plan_cache_mode = force_generic_plan')
  .join('; ');

async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await checkDurability(client);
  await client.query(PIN_PLANS);
}

/** Settings without which a commit may be lost (rule TX-9). */
const DURABLE_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

async function checkDurability(client: pg.ClientBase): Promise<void> {
  const columns = DURABLE_SETTINGS.map((name) => `current_setting('${name}') AS ${name}`);
  const { rows } = await client.query<Record<(typeof DURABLE_SETTINGS)[number], string>>(
    `SELECT ${columns.join(', ')}`,
  );
  const off = DURABLE_SETTINGS.filter((name) => rows[0]?.[name] === 'off');
  if (off.length === 0) return;
  throw new UnsafeDatabaseFault(
    `the database may lose what it has committed: ${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off; ` +
      'set it to on in the configuration of the server, the database and the role, then start again',
  );
}

function typeParser(oid: number, format?: 'text' | 'binary') {
  return oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format);
}
