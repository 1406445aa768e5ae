import type { SessionId, WorkNumber } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
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
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob, cid] = [agentNumber(0), agentNumber(1), agentNumber(2)];

async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  await store.saveSite([
    siteTenant(FIRST_TENANT, [siteAgent(ann), siteAgent(bob)]),
    siteTenant(SECOND_TENANT, [siteAgent(cid)]),
  ]);
  return store;
}

const signInsOf = (agent: WorkNumber, positions: readonly number[]) =>
  positions.map(
    (position) => ({ position, change: 'signedIn', agent, name: 'Bob', textChat: false }) as const,
  );

/** Following feeds, as both stores keep it. */
export function describeFanOut(withStore: WithStore): void {
  describe('feeds that are followed', () => {
    test('sign-ins and sign-outs of one tenant are read in order, others passed over [FO-6]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const chatting = signIn({ workNumber: ann, session: 's1' });
        await store.commit(
          [
            { ...chatting, settings: { ...chatting.settings, registerTextChat: true } },
            signIn({ workNumber: cid, session: 's2', tenantId: SECOND_TENANT }),
            becomeNotReady({ workNumber: ann, session: 's1' }),
            signIn({ workNumber: bob, session: 's3' }),
            signOut({ workNumber: ann, session: 's1' }),
          ],
          foldAt(1_000),
        );
        const [begun, ended] = [
          { position: 1, workNumber: ann, event: { kind: 'agentSignedIn', textChat: true } },
          {
            position: 6,
            workNumber: ann,
            event: { kind: 'agentSignedOut', reason: 'bySelf', signedInAt: 1_000, textChat: true },
          },
        ];
        const other = { position: 4, workNumber: bob, event: { kind: 'agentSignedIn' } };
        expect(await store.readSessionEvents(FIRST_TENANT, 0, 10)).toEqual({
          events: [begun, other, ended],
          upTo: 6,
          head: 6,
        });
        // A full portion ends with its last event, whatever comes behind it.
        expect(await store.readSessionEvents(FIRST_TENANT, 1, 1)).toEqual({
          events: [other],
          upTo: 4,
          head: 6,
        });
        expect(await store.readSessionEvents(FIRST_TENANT, 4, 1)).toMatchObject({ events: [ended], upTo: 6 });
        expect(await store.readSessionEvents(FIRST_TENANT, 6, 1)).toEqual({ events: [], upTo: 6, head: 6 });
        expect(await store.readFeedHeads()).toEqual(
          new Map([
            [FIRST_TENANT, 6],
            [SECOND_TENANT, 2],
          ]),
        );
        expect(await store.findFeedPosition(bob, 1)).toBe(4);
        expect(await store.findFeedPosition(bob, 9)).toBeUndefined();
      }));

    test('all events of one tenant are read in the order of the feed, with their places in the logs [TX-4]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 's1' })], foldAt(1_000));
        await store.commit(
          [
            signIn({ workNumber: cid, session: 's2', tenantId: SECOND_TENANT }),
            signIn({ workNumber: bob, session: 's3' }),
            becomeNotReady({ workNumber: ann, session: 's1' }),
          ],
          foldAt(2_000),
        );
        const { events, ...rest } = await store.readFeed(FIRST_TENANT, 0, 10);
        expect(rest).toEqual({ upTo: 5, head: 5 });
        expect(
          events.map(({ position, workNumber, sequence, at, event }) => [
            position,
            workNumber,
            sequence,
            at,
            event.kind,
          ]),
        ).toEqual([
          [1, ann, 1, 1_000, 'agentSignedIn'],
          [2, ann, 2, 1_000, 'signInReadyAnnounced'],
          [3, bob, 1, 2_000, 'agentSignedIn'],
          [4, bob, 2, 2_000, 'signInReadyAnnounced'],
          [5, ann, 3, 2_000, 'agentBecameNotReady'],
        ]);
        expect(await store.readFeed(FIRST_TENANT, 1, 3)).toEqual({
          events: events.slice(1, 4),
          upTo: 4,
          head: 5,
        });
        expect(await store.readFeed(FIRST_TENANT, 5, 3)).toEqual({ events: [], upTo: 5, head: 5 });
      }));

    test('the oldest events are removed, a portion at a time and none in between [RT-2]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const feed = async () =>
          (await store.readFeed(FIRST_TENANT, 0, 20)).events.map(({ position }) => position);
        await store.commit([signIn({ workNumber: ann, session: 's1' })], foldAt(1_000));
        await store.commit([signIn({ workNumber: bob, session: 's2' })], foldAt(5_000));
        await store.commit(
          [signIn({ workNumber: cid, session: 's3', tenantId: SECOND_TENANT })],
          foldAt(1_000),
        );
        await store.commit([signOut({ workNumber: ann, session: 's1' })], foldAt(2_000));
        await store.pruneEndedSessions(9_000, 10);
        expect(await store.findOldestKept(ann)).toBe(1);
        expect(await store.pruneEvents(FIRST_TENANT, 1_000, 10)).toBe(0);
        expect(await store.pruneEvents(FIRST_TENANT, 3_000, 1)).toBe(1);
        expect(await feed()).toEqual([2, 3, 4, 5]);
        // Ann's end is older than what came before it in the feed, and stays with it.
        expect(await store.pruneEvents(FIRST_TENANT, 3_000, 10)).toBe(1);
        expect(await store.pruneEvents(FIRST_TENANT, 3_000, 10)).toBe(0);
        expect(await feed()).toEqual([3, 4, 5]);
        expect(await store.findOldestKept(ann)).toBe(3);
        expect(await store.findOldestKept(cid)).toBe(1);
      }));

    test('what a session can read is not removed, nor what an ended one can [RT-1]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 's1' })], foldAt(1_000));
        await store.commit([signOut({ workNumber: ann, session: 's1' })], foldAt(2_000));
        await store.commit([signIn({ workNumber: bob, session: 's2' })], foldAt(3_000));
        await store.commit([signIn({ workNumber: ann, session: 's3' })], foldAt(4_000));
        expect(await store.pruneEvents(FIRST_TENANT, 9_000, 10)).toBe(0);
        expect(await store.pruneEndedSessions(9_000, 10)).toBe(1);
        expect(await store.pruneEvents(FIRST_TENANT, 9_000, 10)).toBe(3);
        expect(await store.findOldestKept(ann)).toBe(4);
        expect(await store.pruneEvents(FIRST_TENANT, 9_000, 10)).toBe(0);
        expect(await store.findOldestKept(bob)).toBe(1);
      }));

    test('how far a feed was followed never moves back, and is there after reopening [FO-6]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.saveFanOutPositions(
          new Map([
            [FIRST_TENANT, 7],
            [SECOND_TENANT, 3],
          ]),
        );
        await store.saveFanOutPositions(
          new Map([
            [FIRST_TENANT, 5],
            [SECOND_TENANT, 4],
          ]),
        );
        const other = await database.open();
        expect(await other.readFanOutPositions()).toEqual(
          new Map([
            [FIRST_TENANT, 7],
            [SECOND_TENANT, 4],
          ]),
        );
      }));

    test('a session is told once of each, and keeps how far, until it ends [FO-5]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 's1' })], foldAt(1_000));
        const tell = async (session: string, positions: readonly number[]) => {
          const base = { workNumber: ann, tenantId: FIRST_TENANT, sessionId: session as SessionId };
          const signIns = signInsOf(bob, positions);
          return verdicts(await store.commit([{ kind: 'tellOfWatched', ...base, signIns }], foldAt(2_000)));
        };
        expect(await tell('s1', [3, 5])).toEqual(['accepted']);
        expect(await tell('s1', [3, 5])).toEqual(['notDue']);
        expect(await tell('s1', [5, 8])).toEqual(['accepted']);
        expect((await store.findAgent(ann))?.session?.toldUpTo).toBe(8);
        expect(await tell('s0', [9])).toEqual(['sessionOver']);
        const log = await store.readEvents({ workNumber: ann, after: 2, upTo: 10, limit: 10 });
        expect(log.map(({ event }) => event)).toEqual(
          [3, 5, 8].map(() => ({ kind: 'watchedAgentSignedIn', agent: bob, name: 'Bob', server: 'ccs' })),
        );
        await store.commit([signIn({ workNumber: ann, session: 's2', forced: true })], foldAt(3_000));
        expect((await store.findAgent(ann))?.session?.toldUpTo).toBe(0);
        await expectConsistent(database);
      }));
  });
}
