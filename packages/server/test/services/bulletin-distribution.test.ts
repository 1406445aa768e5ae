import type { WorkNumber } from '@rollcall/contract/identifiers';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { AgentTransactions } from '../../src/services/agent-transactions.ts';
import { BulletinDistribution } from '../../src/services/bulletin-distribution.ts';
import type { Store } from '../../src/storage/store.ts';
import { eventually } from '../support/eventually.ts';
import { withSqliteStores } from '../support/sqlite-stores.ts';
import {
  agentNumber,
  FIRST_TENANT,
  postBulletin,
  signIn,
  siteAgent,
  siteTenant,
} from '../support/store-fixture.ts';

const READERS = 450;
const author = agentNumber(0);
const readers = Array.from({ length: READERS }, (_, index) => agentNumber(1 + index));

/** A store with an author and readers of group 1, all signed in, and what gives bulletins to them. */
async function openSite(store: Store) {
  await store.saveSite([
    siteTenant(
      FIRST_TENANT,
      [author, ...readers].map((workNumber) => {
        const agent = siteAgent(workNumber);
        return { ...agent, definition: { ...agent.definition, group: workNumber === author ? 2 : 1 } };
      }),
    ),
  ]);
  const lanes = new Map<string, number>();
  const warnings: string[] = [];
  const transactions = new AgentTransactions({
    store,
    clock: systemClock,
    announce: (changes) => distribution.wake(changes),
    reportBug: (fault) => warnings.push(String(fault)),
    isConstraintFault: () => false,
  });
  const distribution = new BulletinDistribution({
    store,
    transactions: {
      submit: (command, lane) => {
        const name = `${command.kind}, ${lane}`;
        lanes.set(name, (lanes.get(name) ?? 0) + 1);
        return transactions.submit(command, lane);
      },
    },
    clock: systemClock,
    warn: (message) => warnings.push(message),
  });
  const signIns = [author, ...readers].map((workNumber) => signIn({ workNumber, session: `s${workNumber}` }));
  await Promise.all(signIns.map((command) => transactions.submit(command)));
  return { transactions, distribution, lanes, warnings };
}

async function given(store: Store, workNumber: WorkNumber): Promise<string> {
  const events = await store.readEvents({ workNumber, after: 0, upTo: 10_000, limit: 10_000 });
  return events.flatMap(({ event }) => (event.kind === 'bulletinReceived' ? [event.text] : [])).join();
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}`);

test('readers are given bulletins in the lane of many commands, and those for whom none is are left alone [NB-8]', () =>
  withSqliteStores(async (database) => {
    const store = await database.open();
    const { transactions, distribution, lanes, warnings } = await openSite(store);
    const post = (text: string, groupId: number) => {
      const words = { text, sentAt: Date.now(), target: { kind: 'group', groupId } as const };
      return transactions.submit(postBulletin({ workNumber: author, session: `s${author}` }, words));
    };
    distribution.start();
    await Promise.all(['1', '2', '3'].map((text) => post(text, 1)));
    await eventually(async () => expect(await store.findBulletinBacklogs(1)).toEqual([]));
    for (const reader of readers) expect(await given(store, reader)).toBe('1,2,3');
    expect(await given(store, author)).toBe('');
    const before = lanes.get('takeBulletins, bulk');
    await post('4', 2);
    await eventually(async () => expect(await store.findBulletinBacklogs(1)).toEqual([]));
    expect(await given(store, author)).toBe('4');
    expect([...lanes]).toEqual([['takeBulletins, bulk', 1 + (before ?? 0)]]);
    await distribution.stop();
    expect(warnings).toEqual([]);
  }));

test('who is signed in is given all of them, however many came at once [NB-8] [NB-10]', () =>
  withSqliteStores(async (database) => {
    const store = await database.open();
    const { transactions, distribution } = await openSite(store);
    const of = { workNumber: author, session: `s${author}` };
    const target = { kind: 'group', groupId: 2 } as const;
    const posts = numbered(250).map((text) => postBulletin(of, { text, target, sentAt: Date.now() }));
    await Promise.all(posts.map((command) => transactions.submit(command)));
    distribution.start();
    await eventually(async () => expect(await store.findBulletinBacklogs(1)).toEqual([]));
    expect(await given(store, author)).toBe(numbered(250).join());
    await distribution.stop();
  }));

test('a reader that could not be reached is tried again, and then how far they were given is kept [NB-10]', () =>
  withSqliteStores(async (database) => {
    const store = await database.open();
    const { transactions, warnings } = await openSite(store);
    let failures = 2;
    const distribution = new BulletinDistribution({
      store,
      transactions: {
        submit: (command, lane) => {
          if (command.workNumber !== readers[7] || failures === 0) return transactions.submit(command, lane);
          failures -= 1;
          return Promise.resolve(
            failures === 1 ? { kind: 'unknown' } : { kind: 'fault', cause: 'of the test' },
          );
        },
      },
      clock: systemClock,
      warn: (message) => warnings.push(message),
    });
    const of = { workNumber: author, session: `s${author}` };
    await transactions.submit(postBulletin(of, { text: '1', sentAt: Date.now() }));
    distribution.start();
    await eventually(async () => expect(await store.findBulletinBacklogs(1)).toEqual([]));
    for (const reader of readers) expect(await given(store, reader)).toBe('1');
    expect(warnings).toEqual(['bulletins cannot be given to all of their readers; they are given later']);
    await distribution.stop();
  }));
