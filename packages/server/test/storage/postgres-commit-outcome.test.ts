import { describe, expect, test, vi } from 'vitest';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { lookUpCommit } from '../../src/storage/postgres/commit-lookup.ts';
import { CommitLostFault } from '../../src/storage/postgres/faults.ts';
import type { Store } from '../../src/storage/store.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresUnderTest, withPostgresStores } from '../support/postgres-stores.ts';
import {
  agentNumber,
  becomeReady,
  FIRST_TENANT,
  SECOND_TENANT,
  signIn,
  siteAgent,
  siteTenant,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables } from './store-under-test.ts';

const [ann, dee] = [agentNumber(0), agentNumber(3)];

interface Broken extends PostgresUnderTest {
  /** Reaches the database through the proxy. */
  readonly store: Store;
  readonly proxy: CutProxy;
}

/** A store behind a proxy. The look-up ends after `limitMs`; it is long where it must not be what ends the test. */
function withBrokenStore(limitMs: number, use: (broken: Broken) => Promise<void>): Promise<void> {
  return withPostgresStores(async (under) => {
    const { database } = under;
    const proxy = await startCutProxy(database.socket);
    try {
      const url = `postgresql://rollcall@127.0.0.1:${proxy.port}/${database.name}`;
      const store = await under.openWith({ url, commitLookupMs: limitMs });
      await store.saveSite([
        siteTenant(FIRST_TENANT, [siteAgent(ann)]),
        siteTenant(SECOND_TENANT, [siteAgent(dee)]),
      ]);
      await use({ ...under, store, proxy });
    } finally {
      await proxy.close();
    }
  });
}

const LONG_MS = 20_000;
const LOOKED_UP = 'the answer to a commit was lost; its outcome is looked up';
const batch = [
  signIn({ workNumber: ann, session: 'a1', phone: '4001', seats: 'agent' }),
  signIn({ workNumber: dee, session: 'd1', tenantId: SECOND_TENANT }),
];

describe('a commit whose answer is lost', () => {
  test('[TX-8] is found committed when COMMIT had arrived, and answered with outcomes and feed heads', () =>
    withBrokenStore(LONG_MS, async (broken) => {
      const { store, proxy } = broken;
      proxy.arm({ at: 'afterCommit' });
      const result = await store.commit(batch, foldBatch);
      expect(proxy.cuts()).toBe(1);
      expect(verdicts(result)).toEqual(['accepted', 'accepted']);
      expect(result).toMatchObject({
        kind: 'committed',
        feedHeads: new Map([
          [FIRST_TENANT, 2],
          [SECOND_TENANT, 2],
        ]),
      });
      expect(await store.findAgent(ann)).toMatchObject({ head: 2, session: { id: 'a1' } });
      expect(broken.warnings).toContain(LOOKED_UP);
      await expectConsistent(broken);
    }));

  test('[TX-8] is found aborted when COMMIT had not arrived, and nothing is written', () =>
    withBrokenStore(LONG_MS, async (broken) => {
      const { store, proxy } = broken;
      const before = await readTables(broken);
      proxy.arm({ at: 'beforeCommit' });
      await expect(store.commit(batch, foldBatch)).rejects.toThrow(CommitLostFault);
      expect(proxy.cuts()).toBe(1);
      expect(await readTables(broken)).toEqual(before);
      expect(verdicts(await store.commit(batch, foldBatch))).toEqual(['accepted', 'accepted']);
    }));

  test('[TX-8] is waited for while the transaction is in progress', () =>
    withBrokenStore(LONG_MS, async ({ store, proxy }) => {
      proxy.arm({ at: 'beforeCommit', holdServer: true });
      const settled = vi.fn();
      const committing = store.commit(batch, foldBatch);
      committing.then(settled, settled);
      await eventually(() => expect(proxy.cuts()).toBe(1));
      const asked = proxy.connections();
      await eventually(() => expect(proxy.connections()).toBeGreaterThan(asked + 1));
      expect(settled).not.toHaveBeenCalled();
      proxy.letGo();
      await expect(committing).rejects.toThrow(CommitLostFault);
    }));

  test('[TX-8] is said to be unknown when the database stays away, and is not executed again', () =>
    withBrokenStore(300, async (broken) => {
      const { store, proxy } = broken;
      proxy.arm({ at: 'afterCommit', refuseOthers: true });
      const began = performance.now();
      expect(await store.commit(batch, foldBatch)).toEqual({ kind: 'unknown' });
      expect(performance.now() - began).toBeGreaterThanOrEqual(300);
      proxy.accept();
      expect(await store.findAgent(ann)).toMatchObject({ head: 2, session: { id: 'a1' } });
      await expectConsistent(broken);
    }));

  test('[TX-8] is said to be unknown when the transaction outlasts the look-up', () =>
    withBrokenStore(300, async ({ store, proxy }) => {
      proxy.arm({ at: 'beforeCommit', holdServer: true });
      expect(await store.commit(batch, foldBatch)).toEqual({ kind: 'unknown' });
      proxy.letGo();
      await eventually(async () => {
        expect(verdicts(await store.commit(batch, foldBatch))).toEqual(['accepted', 'accepted']);
      });
    }));
});

describe('the look-up', () => {
  test('[TX-8] trusts no answer of another history of the database, nor one about an unknown transaction', () =>
    withPostgresStores(async ({ database }) => {
      const lookup = { url: database.url, clock: systemClock, limitMs: 200 };
      const [row] = await database.query(
        `SELECT pg_current_xact_id()::text AS xid, substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline`,
      );
      const transaction = { xid: String(row?.xid), timeline: String(row?.timeline) };
      expect(await lookUpCommit(lookup, transaction)).toBe('committed');
      expect(await lookUpCommit(lookup, { ...transaction, timeline: '000000FF' })).toBe('unknown');
      const ofTomorrow = String(BigInt(transaction.xid) + 1_000_000n);
      expect(await lookUpCommit(lookup, { ...transaction, xid: ofTomorrow })).toBe('unknown');
    }));
});

describe('a connection that breaks before COMMIT is sent', () => {
  test('[TX-8] fails the batch at once: nothing happened, and nothing is looked up', () =>
    withBrokenStore(LONG_MS, async (broken) => {
      const { store, proxy, warnings } = broken;
      const before = await readTables(broken);
      proxy.arm({ at: 'nextMessage' });
      await expect(store.commit(batch, foldBatch)).rejects.toThrow(/[Cc]onnection|ECONNRESET|EPIPE/);
      expect(proxy.cuts()).toBe(1);
      expect(warnings).not.toContain(LOOKED_UP);
      expect(await readTables(broken)).toEqual(before);
      expect(verdicts(await store.commit(batch, foldBatch))).toEqual(['accepted', 'accepted']);
      expect(
        verdicts(await store.commit([becomeReady({ workNumber: ann, session: 'a1' })], foldBatch)),
      ).toEqual(['accepted']);
    }));
});
