import type { WorkNumber } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { LEDGER_BEGIN, LedgerCheck } from '../../src/domain/agent-time/ledger-check.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  becomeNotReady,
  becomeReady,
  FIRST_TENANT,
  foldAt,
  rest,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
} from '../support/store-fixture.ts';
import type { StoreUnderTest, WithStore } from './store-under-test.ts';

const [ann, bob] = [agentNumber(0), agentNumber(1)];
const EVER = Number.MAX_SAFE_INTEGER;

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

/** Ann: ready 1000 to 2000, not ready to 3000, gone until 5000, ready to 6000, resting since. Bob: ready since 1500. */
async function work(store: Store): Promise<void> {
  const [first, second] = ['s1', 's2'].map((session) => ({ workNumber: ann, session })) as [Of, Of];
  const steps: (readonly [number, Command])[] = [
    [1_000, signIn(first)],
    [1_500, signIn({ workNumber: bob, session: 's3' })],
    [2_000, becomeNotReady(first, 200)],
    [3_000, signOut(first)],
    [5_000, signIn(second)],
    [6_000, rest(second)],
  ];
  for (const [at, command] of steps) await store.commit([command], foldAt(at));
}

type Of = { readonly workNumber: WorkNumber; readonly session: string };

/** Reads of agents' time, as both stores do them. */
export function describeAgentTime(withStore: WithStore): void {
  describe("agents' time", () => {
    test('[AT-4] an agent is read with its record and every interval that overlaps the range, in order', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await work(store);
        const begins = async (from: number, to: number, limit = 9) => {
          const time = await store.readAgentTime({ workNumber: ann, from, to, limit });
          expect(time?.record).toEqual(await store.findAgent(ann));
          return time?.closed.map(({ beganAt }) => beganAt);
        };
        expect(await begins(0, EVER)).toEqual([1_000, 2_000, 5_000]);
        expect(await begins(0, EVER, 2)).toEqual([1_000, 2_000]);
        expect(await begins(1_500, 5_001)).toEqual([1_000, 2_000, 5_000]);
        expect(await begins(1_999, 5_000)).toEqual([1_000, 2_000]);
        expect(await begins(2_000, 2_001)).toEqual([2_000]);
        expect(await begins(2_500, 2_600)).toEqual([2_000]);
        expect(await begins(3_000, 5_000)).toEqual([]);
        expect(await begins(0, 1_000)).toEqual([]);
        expect(await begins(6_000, EVER)).toEqual([]);
        const time = await store.readAgentTime({ workNumber: ann, from: 2_500, to: 2_600, limit: 1 });
        expect(time?.closed).toEqual([
          {
            workNumber: ann,
            tenantId: FIRST_TENANT,
            sessionId: 's1',
            state: 'notReady',
            reason: 200,
            beganAt: 2_000,
            endedAt: 3_000,
          },
        ]);
        const nobody = { workNumber: agentNumber(7), from: 0, to: EVER, limit: 1 };
        expect(await store.readAgentTime(nobody)).toBeUndefined();
      }));

    test('[AT-5] what is read is of one moment, however often the agent changes meanwhile', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const reader = await database.open();
        const session = { workNumber: ann, session: 's1' };
        await store.commit([signIn(session)], foldAt(1_000));
        let isOver = false;
        let reads = 0;
        const reading = (async () => {
          while (!isOver) {
            const time = await reader.readAgentTime({ workNumber: ann, from: 0, to: EVER, limit: 1_000 });
            expect(time?.closed.at(-1)?.endedAt ?? 1_000).toBe(time?.record.session?.stateSince);
            const check = new LedgerCheck(0);
            expect(check.take(await reader.readLedger(wholeLedger(ann)))).toEqual([]);
            expect(check.isDone).toBe(true);
            reads++;
            await new Promise(setImmediate);
          }
        })();
        for (let at = 2_000; at < 2_200; at++) {
          await store.commit([at % 2 === 0 ? becomeNotReady(session) : becomeReady(session)], foldAt(at));
          await new Promise(setImmediate);
        }
        isOver = true;
        await reading;
        expect(reads).toBeGreaterThan(1);
      }));

    test("[AT-7] an agent's ledger is read in portions, each going on where the last was looked through", () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await work(store);
        const whole = await store.readLedger(wholeLedger(ann));
        expect(whole.marks.map(({ kind, sessionId, at }) => [kind, sessionId, at])).toEqual([
          ['signIn', 's1', 1_000],
          ['signOut', 's1', 3_000],
          ['signIn', 's2', 5_000],
        ]);
        expect(whole.intervals.map(({ beganAt }) => beganAt)).toEqual([1_000, 2_000, 5_000]);
        expect([whole.hasMoreMarks, whole.hasMoreIntervals]).toEqual([false, false]);
        expect(whole.live).toEqual((await store.findAgent(ann))?.session);
        const check = new LedgerCheck(0);
        let portions = 0;
        while (!check.isDone) {
          portions++;
          const portion = await store.readLedger({ ...wholeLedger(ann), after: check.place, limit: 1 });
          expect([portion.marks.length, portion.intervals.length].every((length) => length <= 1)).toBe(true);
          expect(check.take(portion)).toEqual([]);
        }
        expect(check.counts).toEqual({ sessions: 2, intervals: 3 });
        expect(portions).toBeGreaterThan(3);
      }));

    test('[AT-7] marks of one moment come in the order in which they were written', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = (name: string) => ({ workNumber: ann, session: name });
        await store.commit([signIn(session('s1'))], foldAt(1_000));
        const forced = signIn({ ...session('s2'), forced: true });
        await store.commit([forced, signOut(session('s2')), signIn(session('s3'))], foldAt(1_000));
        const { marks } = await store.readLedger(wholeLedger(ann));
        expect(marks.map(({ kind, sessionId }) => `${kind} ${sessionId}`)).toEqual([
          'signIn s1',
          'signOut s1',
          'signIn s2',
          'signOut s2',
          'signIn s3',
        ]);
        const [, , third] = marks;
        if (third === undefined) return;
        const after = { ...LEDGER_BEGIN, markAt: third.at, markPlace: third.place };
        const rest = await store.readLedger({ ...wholeLedger(ann), after });
        expect(rest.marks).toEqual(marks.slice(3));
      }));

    test('[AT-7] every agent is found once, and so are intervals of nobody; it is known since when they are kept', () =>
      withStore(async (database) => {
        const before = Date.now();
        const store = await openSite(database);
        const stranger = agentNumber(50);
        await database.query(
          `INSERT INTO agent_interval (work_number, began_at, ended_at, tenant_id, session_id, state, reason)
           VALUES (${stranger}, 1, 2, 1, 's', 'ready', NULL)`,
        );
        const found: WorkNumber[] = [];
        for (;;) {
          const next = await store.findNextInLedger(found.at(-1) ?? 0);
          if (next === undefined) break;
          found.push(next);
        }
        expect(found).toEqual([ann, bob, stranger]);
        expect((await store.readLedger(wholeLedger(stranger))).live).toBeNull();
        // The database of a test may be a copy of one that was migrated earlier in the run.
        const start = await store.findLedgerStart();
        expect(start).toBeGreaterThan(before - 3_600_000);
        expect(start).toBeLessThan(before + 60_000);
      }));
  });
}

function wholeLedger(workNumber: WorkNumber) {
  return { workNumber, after: LEDGER_BEGIN, limit: 1_000 };
}
