import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  deliverNote,
  FIRST_TENANT,
  foldAt,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob] = [agentNumber(0), agentNumber(1)];

async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  await store.saveSite([
    siteTenant(
      FIRST_TENANT,
      [ann, bob].map((each) => siteAgent(each)),
    ),
  ]);
  return store;
}

async function commit(store: Store, commands: Parameters<Store['commit']>[0], now = 1_000) {
  const result = await store.commit(commands, foldAt(now));
  return verdicts(result);
}

async function notesInLog(store: Store, workNumber = ann): Promise<string[]> {
  const events = await store.readEvents({ workNumber, after: 0, upTo: 10_000, limit: 10_000 });
  return events.flatMap(({ event }) => (event.kind === 'noteReceived' ? [event.text] : []));
}

const numbered = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `note ${first + index}`);

/** Notes that wait, as both stores keep them. */
export function describeNotes(withStore: WithStore): void {
  describe('notes', () => {
    test('who is signed in has a note in the log, nothing waits [NB-3]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await commit(store, [signIn({ workNumber: ann, session: 's1' })]);
        expect(await commit(store, [deliverNote(ann, 'one'), deliverNote(bob, 'two')])).toEqual([
          'accepted',
          'accepted',
        ]);
        expect(await notesInLog(store)).toEqual(['one']);
        const waiting = await database.query('SELECT work_number, place, event FROM waiting_note');
        expect(waiting.map(({ event, ...row }) => [row, JSON.parse(String(event)).text])).toEqual([
          [{ work_number: bob, place: 1 }, 'two'],
        ]);
        await expectConsistent(database);
      }));

    test('a sign-in takes a hundred in order, the next ones the rest, each once [NB-4]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        for (let first = 1; first <= 201; first += 67) {
          await commit(
            store,
            numbered(first, first + 66).map((text) => deliverNote(ann, text)),
          );
        }
        await commit(store, [signIn({ workNumber: ann, session: 's1' })]);
        expect(await notesInLog(store)).toEqual(numbered(1, 100));
        // Two sign-ins and another note in one batch, by a store that was opened anew.
        const other = await database.open();
        await commit(other, [
          signOut({ workNumber: ann, session: 's1' }),
          deliverNote(ann, 'note 202'),
          signIn({ workNumber: ann, session: 's2' }),
          signIn({ workNumber: ann, session: 's3', forced: true }),
          deliverNote(ann, 'note 203'),
        ]);
        expect(await notesInLog(store)).toEqual(numbered(1, 203));
        expect(await database.query('SELECT * FROM waiting_note')).toEqual([]);
        await commit(other, [signOut({ workNumber: ann, session: 's3' }), deliverNote(ann, 'note 204')]);
        await commit(store, [signIn({ workNumber: ann, session: 's4' })]);
        expect(await notesInLog(store)).toEqual(numbered(1, 204));
        await expectConsistent(database);
      }));

    test('a thousand wait and no more; what a sign-in took makes room [NB-5]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        for (let first = 1; first <= 999; first += 100) {
          await commit(
            store,
            numbered(first, Math.min(999, first + 99)).map((text) => deliverNote(ann, text)),
          );
        }
        const two = [deliverNote(ann, 'note 1000'), deliverNote(ann, 'one too many')];
        expect(await commit(store, two)).toEqual(['accepted', 'noteBoxFull']);
        expect(await commit(store, [deliverNote(ann, 'again')])).toEqual(['noteBoxFull']);
        expect(
          await commit(store, [
            signIn({ workNumber: ann, session: 's1' }),
            signOut({ workNumber: ann, session: 's1' }),
            deliverNote(ann, 'note 1001'),
          ]),
        ).toEqual(['accepted', 'accepted', 'accepted']);
        expect(await notesInLog(store)).toEqual(numbered(1, 100));
        expect(await database.query('SELECT count(*) AS waiting FROM waiting_note')).toEqual([
          { waiting: 901 },
        ]);
        await expectConsistent(database);
      }));
  });
}
