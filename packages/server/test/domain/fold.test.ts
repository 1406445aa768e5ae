import type {
  DirectoryNumber,
  SessionId,
  TenantId,
  TokenHash,
  WorkNumber,
} from '@rollcall/contract/identifiers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentRecord, SignInSettings } from '../../src/domain/agent-session/agent-record.ts';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { decide } from '../../src/domain/agent-session/decide.ts';
import { type Changes, type FoldedBatch, foldBatch } from '../../src/domain/agent-session/fold.ts';
import { EMPTY_NOTE_BOX, type Note } from '../../src/domain/agent-session/note.ts';
import { emptyWorkingSet, type WorkingSet } from '../../src/domain/agent-session/working-set.ts';
import type { TenantPolicy } from '../../src/domain/tenant-policy.ts';

const TENANTS = [1, 2] as const;
const AGENTS = [101, 102, 103, 104, 105] as const;
const PHONES = ['40001', '40002', '99999'] as const;

const policies: Record<number, TenantPolicy> = {
  1: {
    displacement: 'allowed',
    phoneRange: { from: 40_000, to: 49_999 },
    phoneInUse: 'refuse',
    licence: { agentSeats: 2, videoSeats: 1 },
    // Short, so that sessions are suspect and over within the times below.
    lease: { lifeS: 3, attentionS: 1, pushAttentionS: 130, longestS: 4 },
    wrapUpLimitS: 1,
    wrapUpAfterHangUp: 'on',
  },
  2: {
    displacement: 'forbidden',
    phoneRange: null,
    phoneInUse: 'share',
    licence: { agentSeats: 1, videoSeats: 0 },
    lease: { lifeS: 3, attentionS: 1, pushAttentionS: 130, longestS: 4 },
    wrapUpLimitS: null,
    wrapUpAfterHangUp: 'off',
  },
};

const tenantOf = (workNumber: number) => (workNumber <= 103 ? 1 : 2) as TenantId;

function freshSet(): WorkingSet {
  return {
    ...emptyWorkingSet(),
    agents: new Map(
      AGENTS.map((workNumber) => [workNumber as WorkNumber, freshRecord(workNumber as WorkNumber)]),
    ),
    noteBoxes: new Map(AGENTS.map((workNumber) => [workNumber as WorkNumber, EMPTY_NOTE_BOX])),
    boards: new Map(TENANTS.map((tenantId) => [tenantId as TenantId, { head: 0, bulletins: [] }])),
    memberships: new Map(
      AGENTS.map((workNumber) => [workNumber as WorkNumber, { group: workNumber % 2, skillQueues: [] }]),
    ),
    policies: new Map(TENANTS.map((tenantId) => [tenantId as TenantId, policies[tenantId] as TenantPolicy])),
  };
}

function freshRecord(workNumber: WorkNumber): AgentRecord {
  const tenantId = tenantOf(workNumber);
  // Agent 105 is disabled.
  const enabled = workNumber !== (105 as WorkNumber);
  return {
    workNumber,
    tenantId,
    enabled,
    credentialVersion: 1,
    head: 0,
    changedAt: 0,
    bulletinsUpTo: 0,
    session: null,
  };
}

/** A command before it is known which session its caller would have. */
interface Wish {
  readonly workNumber: number;
  readonly what: Command['kind'];
  readonly forced: boolean;
  readonly phone: string | null;
  readonly seats: 'none' | 'agent' | 'agentAndVideo';
  readonly initialState: SignInSettings['initialState'];
  readonly reason: number;
  readonly prolong: boolean;
  readonly stale: boolean;
  readonly credentialVersion: number;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  workNumber: fc.constantFrom(...AGENTS, 999),
  what: fc.constantFrom(
    'signIn',
    'signIn',
    'signOut',
    'becomeReady',
    'becomeNotReady',
    'cancelNotReady',
    'rest',
    'cancelRest',
    'beginWrapUp',
    'endWrapUp',
    'offerContact',
    'offerContact',
    'answerContact',
    'endContact',
    'meetDeadline',
    'changeSettings',
    'recordAct',
    'deliverNote',
    'postBulletin',
    'takeBulletins',
    'tellOfWatched',
    'forceReady',
    'forceNotReady',
    'forceRest',
    'forceSignOut',
    'bindPhone',
    'endLease',
    'renewToken',
    'changePassword',
  ),
  forced: fc.boolean(),
  phone: fc.constantFrom(null, ...PHONES),
  seats: fc.constantFrom('none', 'agent', 'agentAndVideo'),
  initialState: fc.constantFrom('ready', 'notReady', 'wrapUp'),
  reason: fc.constantFrom(0, 200, 201),
  prolong: fc.boolean(),
  stale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  credentialVersion: fc.constantFrom(1, 1, 1, 2),
});

/** Turns wishes into commands: a session command names the newest session that its agent was ever promised. */
function commandsOf(wishes: readonly Wish[]): Command[] {
  const sessions = new Map<number, SessionId>();
  return wishes.map((each, index): Command => {
    const workNumber = each.workNumber as WorkNumber;
    const tenantId = tenantOf(workNumber);
    if (each.what === 'signIn') {
      const sessionId = `s${index}` as SessionId;
      if (!sessions.has(workNumber) || each.forced) sessions.set(workNumber, sessionId);
      const { forced, seats, credentialVersion } = each;
      const settings = {
        ...SETTINGS,
        phoneNumber: each.phone as DirectoryNumber | null,
        initialState: each.initialState,
      };
      const tokenHash = `t${index}` as TokenHash;
      const peerAddress = '127.0.0.1';
      return {
        kind: 'signIn',
        workNumber,
        tenantId,
        credentialVersion,
        forced,
        sessionId,
        tokenHash,
        seats,
        settings,
        node: 'node',
        mustChangePassword: false,
        trustsSilence: ALWAYS,
        peerAddress,
      };
    }
    const sessionId = each.stale
      ? ('gone' as SessionId)
      : (sessions.get(workNumber) ?? ('none' as SessionId));
    const { reason, prolong } = each;
    const base = { workNumber, tenantId, sessionId };
    switch (each.what) {
      case 'signOut':
        return { ...base, kind: each.what, forced: prolong, clientReason: reason === 0 ? null : reason };
      case 'changePassword': {
        const { credentialVersion } = each;
        return { ...base, kind: each.what, credentialVersion, passwordHash: `h${index}`, validForMs: null };
      }
      case 'renewToken': {
        const [shown, next] = ['shown', `t${index}`] as [TokenHash, TokenHash];
        return { ...base, kind: each.what, shown, next, when: prolong ? 'now' : 'whenDue' };
      }
      case 'becomeNotReady':
        return { ...base, kind: each.what, reason, prolong };
      case 'rest':
        return { ...base, kind: each.what, reason: reason % 199, forMs: 1_000, prolong };
      case 'meetDeadline':
        // Which deadline an agent has, only its record says: the times below make some of these the right ones.
        return { ...base, kind: each.what, deadline: 1_000 + reason };
      case 'forceReady':
      case 'forceNotReady':
      case 'forceRest':
      case 'forceSignOut': {
        const supervision = { workNumber, tenantId, by: 290 as WorkNumber, ifHead: prolong ? reason : null };
        return each.what === 'forceRest'
          ? { ...supervision, kind: each.what, reason: 1, forMs: 1_000 }
          : { ...supervision, kind: each.what };
      }
      case 'deliverNote': {
        return { workNumber, tenantId, kind: each.what, note: noteOf(index) };
      }
      case 'postBulletin': {
        const target = prolong ? ({ kind: 'everyone' } as const) : ({ kind: 'group', groupId: 1 } as const);
        return { ...base, kind: each.what, bulletin: { target, note: noteOf(index) } };
      }
      case 'takeBulletins':
        return { workNumber, tenantId, kind: each.what, upTo: 1 + (reason % 199) };
      case 'tellOfWatched': {
        const change = prolong ? 'signedIn' : 'signedOut';
        const agent = { agent: 104 as WorkNumber, name: 'Ann', textChat: each.forced };
        // The same ones come again, and again with later ones.
        const signIns = [1, 2, 3].map(
          (place) => ({ position: place + (reason % 199), change, ...agent }) as const,
        );
        return { ...base, kind: each.what, signIns };
      }
      case 'recordAct':
        return { ...base, kind: each.what, act: { kind: 'leaseSettingAsked', flag: 'true' } };
      case 'changeSettings':
        return { ...base, kind: each.what, changes: { takesContacts: prolong } };
      case 'bindPhone':
        return {
          ...base,
          kind: each.what,
          phoneNumber: (each.phone ?? '40001') as DirectoryNumber,
          trustsSilence: ALWAYS,
        };
      default:
        return { ...base, kind: each.what };
    }
  });
}

function noteOf(index: number): Note {
  return { from: 290 as WorkNumber, fromName: 'Ann', text: `note ${index}`, sentAt: 1, utcOffsetMs: 0 };
}

const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER };

const SETTINGS: SignInSettings = {
  phoneNumber: null,
  autoAnswer: true,
  autoEnterReady: true,
  releasePhone: true,
  agentType: 'pcAndPhone',
  initialState: 'ready',
  claimedIp: '127.0.0.1',
  entryAddress: null,
  phoneLinkage: false,
  registerTextChat: true,
  registerMail: false,
  videoNumber: null,
  watchSignIns: false,
};

const batches = fc.array(wish, { minLength: 1, maxLength: 40 }).map(commandsOf);

/** The seed of a run, printed so that ROLLCALL_SEED repeats it. */
const seed = Number(process.env.ROLLCALL_SEED ?? Date.now() % 2 ** 31);
const runs = { seed, numRuns: process.env.SCALE === 'full' ? 20_000 : 1_000 };
process.stdout.write(`fold properties: seed ${seed} (repeat with ROLLCALL_SEED=${seed})\n`);

function phonesOf(set: WorkingSet) {
  return new Map([...set.phoneHolders].map(([key, holders]) => [key, [...holders]]));
}

function snapshot(set: WorkingSet): string {
  const sorted = <Key, Value>(map: ReadonlyMap<Key, Value>) =>
    [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.stringify([
    sorted(set.agents),
    sorted(phonesOf(set)),
    sorted(set.seatsInUse),
    sorted(set.lifeSigns),
    sorted(set.noteBoxes),
    sorted(set.boards),
  ]);
}

describe('folding a batch', () => {
  it('a refused command changes nothing [TX-3]', () => {
    fc.assert(
      fc.property(batches, (commands) => {
        const set = freshSet();
        for (const command of commands) {
          const before = snapshot(set);
          const { outcomes, changes } = foldBatch(set, [command], 1_000);
          if (outcomes[0]?.kind === 'accepted') continue;
          expect(snapshot(set)).toBe(before);
          const { records, events, ended, audit, intervals } = changes;
          expect([records.size, events, ended, audit, intervals]).toEqual([0, [], [], [], []]);
        }
      }),
      runs,
    );
  });

  it('deciding leaves the working set as it was, accepted or not [TX-3]', () => {
    fc.assert(
      fc.property(batches, (commands) => {
        const set = freshSet();
        for (const command of commands) {
          const before = snapshot(set);
          decide(set, command, 1_000);
          expect(snapshot(set)).toBe(before);
          foldBatch(set, [command], 1_000);
        }
      }),
      runs,
    );
  });

  it('a batch of N is N batches of one [TX-17]', () => {
    fc.assert(
      fc.property(batches, (commands) => {
        const together = freshSet();
        const apart = freshSet();
        const whole = foldBatch(together, commands, 1_000);
        const singles = commands.map((command) => foldBatch(apart, [command], 1_000));
        expect(snapshot(together)).toBe(snapshot(apart));
        expect(whole.outcomes).toEqual(singles.flatMap(({ outcomes }) => outcomes));
        for (const part of [
          'events',
          'ended',
          'intervals',
          'audit',
          'replacedTokens',
          'newCredentials',
          'begunPushes',
          'bulletins',
        ] as const) {
          expect(whole.changes[part]).toEqual(
            singles.flatMap(({ changes }: FoldedBatch) => [...changes[part]]),
          );
        }
      }),
      runs,
    );
  });

  it("an agent's commands take effect in order of arrival, and other agents' order does not matter to it [TX-17]", () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(...AGENTS), (commands, workNumber) => {
        // Phones, seats and bulletins are what agents share; without them each agent's history is its own.
        const unshared = commands.filter(({ kind }) => kind !== 'postBulletin');
        const separate = unshared.map((command) =>
          command.kind === 'signIn'
            ? { ...command, seats: 'none' as const, settings: { ...command.settings, phoneNumber: null } }
            : command,
        );
        const own = separate.filter((command) => command.workNumber === workNumber);
        const amongOthers = foldBatch(freshSet(), separate, 1_000);
        const alone = foldBatch(freshSet(), own, 1_000);
        const ownEvents = ({ changes }: FoldedBatch) =>
          changes.events
            .filter(({ record }) => record.workNumber === workNumber)
            .map(({ sequence, event }) => [sequence, event]);
        expect(ownEvents(amongOthers)).toEqual(ownEvents(alone));
        const outcomes = amongOthers.outcomes.filter(
          (_, index) => separate[index]?.workNumber === workNumber,
        );
        expect(outcomes).toEqual(alone.outcomes);
      }),
      runs,
    );
  });

  it('positions are dense, sessions own ranges, claims agree with sessions [TX-5] [TX-6]', () => {
    fc.assert(
      fc.property(
        batches,
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 40, maxLength: 40 }),
        (commands, times) => {
          const set = freshSet();
          const all = commands.map((command, index) => foldBatch(set, [command], times[index] ?? 0).changes);
          for (const record of set.agents.values()) {
            const events = all.flatMap(({ events: each }) =>
              each.filter((event) => event.record.workNumber === record.workNumber),
            );
            expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
            expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
            expect(record.head).toBe(events.length);
            const ended = all.flatMap(({ ended: each }) =>
              each.filter(({ workNumber }) => workNumber === record.workNumber),
            );
            const ranges = ended.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence]);
            if (record.session !== null) ranges.push([record.session.firstSequence, record.head]);
            expect(
              ranges.flatMap(([first = 0, last = 0]) =>
                Array.from({ length: last - first + 1 }, (_, i) => first + i),
              ),
            ).toEqual(events.map(({ sequence }) => sequence));
            for (const [first] of ranges) expect(events[(first ?? 0) - 1]?.event.kind).toBe('agentSignedIn');
          }
          checkClaims(set, all);
        },
      ),
      runs,
    );
  });

  it('the intervals of each session go from its beginning to its end without gap or overlap [AT-1] [AT-2]', () => {
    fc.assert(
      fc.property(
        batches,
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 40, maxLength: 40 }),
        (commands, times) => {
          const set = freshSet();
          const all = commands.map((command, index) => foldBatch(set, [command], times[index] ?? 0).changes);
          const intervals = all.flatMap((each) => each.intervals);
          const sessions = all
            .flatMap((each) => each.ended)
            .map(({ id, signedInAt, endedAt }) => ({ id, from: signedInAt, to: endedAt }));
          for (const { session } of set.agents.values()) {
            if (session) sessions.push({ id: session.id, from: session.signedInAt, to: session.stateSince });
          }
          for (const { id, from, to } of sessions) {
            const own = intervals.filter(({ sessionId }) => sessionId === id);
            const bounds = own.flatMap(({ beganAt, endedAt }) => [beganAt, endedAt]);
            expect([from, ...bounds, to]).toEqual([from, ...bounds, to].toSorted((a, b) => a - b));
            const lengthMs = own.reduce((sum, { beganAt, endedAt }) => sum + endedAt - beganAt, 0);
            expect(lengthMs).toBe(to - from);
          }
          const known = new Set(sessions.map(({ id }) => id));
          expect(intervals.filter(({ sessionId }) => !known.has(sessionId))).toEqual([]);
        },
      ),
      runs,
    );
  });
});

function checkClaims(set: WorkingSet, all: readonly Changes[]): void {
  const sessions = [...set.agents.values()].flatMap((record) =>
    record.session === null ? [] : [{ record, session: record.session }],
  );
  const held = sessions.flatMap(({ record, session }) =>
    session.settings.phoneNumber === null
      ? []
      : [[`${record.tenantId}/${session.settings.phoneNumber}`, record.workNumber]],
  );
  const lost = new Map<string, string>();
  for (const { workNumber, sessionId, act } of all.flatMap(({ audit }) => audit)) {
    if (act.kind !== 'signIn' && act.kind !== 'phoneBound') continue;
    lost.delete(String(workNumber));
    const losers = act.kind === 'signIn' ? (act.phoneTakenFrom ?? []) : act.takenFrom;
    for (const loser of losers) lost.set(String(loser), sessionId);
  }
  const kept = held.filter(([, workNumber]) => !lost.has(String(workNumber)));
  const holding = [...set.phoneHolders].flatMap(([key, holders]) =>
    [...holders.keys()].map((workNumber) => [key, workNumber]),
  );
  expect(holding.toSorted()).toEqual(kept.toSorted());
  for (const [key, holders] of set.phoneHolders) {
    if (key.startsWith('1/')) expect([...holders.values()]).toEqual(['alone']);
  }
  expect([...set.lifeSigns].map(([workNumber, { sessionId }]) => [workNumber, sessionId]).toSorted()).toEqual(
    sessions.map(({ record, session }) => [record.workNumber, session.id]).toSorted(),
  );
  for (const tenantId of TENANTS) {
    const seats = sessions
      .filter(({ record }) => record.tenantId === (tenantId as TenantId))
      .map(({ session }) => session.seats);
    const used = set.seatsInUse.get(tenantId as TenantId) ?? { agent: 0, video: 0 };
    expect(used).toEqual({
      agent: seats.filter((claim) => claim !== 'none').length,
      video: seats.filter((claim) => claim === 'agentAndVideo').length,
    });
    expect(used.agent).toBeLessThanOrEqual(policies[tenantId]?.licence.agentSeats ?? 0);
    expect(used.video).toBeLessThanOrEqual(policies[tenantId]?.licence.videoSeats ?? 0);
  }
}
