import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import type { BatchResult } from '../../src/storage/agent-store.ts';
import { sqlStateOf } from '../../src/storage/postgres/faults.ts';
import type { Store } from '../../src/storage/store.ts';
import { eventually } from '../support/eventually.ts';
import { type PostgresUnderTest, withPostgresStores } from '../support/postgres-stores.ts';
import {
  agentNumber,
  FIRST_TENANT,
  postBulletin,
  SECOND_TENANT,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  takeBulletins,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables } from './store-under-test.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const AGENTS = 200;
const ann = agentNumber(0);

/** Two stores on one database, as two nodes have: 100 agents in each of two tenants, 50 seats in each. */
async function openNodes(under: PostgresUnderTest): Promise<readonly [Store, Store]> {
  const nodes = [await under.open(), await under.open()] as const;
  const agents = Array.from({ length: AGENTS }, (_, index) => siteAgent(agentNumber(index)));
  const policy = { licence: { agentSeats: 50, videoSeats: 50 } };
  await nodes[0].saveSite([
    siteTenant(FIRST_TENANT, agents.slice(0, 100), policy),
    siteTenant(SECOND_TENANT, agents.slice(100), policy),
  ]);
  return nodes;
}

/** Commits each command as a batch of its own, by both nodes in turn, all at once. */
async function commitAtOnce(nodes: readonly [Store, Store], commands: readonly Command[]): Promise<string[]> {
  const results = await Promise.all(
    commands.map((command, index) => (index % 2 === 0 ? nodes[0] : nodes[1]).commit([command], foldBatch)),
  );
  return results.flatMap(verdicts);
}

function count(all: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of all) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
}

/** Waits until somebody waits for a lock of the test's own transaction. */
function untilSomebodyWaits({ database }: PostgresUnderTest): Promise<void> {
  return eventually(async () => {
    const [row] = await database.query(
      'SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
    );
    expect(row?.waiting).toBeGreaterThan(0);
  });
}

describe('two nodes at once', () => {
  test('[TX-10] of 200 simultaneous sign-ins of one agent exactly one begins a session', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const commands = Array.from({ length: 200 }, (_, index) =>
        signIn({ workNumber: ann, session: `s${index}`, phone: `4${index}` }),
      );
      expect(count(await commitAtOnce(nodes, commands))).toEqual({ accepted: 1, alreadySignedIn: 199 });
      await expectConsistent(under);
    }));

  test('[TX-10] of 100 agents that claim one phone at once exactly one gets it', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const commands = Array.from({ length: 100 }, (_, index) =>
        signIn({ workNumber: agentNumber(index), session: `s${index}`, phone: '4001' }),
      );
      expect(count(await commitAtOnce(nodes, commands))).toEqual({ accepted: 1, phoneInUse: 99 });
      await expectConsistent(under);
    }));

  test('[TX-11] of 100 agents that claim 50 seats at once exactly 50 get one', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const commands = Array.from({ length: 100 }, (_, index) =>
        signIn({ workNumber: agentNumber(index), session: `s${index}`, seats: 'agent' }),
      );
      expect(count(await commitAtOnce(nodes, commands))).toEqual({ accepted: 50, seatsExhausted: 50 });
      await expectConsistent(under);
    }));

  test('[TX-4] 100 agents of each tenant that share nothing sign in at once: both feeds are dense', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const commands = Array.from({ length: AGENTS }, (_, index) =>
        signIn({
          workNumber: agentNumber(index),
          tenantId: index < 100 ? FIRST_TENANT : SECOND_TENANT,
          session: `s${index}`,
        }),
      );
      expect(count(await commitAtOnce(nodes, commands))).toEqual({ accepted: AGENTS });
      const feeds = await under.query('SELECT head FROM feed ORDER BY tenant_id');
      expect(feeds).toEqual([{ head: 200 }, { head: 200 }]);
      await expectConsistent(under);
    }));

  test('[TX-1] [TX-4] batches that name agents, phones and tenants in any order never deadlock', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const seed = Number(process.env.ROLLCALL_SEED ?? Date.now() % 2 ** 31);
      console.log(`lock order: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
      const batches = fc.sample(meetingBatch, { numRuns: 120, seed });
      const results = await Promise.all(
        batches.map((steps, index) => {
          const commands = steps.map((step, at) => commandOf(step, `s${index}-${at}`));
          return (index % 2 === 0 ? nodes[0] : nodes[1]).commit(commands, foldBatch);
        }),
      );
      expect(under.warnings).toEqual([]);
      expect(results.flatMap(verdicts)).toContain('accepted');
      expectDistinctHeads(results);
      await expectConsistent(under);
    }));
});

/** Six agents on the border of the two tenants, and four phones, so that the batches meet. */
const meetingBatch = fc.array(
  fc.record({
    agent: fc.integer({ min: 97, max: 102 }),
    phone: fc.nat({ max: 3 }),
    ends: fc.boolean(),
    seats: fc.constantFrom('none' as const, 'agentAndVideo' as const),
  }),
  { minLength: 4, maxLength: 12 },
);

type MeetingStep = typeof meetingBatch extends fc.Arbitrary<(infer Step)[]> ? Step : never;

function commandOf({ agent, phone, ends, seats }: MeetingStep, session: string): Command {
  const of = {
    workNumber: agentNumber(agent),
    tenantId: agent < 100 ? FIRST_TENANT : SECOND_TENANT,
    session,
  };
  return ends ? signOut(of) : signIn({ ...of, phone: `400${phone}`, seats, forced: true });
}

/** Each commit took a stretch of the feed of its own. */
function expectDistinctHeads(results: readonly BatchResult[]): void {
  const heads = results.flatMap((result) =>
    result.kind === 'committed' ? [...result.feedHeads].map(([tenantId, head]) => `${tenantId}/${head}`) : [],
  );
  expect(new Set(heads).size).toBe(heads.length);
}

describe('a bulletin that is put up while somebody signs in', () => {
  test('[NB-10] waits for the sign-in, so that whoever gives it out finds the reader', () =>
    withPostgresStores(async (under) => {
      const { database } = under;
      const [store, other] = await openNodes(under);
      const author = { workNumber: agentNumber(1), session: 'author' };
      await store.commit([signIn(author)], foldBatch);
      // The sign-in has looked for bulletins, and waits for the last of its locks.
      await database.query('BEGIN');
      await database.query(`SELECT 1 FROM feed WHERE tenant_id = ${FIRST_TENANT} FOR UPDATE`);
      const signingIn = store.commit([signIn({ workNumber: ann, session: 'a1' })], foldBatch);
      await untilSomebodyWaits(under);
      const range = { tenantId: FIRST_TENANT, after: 0, limit: 9 } as const;
      let isPosted = false;
      const readers = other
        .commit([postBulletin(author, { text: 'one', sentAt: Date.now() })], foldBatch)
        .then(() => {
          isPosted = true;
          return other.listBulletinReaders(range, 1);
        });
      await eventually(async () => {
        const [row] = await database.query('SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted');
        expect(isPosted || Number(row?.waiting) > 1).toBe(true);
      });
      await database.query('ROLLBACK');
      expect(verdicts(await signingIn)).toEqual(['accepted']);
      const found = (await readers).map(({ record }) => record.workNumber);
      expect(found).toEqual([ann, author.workNumber]);
    }));

  test('[NB-10] [TX-1] reaches each of many who sign in at once, once, and nobody deadlocks', () =>
    withPostgresStores(async (under) => {
      const nodes = await openNodes(under);
      const authors = [0, 100].map((index) => ({
        workNumber: agentNumber(index),
        tenantId: index === 0 ? FIRST_TENANT : SECOND_TENANT,
        session: 'author',
      }));
      const signIns = authors.map((author, at) => signIn({ ...author, session: `author ${at}` }));
      await nodes[0].commit(signIns, foldBatch);
      const commands = Array.from({ length: 120 }, (_, index): Command => {
        const of = index % 6;
        const [tenantId, first] = index % 2 === 0 ? [FIRST_TENANT, 1] : [SECOND_TENANT, 101];
        if (of < 4) {
          const workNumber = agentNumber(first + Math.floor(index / 6) * 2 + (of < 2 ? 0 : 1));
          return signIn({ workNumber, tenantId, session: `s${index}` });
        }
        const author = { ...authors[index % 2], session: `author ${index % 2}` } as (typeof authors)[0];
        return postBulletin(author, { text: `${index}`, sentAt: Date.now() });
      });
      // In batches that post and sign in for both tenants, in one order and the other.
      const batches = Array.from({ length: 30 }, (_, index) => commands.slice(index * 4, index * 4 + 4));
      const results = await Promise.all(
        batches.map((batch, index) =>
          nodes[index % 2 === 0 ? 0 : 1].commit(index % 4 < 2 ? batch : batch.toReversed(), foldBatch),
        ),
      );
      expect(under.warnings).toEqual([]);
      expect(new Set(results.flatMap(verdicts))).toEqual(new Set(['accepted']));
      for (const tenantId of [FIRST_TENANT, SECOND_TENANT]) {
        const range = { tenantId, after: 0, limit: 1_000 } as const;
        const readers = await nodes[0].listBulletinReaders(range, 20);
        const takes = readers.map(({ record }) => takeBulletins(record.workNumber, 20, tenantId));
        await nodes[1].commit(takes, foldBatch);
      }
      const rows = await under.query(
        `SELECT work_number, tenant_id, event FROM agent_event WHERE event LIKE '%"bulletinReceived"%'
         ORDER BY work_number, sequence`,
      );
      const posted = await under.query('SELECT tenant_id, event FROM bulletin ORDER BY tenant_id, place');
      expect(posted).toHaveLength(40);
      const byReader = Map.groupBy(rows, (row) => row.work_number);
      expect(byReader.size).toBe(82);
      for (const events of byReader.values()) {
        const own = posted.filter((row) => row.tenant_id === events[0]?.tenant_id);
        expect(events.map(({ event }) => event)).toEqual(own.map(({ event }) => event));
      }
      await expectConsistent(under);
    }));
});

describe('a transaction that meets one from outside', () => {
  test.each([
    { state: '40P01', failures: 3, answer: 'accepted' },
    { state: '40001', failures: 3, answer: 'accepted' },
    { state: '40001', failures: 4, answer: 'failed' },
  ])(
    '[TX-15] undone $failures times by the database ($state), it is run again at most three times: $answer',
    (undone) =>
      withPostgresStores(async (under) => {
        const { database } = under;
        const [store] = await openNodes(under);
        // A sequence counts on where its transaction is undone.
        await database.query(`
        CREATE SEQUENCE runs;
        CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('runs') <= ${undone.failures} THEN RAISE 'of the test' USING ERRCODE = '${undone.state}'; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER undo BEFORE UPDATE ON feed FOR EACH ROW EXECUTE FUNCTION undo()`);
        const answer = await store
          .commit([signIn({ workNumber: ann, session: 'a1', phone: '4001' })], foldBatch)
          .then(verdicts, sqlStateOf);
        expect(answer).toEqual(undone.answer === 'accepted' ? ['accepted'] : undone.state);
        expect(await database.query('SELECT last_value AS runs FROM runs')).toEqual([{ runs: 4 }]);
        expect(under.warnings).toHaveLength(3);
        await expectConsistent(under);
      }),
  );

  test('[TX-15] gives up a lock after its limit and leaves nothing behind', () =>
    withPostgresStores(async (under) => {
      const { database } = under;
      await openNodes(under);
      const store = await under.openWith({ url: `${database.url}&lock_timeout=100` });
      const before = await readTables(under);
      await database.query('BEGIN');
      await database.query(`SELECT 1 FROM feed WHERE tenant_id = ${FIRST_TENANT} FOR UPDATE`);
      const command = signIn({ workNumber: ann, session: 'a1', phone: '4001', seats: 'agent' });
      const fault = await store.commit([command], foldBatch).catch((reason: unknown) => reason);
      expect(sqlStateOf(fault)).toBe(LOCK_NOT_AVAILABLE);
      await database.query('ROLLBACK');
      expect(await readTables(under)).toEqual(before);
      expect(verdicts(await store.commit([command], foldBatch))).toEqual(['accepted']);
    }));

  test('[TX-8] fails alone when its connection is ended, and the store goes on', () =>
    withPostgresStores(async (under) => {
      const { database } = under;
      const [store] = await openNodes(under);
      const command = signIn({ workNumber: ann, session: 'a1' });
      await database.query('BEGIN');
      await database.query(`SELECT 1 FROM agent WHERE work_number = ${ann} FOR UPDATE`);
      const committing = store.commit([command], foldBatch);
      const failed = expect(committing).rejects.toThrow(/terminat/);
      await untilSomebodyWaits(under);
      await database.query(
        'SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
      );
      await failed;
      await database.query('ROLLBACK');
      expect(verdicts(await store.commit([command], foldBatch))).toEqual(['accepted']);
    }));
});

test('[TX-15] idle connections that are lost are a warning, and the next batch gets a new one', () =>
  withPostgresStores(async (under) => {
    const [store] = await openNodes(under);
    const ended = await under.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    await eventually(() =>
      expect(under.warnings).toEqual(ended.map(() => 'an idle database connection was lost')),
    );
    expect(ended.length).toBeGreaterThan(0);
    const command = signIn({ workNumber: ann, session: 'a1' });
    expect(verdicts(await store.commit([command], foldBatch))).toEqual(['accepted']);
  }));
