import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { NewerDatabaseFault } from '../../src/storage/migrations.ts';
import { UnsafeDatabaseFault } from '../../src/storage/postgres/faults.ts';
import { openPostgresStore } from '../../src/storage/postgres/open.ts';
import { eventually } from '../support/eventually.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import { withPostgresStores } from '../support/postgres-stores.ts';
import { agentNumber, FIRST_TENANT, signIn, siteAgent, siteTenant } from '../support/store-fixture.ts';

const ignore = () => undefined;

describe('unsafe settings', () => {
  test('[TX-9] synchronous_commit off is refused, with what to do', () =>
    withPostgresStores(async ({ database, open }) => {
      await database.query(`ALTER DATABASE ${database.name} SET synchronous_commit = off`);
      const opening = open();
      await expect(opening).rejects.toThrow(UnsafeDatabaseFault);
      await expect(opening).rejects.toThrow(/synchronous_commit is off; set it to on/);
    }));

  test('[TX-9] it is refused too on a connection made later', () =>
    withPostgresStores(async ({ database, open, warnings }) => {
      const store = await open();
      await store.saveSite([siteTenant(FIRST_TENANT, [siteAgent(agentNumber(0))])]);
      await database.query(`ALTER DATABASE ${database.name} SET synchronous_commit = off`);
      const ended = await database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
      await eventually(() =>
        expect(warnings).toEqual(ended.map(() => 'an idle database connection was lost')),
      );
      const command = signIn({ workNumber: agentNumber(0), session: 'a1' });
      await expect(store.commit([command], foldBatch)).rejects.toThrow(UnsafeDatabaseFault);
    }));

  test('[TX-9] a server without fsync or whole pages is refused', async () => {
    const server = startPostgresServer(['fsync=off', 'full_page_writes=off']);
    try {
      const opening = openPostgresStore({ url: server.url('postgres'), clock: systemClock, warn: ignore });
      await expect(opening).rejects.toThrow(/fsync and full_page_writes are off/);
    } finally {
      server.stop();
    }
  });
});

describe('migrations', () => {
  test('[TX-16] processes that start together on an empty database migrate it once', () =>
    withPostgresStores(async ({ database, open }) => {
      await database.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      const stores = await Promise.all([open(), open(), open(), open()]);
      const versions = await database.query('SELECT version FROM schemaversion ORDER BY version');
      expect(versions.length).toBeGreaterThan(1);
      expect(new Set(versions.map(({ version }) => version)).size).toBe(versions.length);
      await stores[0].saveSite([siteTenant(FIRST_TENANT, [siteAgent(agentNumber(0))])]);
      expect(await stores[3].listTenants()).toHaveLength(1);
    }));

  test('[TX-16] a migration that fails leaves the database as it was', () =>
    withPostgresStores(async ({ database, open }) => {
      await database.query(
        'DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE site_token (mine text)',
      );
      await expect(open()).rejects.toThrow(/site_token/);
      const tables = await database.query(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      );
      expect(tables).toEqual([{ relname: 'site_token' }]);
    }));

  test('[TX-16] the database of a later release is refused, and stays as it is', () =>
    withPostgresStores(async ({ database, open }) => {
      await database.query("INSERT INTO schemaversion (version, name) VALUES (999, 'of-tomorrow')");
      const opening = open();
      await expect(opening).rejects.toThrow(NewerDatabaseFault);
      await expect(opening).rejects.toThrow(/999/);
    }));
});

test('a database that cannot be reached fails the opening', async () => {
  const opening = openPostgresStore({
    url: 'postgresql://rollcall@127.0.0.1:1/none',
    clock: systemClock,
    warn: ignore,
  });
  await expect(opening).rejects.toThrow(/ECONNREFUSED/);
});

test('int8 stays text for other users of the driver', () =>
  withPostgresStores(async ({ database, open }) => {
    await open();
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    expect((await other.query('SELECT 1::int8 AS one')).rows).toEqual([{ one: '1' }]);
    await other.end();
  }));
