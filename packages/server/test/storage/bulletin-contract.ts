import type { WorkNumber } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import type { BulletinTarget } from '../../src/domain/agent-session/bulletin.ts';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  type BulletinWords,
  deliverNote,
  FIRST_TENANT,
  foldAt,
  postBulletin,
  SECOND_TENANT,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  takeBulletins,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob, cid, dan, eve] = [0, 1, 2, 3, 4].map(agentNumber) as [
  WorkNumber,
  WorkNumber,
  WorkNumber,
  WorkNumber,
  WorkNumber,
];
const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const GROUP: BulletinTarget = { kind: 'group', groupId: 7 };
const QUEUE: BulletinTarget = { kind: 'skillQueue', skillQueueId: 7 };

/** Ann posts; Bob is of group 7, Cid is given queue 7, Dan neither; Eve is of group 7 in another tenant. */
async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  const agent = (workNumber: WorkNumber, more: object) => {
    const made = siteAgent(workNumber);
    return { ...made, definition: { ...made.definition, ...more } };
  };
  await store.saveSite([
    siteTenant(FIRST_TENANT, [
      agent(ann, { role: 'supervisor' }),
      agent(bob, { group: 7 }),
      agent(cid, { skillQueues: [3, 7] }),
      agent(dan, { group: 8, skillQueues: [3] }),
    ]),
    siteTenant(SECOND_TENANT, [agent(eve, { group: 7, skillQueues: [7] })]),
  ]);
  await commit(store, [signIn({ workNumber: ann, session: 'a' })]);
  return store;
}

async function commit(store: Store, commands: readonly Command[], now = NOW): Promise<string[]> {
  return verdicts(await store.commit(commands, foldAt(now)));
}

function post(text: string, words: Omit<BulletinWords, 'text'> = {}): Command {
  return postBulletin({ workNumber: ann, session: 'a' }, { text, sentAt: NOW, ...words });
}

const session = (workNumber: WorkNumber, name: string) => signIn({ workNumber, session: name });

async function given(store: Store, workNumber: WorkNumber): Promise<string[]> {
  const events = await store.readEvents({ workNumber, after: 0, upTo: 10_000, limit: 10_000 });
  return events.flatMap(({ event }) => (event.kind === 'bulletinReceived' ? [event.text] : []));
}

const numbered = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `bulletin ${first + index}`);

/** Bulletins, as both stores keep them and give them out. */
export function describeBulletins(withStore: WithStore): void {
  describe('bulletins', () => {
    test('take dense places in their tenant, each with its author in the audit trail [NB-6] [NB-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        expect(await commit(store, [post('one', { target: GROUP }), post('two')])).toEqual([
          'accepted',
          'accepted',
        ]);
        const other = await database.open();
        await commit(other, [post('three', { target: QUEUE })]);
        const rows = await database.query('SELECT * FROM bulletin ORDER BY place');
        expect(rows.map(({ event, ...row }) => [row, JSON.parse(String(event)).text])).toEqual([
          [{ tenant_id: 1, place: 1, target: 'group', target_id: 7, posted_at: NOW }, 'one'],
          [{ tenant_id: 1, place: 2, target: 'everyone', target_id: 0, posted_at: NOW }, 'two'],
          [{ tenant_id: 1, place: 3, target: 'skillQueue', target_id: 7, posted_at: NOW }, 'three'],
        ]);
        expect(await database.query('SELECT head FROM bulletin_board ORDER BY tenant_id')).toEqual([
          { head: 3 },
          { head: 0 },
        ]);
        const acts = await database.query(
          "SELECT work_number, session_id, act FROM audit_entry WHERE act LIKE '%bulletin%' ORDER BY audit_id",
        );
        expect(acts.map(({ act, ...of }) => [of, JSON.parse(String(act))]).at(-1)).toEqual([
          { work_number: ann, session_id: 'a' },
          { kind: 'bulletinPosted', place: 3, target: QUEUE },
        ]);
        const elsewhere = postBulletin({ workNumber: ann, session: 'gone' }, { text: 'four' });
        expect(await commit(store, [elsewhere])).toEqual(['sessionOver']);
      }));

    test('are given to who is signed in and whom they are for, up to a place and once [NB-7] [NB-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await commit(store, [session(bob, 'b'), session(cid, 'c')]);
        await commit(store, [post('one', { target: GROUP }), post('two', { target: QUEUE }), post('three')]);
        expect(await commit(store, [takeBulletins(bob, 2), takeBulletins(cid, 2)])).toEqual([
          'accepted',
          'accepted',
        ]);
        expect([await given(store, bob), await given(store, cid)]).toEqual([['one'], ['two']]);
        // A second node says the same, one of them later.
        const other = await database.open();
        expect(
          await commit(other, [takeBulletins(bob, 2), takeBulletins(bob, 3), takeBulletins(cid, 3)]),
        ).toEqual(['notDue', 'accepted', 'accepted']);
        // Not for him, signed out, not there.
        expect(
          await commit(store, [takeBulletins(bob, 9), takeBulletins(dan, 3), takeBulletins(eve, 3)]),
        ).toEqual(['notDue', 'sessionOver', 'sessionOver']);
        expect([await given(store, bob), await given(store, cid)]).toEqual([
          ['one', 'three'],
          ['two', 'three'],
        ]);
        expect((await store.findAgent(bob))?.bulletinsUpTo).toBe(3);
        await expectConsistent(database);
      }));

    test('wait for who is signed out; the sign-in takes those for it behind the notes, once [NB-7] [NB-9]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await commit(store, [post('one', { target: GROUP }), deliverNote(bob, 'a note'), post('two')]);
        const other = await database.open();
        await commit(other, [
          session(bob, 'b1'),
          session(dan, 'd1'),
          signIn({ workNumber: eve, session: 'e1', tenantId: SECOND_TENANT }),
        ]);
        const log = await store.readEvents({ workNumber: bob, after: 0, upTo: 99, limit: 99 });
        expect(log.map(({ event }) => ('text' in event ? event.text : event.kind))).toEqual([
          'agentSignedIn',
          'signInReadyAnnounced',
          'a note',
          'one',
          'two',
        ]);
        expect([await given(store, dan), await given(store, eve)]).toEqual([['two'], []]);
        // A post between two sign-ins of one batch, and a session that is displaced.
        const again = signIn({ workNumber: bob, session: 'b2', forced: true });
        await commit(store, [session(cid, 'c1'), post('three'), again, takeBulletins(cid, 3)]);
        expect([await given(store, bob), await given(store, cid)]).toEqual([
          ['one', 'two', 'three'],
          ['two', 'three'],
        ]);
        await commit(store, [signOut({ workNumber: bob, session: 'b2' }), session(bob, 'b3')]);
        expect(await given(store, bob)).toEqual(['one', 'two', 'three']);
        await expectConsistent(database);
      }));

    test('of those that waited the newest hundred are taken, and none of a week ago [NB-9]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const weekAgo = NOW - 7 * DAY_MS;
        await commit(store, [
          post('too old', { sentAt: weekAgo }),
          post('just in time', { sentAt: weekAgo + 1 }),
        ]);
        await commit(store, [session(dan, 'd')]);
        expect(await given(store, dan)).toEqual(['just in time']);
        await commit(
          store,
          numbered(1, 101).map((text) => post(text)),
        );
        await commit(
          store,
          numbered(102, 150).map((text) => post(text, { target: GROUP })),
        );
        await commit(store, [session(cid, 'c')]);
        expect(await given(store, cid)).toEqual(numbered(2, 101));
        await commit(store, [signOut({ workNumber: cid, session: 'c' }), session(cid, 'c2')]);
        expect(await given(store, cid)).toHaveLength(100);
        await expectConsistent(database);
      }));

    test('who may be given them is known, and how far they were given never moves back [NB-8] [NB-10]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await commit(store, [
          session(bob, 'b'),
          session(cid, 'c'),
          signIn({ workNumber: eve, session: 'e', tenantId: SECOND_TENANT }),
        ]);
        expect(await store.findBulletinBacklogs(9)).toEqual([]);
        await commit(store, [post('one', { target: GROUP }), post('two', { target: QUEUE }), post('three')]);
        const backlog = { tenantId: FIRST_TENANT, givenUpTo: 0, head: 3 };
        expect(await store.findBulletinBacklogs(9)).toEqual([backlog]);
        expect(await store.readBulletinTargets(FIRST_TENANT, 1, 3)).toEqual([QUEUE, { kind: 'everyone' }]);
        expect(await store.readBulletinTargets(SECOND_TENANT, 0, 3)).toEqual([]);
        const readers = async (after: WorkNumber | 0, limit: number, upTo: number) => {
          const range = { tenantId: FIRST_TENANT, after, limit };
          return (await store.listBulletinReaders(range, upTo)).map(({ record }) => record.workNumber);
        };
        expect(await readers(0, 9, 3)).toEqual([ann, bob, cid]);
        expect(await readers(ann, 1, 3)).toEqual([bob]);
        await commit(store, [takeBulletins(bob, 2)]);
        expect([await readers(0, 9, 2), await readers(0, 9, 3)]).toEqual([
          [ann, cid],
          [ann, bob, cid],
        ]);
        await store.saveBulletinsGiven(FIRST_TENANT, 2);
        await store.saveBulletinsGiven(FIRST_TENANT, 1);
        const other = await database.open();
        expect(await other.findBulletinBacklogs(9)).toEqual([{ ...backlog, givenUpTo: 2 }]);
        await other.saveBulletinsGiven(FIRST_TENANT, 3);
        expect(await store.findBulletinBacklogs(9)).toEqual([]);
      }));

    test('are removed when they are old or too many have come since, a portion at a time [NB-11]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await commit(
          store,
          numbered(1, 9).map((text, index) => post(text, { sentAt: NOW + index })),
        );
        const places = async () =>
          (await database.query('SELECT place FROM bulletin ORDER BY place')).map(({ place }) => place);
        expect(await store.pruneBulletins(NOW + 3, 9, 2)).toBe(2);
        expect(await places()).toEqual([3, 4, 5, 6, 7, 8, 9]);
        expect(await store.pruneBulletins(NOW + 3, 9, 2)).toBe(1);
        expect(await store.pruneBulletins(NOW + 3, 4, 9)).toBe(2);
        expect(await places()).toEqual([6, 7, 8, 9]);
        expect(await store.pruneBulletins(NOW + 3, 4, 9)).toBe(0);
        // Those that are left are given as ever.
        await commit(store, [session(dan, 'd')]);
        expect(await given(store, dan)).toEqual(numbered(6, 9));
      }));
  });
}
