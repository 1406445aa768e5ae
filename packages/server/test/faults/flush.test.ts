import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { clientConfig } from '../../src/storage/postgres/connection.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { GatewayClient } from './support/gateway-client.ts';
import { agentNumbers, type RunningNode, withInstallation } from './support/installation.ts';
import { isFlush, type TracedCall, traceWrites } from './support/strace.ts';
import { expectTablesToAgree } from './support/table-check.ts';

const TIMEOUT_MS = 120_000;
const CHANGES = 100;
const EMPTY_ANSWER = '{"message":"","retcode":"0"}';
const POLLERS = agentNumbers(3);
const [FIRST] = POLLERS as [number];

/**
 * Written while polls are held for ten seconds: signs of life once a round, and the receipts of the events before, which
 * the last readings and the polls themselves bring, and how far the feed was followed: after the sign-ins and once in 30 s.
 */
const MOST_WRITES = 3 + 2 + 2;
/** A frame of the log is a header and a page, for the table and its index. */
const PAGES_OF_A_WRITE = 6;

/** Alone in its cluster, and without what PostgreSQL writes on its own accord. */
const QUIET_SETTINGS = [
  'fsync=on',
  'autovacuum=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'checkpoint_timeout=1h',
];

describe('flushes with sqlite', () => {
  it(
    `[TX-9] [DL-10] ${CHANGES} changes one after another cost ${CHANGES} flushes, and polls without news none`,
    () =>
      withInstallation(
        { store: 'sqlite', agents: POLLERS.length },
        async ({ start, tables, folder, dataDir }) => {
          const node = await start();
          const log = join(dataDir, 'rollcall.db-wal');
          const tokens = await signInAll(node.client);

          const changing = await traceWrites(node.pid, join(folder, 'changes.strace'));
          await changeOneAfterAnother(node.client, tokens.get(FIRST) ?? '');
          const calls = onFilesOf(dataDir, await changing.stop());
          const flushes = calls.filter(isFlush);
          console.log(`flushes, sqlite: ${CHANGES} changes, ${flushes.length} flushes`);
          expect(flushes.filter(({ path }) => path === log).length).toBeGreaterThanOrEqual(CHANGES);
          // A write would be seen.
          expect(calls.length - flushes.length).toBeGreaterThanOrEqual(CHANGES);

          const pollers = await readAllEvents(node, tokens);
          const sizeBefore = statSync(log).size;
          const polling = await traceWrites(node.pid, join(folder, 'polls.strace'));
          await holdPolls(pollers);
          const written = onFilesOf(dataDir, await polling.stop());
          // Of all sessions together, without waiting for the disk (rules LE-7, DL-15).
          expect(written.filter(isFlush)).toEqual([]);
          expect(written.length).toBeLessThanOrEqual(MOST_WRITES * PAGES_OF_A_WRITE);
          expect(statSync(log).size - sizeBefore).toBeLessThanOrEqual(MOST_WRITES * PAGES_OF_A_WRITE * 4_200);
          await expectTablesToAgree(tables);
        },
      ),
    TIMEOUT_MS,
  );
});

describe('flushes with postgres', () => {
  it(
    `[TX-9] [DL-10] ${CHANGES} changes one after another cost ${CHANGES} flushes, and polls without news none`,
    () =>
      withQuietPostgres(async (server) => {
        const databaseUrl = server.url('postgres');
        await withInstallation(
          { store: 'postgres', agents: POLLERS.length, databaseUrl },
          async (installation) => {
            const { start, tables, folder } = installation;
            const cluster = join(dirname(server.socket), 'data');
            const postmaster = Number(
              readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n', 1)[0],
            );

            // Before the server connects, so that every process that serves it is followed from its beginning.
            const changing = await traceWrites(postmaster, join(folder, 'changes.strace'));
            const node = await start();
            const tokens = await signInAll(node.client);
            const before = await walOf(databaseUrl);
            await changeOneAfterAnother(node.client, tokens.get(FIRST) ?? '');
            const after = await walOf(databaseUrl);
            const calls = onFilesOf(join(cluster, 'pg_wal'), await changing.stop());
            const flushes = calls.filter(isFlush);
            const counted = await flushesCounted(databaseUrl, node);
            console.log(
              `flushes, postgres: ${CHANGES} changes, ${flushes.length} flushes traced and ${counted} counted by the ` +
                `database, sign-ins included; ${after.position - before.position} bytes of log`,
            );
            // Besides the changes, signs of life every 5 seconds.
            expect(after.transactions - before.transactions).toBeGreaterThanOrEqual(CHANGES);
            expect(after.transactions - before.transactions).toBeLessThanOrEqual(CHANGES + MOST_WRITES);
            // Each of the sign-ins was a flush too.
            expect(flushes.length).toBeGreaterThanOrEqual(CHANGES + POLLERS.length);
            expect(counted).toBeGreaterThanOrEqual(CHANGES + POLLERS.length);
            // A write would be seen.
            expect(calls.length - flushes.length).toBeGreaterThanOrEqual(CHANGES);

            const again = await start();
            const pollers = await readAllEvents(again, tokens);
            const quiet = await walOf(databaseUrl);
            const polling = await traceWrites(postmaster, join(folder, 'polls.strace'));
            await holdPolls(pollers);
            // Of all sessions together; the database writes them when it likes (rules LE-7, DL-15).
            const written = onFilesOf(cluster, await polling.stop());
            expect(written.filter(isFlush).length).toBeLessThanOrEqual(MOST_WRITES);
            const { transactions } = await walOf(databaseUrl);
            expect(transactions - quiet.transactions).toBeLessThanOrEqual(MOST_WRITES);
            await expectTablesToAgree(tables);
          },
        );
      }),
    TIMEOUT_MS,
  );
});

async function signInAll(client: GatewayClient): Promise<ReadonlyMap<number, string>> {
  const tokens = new Map<number, string>();
  for (const workNumber of POLLERS) tokens.set(workNumber, await client.tokenOf(workNumber));
  return tokens;
}

async function changeOneAfterAnother(client: GatewayClient, token: string): Promise<void> {
  for (let change = 0; change < CHANGES; change++) {
    const { body } = await (change % 2 === 0
      ? client.sayBusy(FIRST, token, 200)
      : client.sayFree(FIRST, token));
    expect(body).toBe(EMPTY_ANSWER);
  }
}

interface Poller {
  readonly workNumber: number;
  readonly token: string;
  /** Its own connection: a poll on a newer one beside it would be given the last event again (rule DL-6). */
  readonly client: GatewayClient;
}

/** Polls until each session's own part of the log is read. */
async function readAllEvents(
  node: RunningNode,
  tokens: ReadonlyMap<number, string>,
): Promise<readonly Poller[]> {
  const pollers = [...tokens].map(([workNumber, token]) => ({
    workNumber,
    token,
    client: new GatewayClient(node),
  }));
  for (const { workNumber, token, client } of pollers) {
    const events = workNumber === FIRST ? CHANGES + 2 : 2;
    for (let event = 0; event < events; event++)
      expect(await client.poll(workNumber, token)).toHaveProperty('event');
  }
  return pollers;
}

/** One poll of each session, held until it is answered without news. */
async function holdPolls(pollers: readonly Poller[]): Promise<void> {
  const beganMs = performance.now();
  const answers = await Promise.all(
    pollers.map(({ workNumber, token, client }) => client.poll(workNumber, token)),
  );
  expect(answers.map(({ body }) => body)).toEqual(POLLERS.map(() => EMPTY_ANSWER));
  expect(performance.now() - beganMs).toBeGreaterThan(9_000);
  for (const { client } of pollers) client.close();
}

/** Writes and flushes of a folder's files, and flushes of everything. */
function onFilesOf(folder: string, calls: readonly TracedCall[]): TracedCall[] {
  return calls.filter((call) => call.path.startsWith(folder) || (isFlush(call) && call.path === ''));
}

async function withQuietPostgres(use: (server: PostgresServer) => Promise<void>): Promise<void> {
  const server = startPostgresServer(QUIET_SETTINGS);
  try {
    await use(server);
  } finally {
    server.stop();
  }
}

interface Wal {
  /** Bytes of write-ahead log so far. */
  readonly position: number;
  /** Transactions that could write so far. */
  readonly transactions: number;
}

async function walOf(url: string): Promise<Wal> {
  const [row] = await ask(
    url,
    `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS position,
       pg_snapshot_xmax(pg_current_snapshot())::text AS transactions`,
  );
  return { position: Number(row?.position), transactions: Number(row?.transactions) };
}

/** What the database itself has counted. A process adds its count when it ends, so the node is stopped first. */
async function flushesCounted(url: string, node: RunningNode): Promise<number> {
  await node.stop();
  const [version] = await ask(url, "SELECT current_setting('server_version_num')::int AS number");
  const [row] = await ask(
    url,
    Number(version?.number) >= 180_000
      ? "SELECT sum(fsyncs) AS flushes FROM pg_stat_io WHERE object = 'wal'"
      : 'SELECT wal_sync AS flushes FROM pg_stat_wal',
  );
  return Number(row?.flushes);
}

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(clientConfig(url));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
