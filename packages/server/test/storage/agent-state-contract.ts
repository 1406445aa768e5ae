import type { DirectoryNumber } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import type { AgentState } from '../../src/domain/agent-session/agent-state.ts';
import type { Command, StateCommand } from '../../src/domain/agent-session/commands.ts';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  becomeNotReady,
  becomeReady,
  FIRST_TENANT,
  foldAt,
  type OfSession,
  rest,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob, cid] = [agentNumber(0), agentNumber(1), agentNumber(2)];

async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  await store.saveSite([
    siteTenant(
      FIRST_TENANT,
      [ann, bob, cid].map((each) => siteAgent(each)),
      { wrapUpLimitS: 30 },
    ),
  ]);
  return store;
}

/** States, their deadlines and the agents' time, as both stores keep them. */
export function describeAgentStates(withStore: WithStore): void {
  describe('states and intervals', () => {
    const session = { workNumber: ann, session: 's1' };
    const then = (kind: Exclude<StateCommand['kind'], 'rest' | 'becomeNotReady' | 'meetDeadline'>) =>
      ({ ...becomeReady(session), kind }) as Command;

    test.each<readonly [string, readonly Command[], AgentState]>([
      ['notReady', [becomeNotReady(session, 250)], { kind: 'notReady', reason: 250 }],
      ['resting', [rest(session)], { kind: 'resting', reason: 1, until: 62_000, isReminded: false }],
      ['wrapUp with the limit', [then('beginWrapUp')], { kind: 'wrapUp', until: 32_000, pending: null }],
      [
        'wrapUp with a rest pending',
        [then('beginWrapUp'), rest(session)],
        { kind: 'wrapUp', until: 32_000, pending: { kind: 'resting', reason: 1, forMs: 60_000 } },
      ],
      ['offered', [then('offerContact')], { kind: 'engaged', phase: 'offered', pending: null }],
      [
        'talking with not ready pending',
        [then('offerContact'), then('answerContact'), becomeNotReady(session, 0)],
        { kind: 'engaged', phase: 'talking', pending: { kind: 'notReady', reason: 0 } },
      ],
    ])('%s is read back as it was written [AS-1]', (_name, commands, expected) =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn(session)], foldAt(1_000));
        const result = await store.commit(commands, foldAt(2_000));
        expect(verdicts(result)).toEqual(commands.map(() => 'accepted'));
        const record = await store.findAgent(ann);
        expect(record?.session?.state).toEqual(expected);
        if (result.kind === 'committed') expect(record).toEqual(result.changes.records.get(ann));
        await expectConsistent(database);
      }),
    );

    test('[AT-1] [AT-2] an interval is written when it ends, once, and not when it has no length', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const steps: (readonly [number, Command])[] = [
          [1_000, signIn(session)],
          [1_000, becomeNotReady(session, 200)],
          [2_000, { ...becomeNotReady(session, 200), prolong: true }],
          [3_000, { ...becomeNotReady(session, 201), prolong: true }],
          [4_500, rest(session)],
          [9_000, signOut(session)],
        ];
        for (const [at, command] of steps) await store.commit([command], foldAt(at));
        const rows = await database.query(
          'SELECT session_id, state, reason, began_at, ended_at FROM agent_interval ORDER BY began_at',
        );
        expect(rows.map((row) => Object.values(row))).toEqual([
          ['s1', 'notReady', 200, 1_000, 3_000],
          ['s1', 'notReady', 201, 3_000, 4_500],
          ['s1', 'resting', 1, 4_500, 9_000],
        ]);
        await expectConsistent(database);
      }));

    test('[AS-20] what is due is found, the oldest first, as many as asked, and is gone when it was met', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const others = [ann, bob, cid].map((workNumber) => ({ workNumber, session: `s${workNumber}` }));
        const ago = systemClock.wallMs() - 61_000;
        await store.commit(
          others.map((each) => signIn(each)),
          foldAt(ago - 10_000),
        );
        for (const [index, each] of others.entries()) await store.commit([rest(each)], foldAt(ago - index));
        const due = await store.findDueDeadlines(2);
        expect(due.map(({ workNumber }) => workNumber)).toEqual([cid, bob]);
        const [first] = due;
        expect(first).toEqual({
          workNumber: cid,
          tenantId: FIRST_TENANT,
          sessionId: `s${cid}`,
          deadline: ago - 2 + 60_000,
        });
        if (first === undefined) return;
        const meet: Command = { kind: 'meetDeadline', ...first };
        const result = await store.commit([meet, meet, { ...meet, deadline: meet.deadline - 1 }], foldBatch);
        expect(verdicts(result)).toEqual(['accepted', 'notDue', 'notDue']);
        expect((await store.findDueDeadlines(9)).map(({ workNumber }) => workNumber)).toEqual([bob, ann]);
        expect((await store.findAgent(cid))?.session?.state).toMatchObject({
          kind: 'resting',
          isReminded: true,
        });
      }));

    test('settings that change are kept, and a change of state leaves them alone [AS-15]', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const changes = {
          autoAnswer: false,
          takesContacts: false,
          customState: 7,
          selfRecording: { isOn: true, beforeTalking: false },
        };
        const change: Command = { ...becomeReady(session), kind: 'changeSettings', changes };
        await store.commit([signIn(session)], foldAt(1_000));
        await store.commit([change], foldAt(2_000));
        await store.commit([becomeNotReady(session, 200)], foldAt(3_000));
        expect((await store.findAgent(ann))?.session?.settings).toMatchObject(changes);
        expect(verdicts(await store.commit([then('offerContact')], foldAt(4_000)))).toEqual([
          'notPossibleNow',
        ]);
        await store.commit([becomeReady(session)], foldAt(5_000));
        expect(verdicts(await store.commit([then('offerContact')], foldAt(6_000)))).toEqual([
          'notPossibleNow',
        ]);
        await expectConsistent(database);
      }));

    test('[AS-17] a session takes another phone and frees the one it had', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const other = { workNumber: bob, session: 's2' };
        await store.commit(
          [signIn({ ...session, phone: '4001' }), signIn({ ...other, phone: '4002' })],
          foldAt(1_000),
        );
        const bind = (of: OfSession, number: string): Command => ({
          ...becomeReady(of),
          kind: 'bindPhone',
          phoneNumber: number as DirectoryNumber,
          trustsSilence: null,
        });
        const result = await store.commit(
          [bind(session, '4002'), bind(session, '4003'), bind(other, '4001'), bind(other, '4003')],
          foldAt(2_000),
        );
        expect(verdicts(result)).toEqual(['phoneInUse', 'accepted', 'accepted', 'phoneInUse']);
        const { phones } = await readTables(database);
        expect(phones.map(({ number, work_number: holder }) => [number, holder])).toEqual([
          ['4001', bob],
          ['4003', ann],
        ]);
        await expectConsistent(database);
      }));
  });
}
