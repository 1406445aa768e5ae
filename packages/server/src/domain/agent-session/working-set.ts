import type { DirectoryNumber, SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentRecord, SeatClaim } from './agent-record.ts';
import { type BulletinBoard, type Membership, putUp } from './bulletin.ts';
import type { Accepted, PhoneClaim, PhoneHold } from './decision.ts';
import type { NoteBox } from './note.ts';

/** Seats in use of one tenant. */
export interface SeatCounters {
  readonly agent: number;
  readonly video: number;
}

/** When a session last showed that its client is there, and how long that counts. Times are epoch ms. */
export interface LifeSign {
  readonly sessionId: SessionId;
  /** Last request of the session. */
  readonly seenAt: number;
  /** Last time its events were read. */
  readonly readAt: number;
  readonly lifeMs: number;
  readonly attentionMs: number;
  /** The session ends then, whatever its client does. */
  readonly limitAt: number;
}

/** Who holds one phone, and how. */
export type PhoneHolders = ReadonlyMap<WorkNumber, PhoneHold>;

/** What one batch has locked and loaded. `decide` reads it; only `applyDecision` changes it. */
export interface WorkingSet {
  readonly agents: Map<WorkNumber, AgentRecord>;
  /** Who holds each phone that the batch has locked; a phone nobody holds is absent. */
  readonly phoneHolders: Map<PhoneKey, PhoneHolders>;
  readonly seatsInUse: Map<TenantId, SeatCounters>;
  readonly policies: Map<TenantId, TenantPolicy>;
  /** Of those who sign in, of those who hold a phone that is asked for, and of those whose lease may be over. */
  readonly lifeSigns: Map<WorkNumber, LifeSign>;
  /** Of those who sign in or are sent a note. */
  readonly noteBoxes: Map<WorkNumber, NoteBox>;
  /** Of the tenants whose agents sign in, post bulletins or are given them. */
  readonly boards: Map<TenantId, BulletinBoard>;
  /** Of those who may be given a bulletin. */
  readonly memberships: Map<WorkNumber, Membership>;
}

export function emptyWorkingSet(): WorkingSet {
  return {
    agents: new Map(),
    phoneHolders: new Map(),
    seatsInUse: new Map(),
    policies: new Map(),
    lifeSigns: new Map(),
    noteBoxes: new Map(),
    boards: new Map(),
    memberships: new Map(),
  };
}

/** The tenant's rules; throws where the batch did not load them. */
export function policyOf({ policies }: WorkingSet, tenantId: TenantId): TenantPolicy {
  const policy = policies.get(tenantId);
  if (policy === undefined)
    throw new TypeError('this cannot happen: a command without the policy that it needs');
  return policy;
}

/** Key of a phone in a working set: phones are unique within a tenant. */
export type PhoneKey = `${number}/${string}`;

export function phoneKey(tenantId: TenantId, number: DirectoryNumber): PhoneKey {
  return `${tenantId}/${number}`;
}

/**
 * Puts an agent's new record in place, with the phone and the seats that it holds and no longer holds.
 *
 * @param now epoch ms of the batch. Signs of life go by it: the agent's own time may be ahead of it (rule TX-6).
 */
export function applyDecision(
  set: WorkingSet,
  { record, phone, noteBox, posted }: Accepted,
  now: number,
): void {
  const before = set.agents.get(record.workNumber);
  const isSameSession = before?.session?.id === record.session?.id;
  if (!isSameSession) {
    freePhone(set, before);
    set.lifeSigns.delete(record.workNumber);
    addSeats(set, record.tenantId, { claim: before?.session?.seats ?? 'none', sign: -1 });
    addSeats(set, record.tenantId, { claim: record.session?.seats ?? 'none', sign: 1 });
    beginLife(set, record, now);
  }
  if (phone !== undefined) {
    if (isSameSession) freePhone(set, before);
    takePhone(set, record, phone);
  }
  if (noteBox !== undefined) set.noteBoxes.set(record.workNumber, noteBox);
  if (posted !== undefined) putUp(set.boards, record.tenantId, posted);
  set.agents.set(record.workNumber, record);
}

/** The phone that the ended session asked for; another may have taken it over meanwhile. */
function freePhone(set: WorkingSet, record: AgentRecord | undefined): void {
  const number = record?.session?.settings.phoneNumber ?? null;
  if (record === undefined || number === null) return;
  const key = phoneKey(record.tenantId, number);
  setHolders(
    set,
    key,
    [...(set.phoneHolders.get(key) ?? [])].filter(([holder]) => holder !== record.workNumber),
  );
}

function takePhone(set: WorkingSet, record: AgentRecord, { number, hold, takenFrom }: PhoneClaim): void {
  const key = phoneKey(record.tenantId, number);
  const kept = [...(set.phoneHolders.get(key) ?? [])].filter(([holder]) => !takenFrom.includes(holder));
  setHolders(set, key, [...kept, [record.workNumber, hold]]);
}

function setHolders(set: WorkingSet, key: PhoneKey, holders: [WorkNumber, PhoneHold][]): void {
  if (holders.length === 0) set.phoneHolders.delete(key);
  else set.phoneHolders.set(key, new Map(holders));
}

/** A session lives from its sign-in on; how long without a sign, its tenant's policy says then (rule LE-2). */
function beginLife(set: WorkingSet, { session, tenantId, workNumber }: AgentRecord, now: number): void {
  const lease = set.policies.get(tenantId)?.lease;
  if (session === null || lease === undefined) return;
  set.lifeSigns.set(workNumber, {
    sessionId: session.id,
    seenAt: now,
    readAt: now,
    lifeMs: lease.lifeS * 1_000,
    attentionMs: (session.settings.eventPush === undefined ? lease.attentionS : lease.pushAttentionS) * 1_000,
    limitAt: now + lease.longestS * 1_000,
  });
}

function addSeats(set: WorkingSet, tenantId: TenantId, change: { claim: SeatClaim; sign: 1 | -1 }): void {
  if (change.claim === 'none') return;
  const used = set.seatsInUse.get(tenantId) ?? { agent: 0, video: 0 };
  set.seatsInUse.set(tenantId, {
    agent: used.agent + change.sign,
    video: used.video + (change.claim === 'agentAndVideo' ? change.sign : 0),
  });
}
