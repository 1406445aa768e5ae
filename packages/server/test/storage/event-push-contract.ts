import type { SessionId } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import type { PushTarget } from '../../src/domain/agent-session/event-push.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  becomeNotReady,
  FIRST_TENANT,
  foldAt,
  SECOND_TENANT,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
} from '../support/store-fixture.ts';
import { expectConsistent, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob, cid] = [agentNumber(0), agentNumber(1), agentNumber(2)];
const [S1, S2, S3] = ['s1', 's2', 's3'] as [SessionId, SessionId, SessionId];
const TARGET: PushTarget = {
  form: 'list',
  url: 'https://crm.example/in',
  receiver: 'https://crm.example',
  receiverToken: 'secret',
  sessionToken: 'token.node',
};
const OTHER: PushTarget = {
  ...TARGET,
  form: 'single',
  url: 'https://z.example/',
  receiver: 'https://z.example',
  receiverToken: null,
  sessionToken: null,
};

async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  await store.saveSite([
    siteTenant(FIRST_TENANT, [siteAgent(ann), siteAgent(bob)]),
    siteTenant(SECOND_TENANT, [siteAgent(cid)]),
  ]);
  return store;
}

/** Two sessions of the first tenant and one of the second, each with events that are sent. */
async function beginPushes(store: Store): Promise<void> {
  await store.commit(
    [
      { ...signIn({ workNumber: ann, session: S1 }), push: TARGET },
      { ...signIn({ workNumber: bob, session: S2 }), push: OTHER },
      { ...signIn({ workNumber: cid, session: S3, tenantId: SECOND_TENANT }), push: TARGET },
    ],
    foldAt(1_000),
  );
}

const sessionsOf = (pushes: readonly { readonly sessionId: SessionId }[]) =>
  pushes.map(({ sessionId }) => sessionId).toSorted();

/** Sessions whose events are sent, as both stores keep them. */
export function describeEventPush(withStore: WithStore): void {
  describe('sessions whose events are sent', () => {
    test('begin with their sign-in and are given out once, with where they go and how far they are [PU-8] [PU-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 's0' })], foldAt(500));
        await store.commit([signOut({ workNumber: ann, session: 's0' })], foldAt(600));
        await beginPushes(store);
        await store.commit(
          [becomeNotReady({ workNumber: ann, session: S1 }), signOut({ workNumber: bob, session: S2 })],
          foldAt(2_000),
        );
        const { taken } = await store.claimPushes('one', 10);
        expect(taken.toSorted((a, b) => a.workNumber - b.workNumber)).toEqual([
          {
            ...TARGET,
            sessionId: S1,
            workNumber: ann,
            tenantId: FIRST_TENANT,
            position: 3,
            head: 6,
            isLive: true,
          },
          {
            ...OTHER,
            sessionId: S2,
            workNumber: bob,
            tenantId: FIRST_TENANT,
            position: 0,
            head: 3,
            isLive: false,
          },
          {
            ...TARGET,
            sessionId: S3,
            workNumber: cid,
            tenantId: SECOND_TENANT,
            position: 0,
            head: 2,
            isLive: true,
          },
        ]);
        expect((await store.claimPushes('one', 10)).taken).toEqual([]);
        await expectConsistent(database);
      }));

    test('are given out in portions [PU-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        const first = await store.claimPushes('one', 2);
        const second = await store.claimPushes('one', 2);
        expect([first.taken.length, second.taken.length]).toEqual([2, 1]);
        expect(sessionsOf([...first.taken, ...second.taken])).toEqual([S1, S2, S3]);
      }));

    test('keep how far they are, and never go back [PU-8]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        await store.savePushPositions([
          { sessionId: S1, sequence: 2 },
          { sessionId: S2, sequence: 1 },
        ]);
        await store.savePushPositions([
          { sessionId: S1, sequence: 1 },
          { sessionId: 'gone' as SessionId, sequence: 9 },
        ]);
        const { taken } = await store.claimPushes('one', 10);
        expect(new Map(taken.map(({ sessionId, position }) => [sessionId, position]))).toEqual(
          new Map([
            [S1, 2],
            [S2, 1],
            [S3, 0],
          ]),
        );
      }));

    test('are told by receiver: who waits since when, and the newest failure that lasts [PU-11]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        await store.commit([becomeNotReady({ workNumber: ann, session: S1 })], foldAt(2_000));
        await store.savePushPositions([
          { sessionId: S1, sequence: 2 },
          { sessionId: S2, sequence: 2 },
        ]);
        await store.savePushFailures([
          { sessionId: S1, why: 'it answered 500' },
          { sessionId: S2, why: 'no answer' },
          { sessionId: S3, why: "another tenant's" },
        ]);
        await store.savePushPositions([{ sessionId: S2, sequence: 2 }]);
        expect(await store.listPushReceivers(FIRST_TENANT)).toEqual([
          {
            receiver: TARGET.receiver,
            sessions: 1,
            waiting: 1,
            waitingSince: 2_000,
            lastFailure: { at: expect.any(Number), why: 'it answered 500' },
          },
          { receiver: OTHER.receiver, sessions: 1, waiting: 0, waitingSince: null, lastFailure: null },
        ]);
        const [other] = await store.listPushReceivers(SECOND_TENANT);
        expect(other?.lastFailure?.at).toBeGreaterThan(1_700_000_000_000);
        expect(other).toMatchObject({ waiting: 1, waitingSince: 1_000 });
      }));

    test('are forgotten when all is received, and a day after their end [PU-9] [PU-14]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        await store.endPushes([S3]);
        await store.commit([signOut({ workNumber: bob, session: S2 })], foldAt(2_000));
        const rows = () => database.query('SELECT session_id FROM event_push ORDER BY session_id');
        expect(await rows()).toEqual([{ session_id: S1 }, { session_id: S2 }]);
        expect(await store.pruneEndedSessions(2_000, 10)).toBe(0);
        expect(await rows()).toHaveLength(2);
        expect(await store.pruneEndedSessions(2_001, 10)).toBe(1);
        expect(await rows()).toEqual([{ session_id: S1 }]);
      }));
  });
}

/** Without other nodes: a process that begins takes what the one before it had. */
export function describeLoneSender(withStore: WithStore): void {
  test('a new process sends for all sessions at once, however the one before ended [PU-8]', () =>
    withStore(async (database) => {
      const store = await openSite(database);
      await beginPushes(store);
      await store.claimPushes('one', 10);
      const later = await database.open();
      const { taken } = await later.claimPushes('two', 10);
      expect(sessionsOf(taken)).toEqual([S1, S2, S3]);
      expect((await later.claimPushes('two', 10)).taken).toEqual([]);
    }));
}

/** With other nodes on the same database. */
export function describeSharedSenders(withStore: WithStore): void {
  describe('nodes that send from one database', () => {
    test('leave one another their sessions, until one stops or was silent for 15 s [PU-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        const [one, two] = [store, await database.open()];
        expect((await one.claimPushes('one', 2)).taken).toHaveLength(2);
        expect((await two.claimPushes('two', 10)).taken).toHaveLength(1);
        expect(await one.claimPushes('one', 10)).toEqual({ taken: [], hasLapsed: false });

        await database.query("UPDATE push_sender SET good_until = good_until - 14000 WHERE sender = 'one'");
        expect((await two.claimPushes('two', 10)).taken).toEqual([]);
        await database.query("UPDATE push_sender SET good_until = good_until - 1100 WHERE sender = 'one'");
        expect((await two.claimPushes('two', 10)).taken).toHaveLength(2);
        // The silent one was not gone: it is told that what it had is another's.
        expect(await one.claimPushes('one', 10)).toEqual({ taken: [], hasLapsed: true });
        expect(await one.claimPushes('one', 10)).toEqual({ taken: [], hasLapsed: false });

        await two.releasePushes('two');
        expect(sessionsOf((await one.claimPushes('one', 10)).taken)).toEqual([S1, S2, S3]);
      }));

    test("leave a session to whoever sends its agent's earlier one to the same URL [PU-10] [PU-6]", () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        const [one, two] = [store, await database.open()];
        await one.claimPushes('one', 10);
        const again = { ...signIn({ workNumber: ann, session: 's4', forced: true }), push: TARGET };
        const elsewhere = { ...signIn({ workNumber: bob, session: 's5', forced: true }), push: TARGET };
        await store.commit([again, elsewhere], foldAt(2_000));
        expect(sessionsOf((await two.claimPushes('two', 10)).taken)).toEqual(['s5']);
        expect(sessionsOf((await one.claimPushes('one', 10)).taken)).toEqual(['s4']);
      }));

    test('never both take a session, however often they ask at once [PU-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await beginPushes(store);
        const nodes = [store, await database.open(), await database.open()];
        for (let round = 0; round < 10; round++) {
          const claims = await Promise.all(
            nodes.map((node, index) => node.claimPushes(`node ${index} of round ${round}`, 2)),
          );
          const taken = claims.flatMap((claim) => claim.taken);
          expect(new Set(sessionsOf(taken)).size).toBe(taken.length);
          await database.query("UPDATE event_push SET sender = ''");
        }
      }));
  });
}
