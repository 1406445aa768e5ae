import type { SessionId, WorkNumber } from '@rollcall/contract/identifiers';
import { describe, expect, test } from 'vitest';
import { UNCHANGED_SETTINGS } from '../../src/domain/agent-session/agent-record.ts';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type BatchResult, type Fold, UniqueConstraintFault } from '../../src/storage/agent-store.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  becomeNotReady,
  becomeReady,
  FIRST_TENANT,
  foldAt,
  SECOND_TENANT,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  tokenHash,
  verdicts,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const [ann, bob, cid] = [agentNumber(0), agentNumber(1), agentNumber(2)];
/** An agent of the second tenant. */
const dee = agentNumber(3);
const WHOLE_LOG = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 1_000 };

/** A store with a site of two tenants: Ann, Bob and Cid in the first, Dee in the second. */
async function openSite(database: StoreUnderTest): Promise<Store> {
  const store = await database.open();
  await store.saveSite([
    siteTenant(FIRST_TENANT, [siteAgent(ann), siteAgent(bob), siteAgent(cid)], {
      licence: { agentSeats: 2, videoSeats: 1 },
    }),
    siteTenant(SECOND_TENANT, [siteAgent(dee)]),
  ]);
  return store;
}

function committed(result: BatchResult) {
  if (result.kind !== 'committed') throw new TypeError('the batch is of unknown outcome');
  return result;
}

async function kindsInLog(store: Store, workNumber: WorkNumber): Promise<string[]> {
  return (await store.readEvents({ workNumber, ...WHOLE_LOG })).map(({ event }) => event.kind);
}

/** The suite that both stores are held to, through the ports alone. */
export function describeAgentStore(withStore: WithStore): void {
  describe('one command', () => {
    test('[TX-12] a sign-in makes a live session that its token finds', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const command = signIn({ workNumber: ann, session: 's1', phone: '4001', seats: 'agent' });
        const result = committed(await store.commit([command], foldAt(5_000)));
        expect(verdicts(result)).toEqual(['accepted']);
        expect(await store.findTokenOwner(tokenHash('s1'))).toBe(ann);
        expect(await store.findTokenOwner(tokenHash('s2'))).toBeUndefined();
        const record = await store.findAgent(ann);
        expect(record).toEqual(result.changes.records.get(ann));
        expect(record).toMatchObject({
          head: 2,
          changedAt: 5_000,
          session: {
            id: 's1',
            signedInAt: 5_000,
            firstSequence: 1,
            state: { kind: 'ready' },
            seats: 'agent',
          },
        });
        expect(record?.session?.settings).toEqual({
          ...command.settings,
          ...UNCHANGED_SETTINGS,
          node: 'node',
          mustChangePassword: false,
        });
        await expectConsistent(database);
      }));

    test('[TX-12] a sign-out ends it: the live token is gone, the ended session is found by token and by id', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = { workNumber: ann, session: 's1' };
        await store.commit([signIn({ ...session, phone: '4001', seats: 'agentAndVideo' })], foldAt(1_000));
        const result = await store.commit([signOut(session)], foldAt(2_000));
        expect(verdicts(result)).toEqual(['accepted']);
        expect(await store.findTokenOwner(tokenHash('s1'))).toBeUndefined();
        expect((await store.findAgent(ann))?.session).toBeNull();
        const ended = await store.findEndedSession(ann, tokenHash('s1'));
        expect(ended).toEqual({
          id: 's1',
          workNumber: ann,
          tokenHash: tokenHash('s1'),
          signedInAt: 1_000,
          endedAt: 2_000,
          reason: 'bySelf',
          firstSequence: 1,
          lastSequence: 3,
        });
        expect(await store.findEndedSessionById(signOut(session).sessionId)).toEqual(ended);
        expect(await store.findEndedSession(bob, tokenHash('s1'))).toBeUndefined();
        expect(await readTables(database)).toMatchObject({ phones: [] });
        await expectConsistent(database);
      }));

    test('[TX-5] a displaced session ends in the log before the new one begins', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 's1', phone: '4001' })], foldAt(1_000));
        const displacing = signIn({ workNumber: ann, session: 's2', phone: '4001', forced: true });
        await store.commit([displacing], foldAt(2_000));
        expect(await kindsInLog(store, ann)).toEqual([
          'agentSignedIn',
          'signInReadyAnnounced',
          'agentSignedOut',
          'agentSignedIn',
          'signInReadyAnnounced',
        ]);
        const ended = await store.findEndedSession(ann, tokenHash('s1'));
        expect(ended).toMatchObject({ firstSequence: 1, lastSequence: 3, reason: 'displaced' });
        expect((await store.findAgent(ann))?.session?.firstSequence).toBe(4);
        await expectConsistent(database);
      }));

    test('a change of state is read back as it was written, with pending and reason', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = { workNumber: ann, session: 's1' };
        await store.commit([signIn({ ...session, initialState: 'wrapUp' })], foldAt(1_000));
        const pending = committed(await store.commit([becomeNotReady(session, 207)], foldAt(2_000)));
        expect((await store.findAgent(ann))?.session?.state).toEqual({
          kind: 'wrapUp',
          until: null,
          pending: { kind: 'notReady', reason: 207 },
        });
        // No event tells of a pending state, so the feed stays where it was.
        expect(pending.feedHeads).toEqual(new Map());
        await store.commit([becomeReady(session), becomeNotReady(session, 211)], foldAt(3_000));
        const record = await store.findAgent(ann);
        expect(record?.session).toMatchObject({
          state: { kind: 'notReady', reason: 211 },
          stateSince: 3_000,
        });
        await expectConsistent(database);
      }));
  });

  describe('a batch', () => {
    test('[TX-17] two commands of one agent see each other', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = { workNumber: ann, session: 's1' };
        const result = await store.commit(
          [
            becomeReady(session),
            signIn(session),
            becomeNotReady(session, 201),
            becomeNotReady(session, 201),
            signOut(session),
            becomeReady(session),
          ],
          foldBatch,
        );
        expect(verdicts(result)).toEqual([
          'sessionOver',
          'accepted',
          'accepted',
          'notPossibleNow',
          'accepted',
          'sessionOver',
        ]);
        expect(await store.findAgent(ann)).toMatchObject({ head: 4, session: null });
        await expectConsistent(database);
      }));

    test('[TX-17] a phone that one agent frees is taken by another, and two agents exchange theirs', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const [annOld, bobOld] = [
          { workNumber: ann, session: 'a1' },
          { workNumber: bob, session: 'b1' },
        ];
        await store.commit(
          [signIn({ ...annOld, phone: '4001' }), signIn({ ...bobOld, phone: '4002' })],
          foldBatch,
        );
        const result = await store.commit(
          [
            signIn({ workNumber: cid, session: 'c1', phone: '4001' }),
            signOut(annOld),
            signOut(bobOld),
            signIn({ workNumber: ann, session: 'a2', phone: '4002' }),
            signIn({ workNumber: bob, session: 'b2', phone: '4001' }),
          ],
          foldBatch,
        );
        expect(verdicts(result)).toEqual(['phoneInUse', 'accepted', 'accepted', 'accepted', 'accepted']);
        const phones = await database.query('SELECT number, work_number FROM phone ORDER BY number');
        expect(phones).toEqual([
          { number: '4001', work_number: bob },
          { number: '4002', work_number: ann },
        ]);
        await expectConsistent(database);
      }));

    test('[TX-11] seats are counted within the batch, and a seat freed in it is taken in it', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const seated = (workNumber: WorkNumber, session: string) =>
          signIn({ workNumber, session, seats: 'agent' });
        const result = await store.commit(
          [
            signIn({ workNumber: ann, session: 'a1', seats: 'agentAndVideo' }),
            signIn({ workNumber: bob, session: 'b1', seats: 'agentAndVideo' }),
            seated(bob, 'b2'),
            seated(cid, 'c1'),
            signOut({ workNumber: ann, session: 'a1' }),
            seated(cid, 'c2'),
          ],
          foldBatch,
        );
        expect(verdicts(result)).toEqual([
          'accepted',
          'seatsExhausted',
          'accepted',
          'seatsExhausted',
          'accepted',
          'accepted',
        ]);
        await expectConsistent(database);
        const [licence] = await database.query(
          'SELECT agent_used, video_used FROM licence WHERE tenant_id = 1',
        );
        expect(licence).toEqual({ agent_used: 2, video_used: 0 });
      }));

    test('[TX-11] a seat that an earlier batch took is freed by a displacing sign-in that takes none', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 'a1', seats: 'agentAndVideo' })], foldBatch);
        await store.commit([signIn({ workNumber: ann, session: 'a2', forced: true })], foldBatch);
        const [licence] = await database.query(
          'SELECT agent_used, video_used FROM licence WHERE tenant_id = 1',
        );
        expect(licence).toEqual({ agent_used: 0, video_used: 0 });
        await expectConsistent(database);
      }));

    test('[TX-3] refused commands change nothing at all', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 'a1', phone: '4001' })], foldAt(1_000));
        const before = await readTables(database);
        const result = committed(
          await store.commit(
            [
              signIn({ workNumber: ann, session: 'a2', phone: '4002' }),
              signIn({ workNumber: bob, session: 'b1', phone: '4001' }),
              signIn({ workNumber: cid, session: 'c1', phone: '4003', tenantId: SECOND_TENANT }),
              signIn({ workNumber: agentNumber(900), session: 'x1', phone: '4004' }),
              signOut({ workNumber: ann, session: 'a0' }),
            ],
            foldAt(2_000),
          ),
        );
        expect(verdicts(result)).toEqual([
          'alreadySignedIn',
          'phoneInUse',
          'credentialChanged',
          'credentialChanged',
          'sessionOver',
        ]);
        expect(result.feedHeads).toEqual(new Map());
        expect(await readTables(database)).toEqual(before);
      }));

    test('[TX-3] a batch whose fold throws leaves nothing behind, and the store goes on', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const fault = new RangeError('of the test');
        const throwing: Fold = () => {
          throw fault;
        };
        const command = signIn({ workNumber: ann, session: 'a1', phone: '4001' });
        await expect(store.commit([command], throwing)).rejects.toBe(fault);
        // What the next batch commits must hold nothing of the one that failed.
        expect(verdicts(await store.commit([signIn({ workNumber: bob, session: 'b1' })], foldBatch))).toEqual(
          ['accepted'],
        );
        await expectConsistent(database);
        expect(verdicts(await store.commit([command], foldBatch))).toEqual(['accepted']);
      }));

    test('[TX-4] positions are dense for each agent and for each tenant, in the order of the commands', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const first = committed(
          await store.commit(
            [
              signIn({ workNumber: bob, session: 'b1' }),
              signIn({ workNumber: dee, session: 'd1', tenantId: SECOND_TENANT }),
              signIn({ workNumber: ann, session: 'a1' }),
            ],
            foldBatch,
          ),
        );
        expect(first.feedHeads).toEqual(
          new Map([
            [FIRST_TENANT, 4],
            [SECOND_TENANT, 2],
          ]),
        );
        const second = committed(
          await store.commit([becomeReady({ workNumber: bob, session: 'b1' })], foldBatch),
        );
        expect(second.feedHeads).toEqual(new Map([[FIRST_TENANT, 5]]));
        const feed = await database.query(
          'SELECT work_number, sequence FROM agent_event WHERE tenant_id = 1 ORDER BY feed_sequence',
        );
        expect(feed.map(({ work_number: agent, sequence }) => [agent, sequence])).toEqual([
          [bob, 1],
          [bob, 2],
          [ann, 1],
          [ann, 2],
          [bob, 3],
        ]);
        await expectConsistent(database);
      }));

    test('[TX-6] the time of a batch is the store clock, and an agent whose last change is later keeps that', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = { workNumber: ann, session: 'a1' };
        let batchTime = 0;
        const before = Date.now();
        await store.commit([signIn(session)], (set, commands, now) => {
          batchTime = now;
          return foldBatch(set, commands, now);
        });
        // Stores and test run on one machine; a millisecond is lost where a clock is rounded down.
        expect(batchTime).toBeGreaterThanOrEqual(before - 1);
        expect(batchTime).toBeLessThanOrEqual(Date.now());
        expect(Number.isInteger(batchTime)).toBe(true);
        await store.commit([becomeReady(session)], foldAt(batchTime - 60_000));
        expect((await store.findAgent(ann))?.changedAt).toBe(batchTime);
        const log = await store.readEvents({ workNumber: ann, ...WHOLE_LOG });
        expect(log.map(({ at }) => at)).toEqual([batchTime, batchTime, batchTime]);
      }));

    test('an empty batch is committed as nothing', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        expect(verdicts(await store.commit([], foldBatch))).toEqual([]);
      }));

    test('[TX-13] every begin and end of a session leaves a line in the audit trail', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 'a1', phone: '4001' })], foldAt(1_000));
        await store.commit([signIn({ workNumber: ann, session: 'a2', forced: true })], foldAt(2_000));
        await store.commit([signOut({ workNumber: ann, session: 'a2' })], foldAt(3_000));
        const { audit } = await readTables(database);
        expect(audit.map(({ session_id: id, at, act }) => [id, at, JSON.parse(String(act))])).toMatchObject([
          ['a1', 1_000, { kind: 'signIn', forced: false, settings: { phoneNumber: '4001' } }],
          ['a1', 2_000, { kind: 'signOut', reason: 'displaced' }],
          ['a2', 2_000, { kind: 'signIn', forced: true }],
          ['a2', 3_000, { kind: 'signOut', reason: 'bySelf' }],
        ]);
      }));
  });

  describe('constraints', () => {
    test('[TX-7] a token that two sessions share fires one: nothing of the batch is written', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await store.commit([signIn({ workNumber: ann, session: 'a1' })], foldBatch);
        const before = await readTables(database);
        const twin = {
          ...signIn({ workNumber: bob, session: 'b1', phone: '4002' }),
          tokenHash: tokenHash('a1'),
        };
        const batch = [becomeReady({ workNumber: ann, session: 'a1' }), twin];
        await expect(store.commit(batch, foldBatch)).rejects.toThrow(UniqueConstraintFault);
        expect(await readTables(database)).toEqual(before);
        const alone = await store.commit([becomeReady({ workNumber: ann, session: 'a1' })], foldBatch);
        expect(verdicts(alone)).toEqual(['accepted']);
      }));

    test('[TX-7] a position that is taken fires one: a second writer past the locks cannot go unseen', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await database.query(
          `INSERT INTO agent_event (tenant_id, feed_sequence, work_number, sequence, at, event)
           VALUES (1, 77, ${ann}, 2, 0, 'planted')`,
        );
        const before = await readTables(database);
        const command = signIn({ workNumber: ann, session: 'a1', phone: '4001', seats: 'agent' });
        await expect(store.commit([command], foldBatch)).rejects.toThrow(UniqueConstraintFault);
        expect(await readTables(database)).toEqual(before);
      }));

    test('[TX-7] a second phone of one agent fires one', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        await database.query(
          `INSERT INTO phone (tenant_id, number, work_number, shared) VALUES (1, '4009', ${ann}, 0)`,
        );
        const before = await readTables(database);
        const command = signIn({ workNumber: ann, session: 'a1', phone: '4001' });
        await expect(store.commit([command], foldBatch)).rejects.toThrow(UniqueConstraintFault);
        expect(await readTables(database)).toEqual(before);
      }));
  });

  describe('reading', () => {
    test('a part of a log: after is excluded, upTo included, and the limit holds', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const session = { workNumber: ann, session: 'a1' };
        await store.commit(
          [signIn(session), ...Array.from({ length: 6 }, () => becomeReady(session))],
          foldBatch,
        );
        const sequences = async (range: { after: number; upTo: number; limit: number }) =>
          (await store.readEvents({ workNumber: ann, ...range })).map(({ sequence }) => sequence);
        expect(await sequences({ after: 2, upTo: 5, limit: 100 })).toEqual([3, 4, 5]);
        expect(await sequences({ after: 2, upTo: 8, limit: 2 })).toEqual([3, 4]);
        expect(await sequences({ after: 8, upTo: 100, limit: 2 })).toEqual([]);
      }));

    test('[LE-4] a lease that was found due goes on when its session has shown a sign since', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const longAgo = systemClock.wallMs() - 130_000;
        await store.commit(
          [ann, bob].map((workNumber) => signIn({ workNumber, session: `s${workNumber}` })),
          foldAt(longAgo),
        );
        const due = await store.findDueLeases(0, 10);
        expect(new Set(due.map(({ workNumber }) => workNumber))).toEqual(new Set([ann, bob]));
        const sign = { workNumber: ann, sessionId: `s${ann}` as SessionId };
        await store.saveLifeSigns([{ ...sign, seenAgoMs: 0, readAgoMs: null }]);
        const ends = due.toSorted((one, other) => one.workNumber - other.workNumber);
        const result = await store.commit(
          ends.map((lease) => ({ kind: 'endLease', ...lease })),
          foldBatch,
        );
        expect(verdicts(result)).toEqual(['notDue', 'accepted']);
        expect(await kindsInLog(store, ann)).not.toContain('agentSignedOut');
        await expectConsistent(database);
      }));

    test('[TX-12] ended sessions are pruned by age, at most as many as asked, the oldest first', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        for (const [index, workNumber] of [ann, bob, cid].entries()) {
          const session = { workNumber, session: `s${index}` };
          await store.commit([signIn(session)], foldAt(1_000));
          await store.commit([signOut(session)], foldAt(2_000 + index));
        }
        expect(await store.pruneEndedSessions(2_002, 1)).toBe(1);
        expect(await store.findEndedSession(ann, tokenHash('s0'))).toBeUndefined();
        expect(await store.pruneEndedSessions(2_002, 100)).toBe(1);
        expect(await store.pruneEndedSessions(2_002, 100)).toBe(0);
        expect(await store.findEndedSession(bob, tokenHash('s1'))).toBeUndefined();
        expect(await store.findEndedSession(cid, tokenHash('s2'))).toMatchObject({ endedAt: 2_002 });
      }));

    test('[TX-9] another store on the same database sees what was committed, and reopening keeps it', () =>
      withStore(async (database) => {
        const store = await openSite(database);
        const other = await database.open();
        const session = { workNumber: ann, session: 'a1' };
        await store.commit([signIn({ ...session, phone: '4001', seats: 'agent' })], foldBatch);
        expect(await other.findAgent(ann)).toEqual(await store.findAgent(ann));
        const refused = await other.commit(
          [signIn({ workNumber: bob, session: 'b1', phone: '4001' })],
          foldBatch,
        );
        expect(verdicts(refused)).toEqual(['phoneInUse']);
        const expected = await store.findAgent(ann);
        await store.close();
        await other.close();
        const reopened = await database.open();
        expect(await reopened.findAgent(ann)).toEqual(expected);
        expect(await kindsInLog(reopened, ann)).toEqual(['agentSignedIn', 'signInReadyAnnounced']);
        expect(verdicts(await reopened.commit([signOut(session)], foldBatch))).toEqual(['accepted']);
        await expectConsistent(database);
      }));
  });
}
