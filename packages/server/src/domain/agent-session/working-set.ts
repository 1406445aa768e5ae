import type { DirectoryNumber, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentRecord, SeatClaim } from './agent-record.ts';

/** Seats in use of one tenant. */
export interface SeatCounters {
  readonly agent: number;
  readonly video: number;
}

/** What one batch has locked and loaded. `decide` reads it; only `applyRecord` changes it. */
export interface WorkingSet {
  readonly agents: Map<WorkNumber, AgentRecord>;
  /** Who holds each phone that the batch has locked; a phone nobody holds is absent. */
  readonly phoneHolders: Map<PhoneKey, WorkNumber>;
  readonly seatsInUse: Map<TenantId, SeatCounters>;
  readonly policies: Map<TenantId, TenantPolicy>;
}

/** Key of a phone in a working set: phones are unique within a tenant. */
export type PhoneKey = `${number}/${string}`;

export function phoneKey(tenantId: TenantId, number: DirectoryNumber): PhoneKey {
  return `${tenantId}/${number}`;
}

/** Puts an agent's new record in place, with the phone and the seats that it holds and no longer holds. */
export function applyRecord(set: WorkingSet, record: AgentRecord): void {
  const before = set.agents.get(record.workNumber);
  const phoneBefore = before?.session?.settings.phoneNumber ?? null;
  const phoneAfter = record.session?.settings.phoneNumber ?? null;
  if (phoneBefore !== null) set.phoneHolders.delete(phoneKey(record.tenantId, phoneBefore));
  if (phoneAfter !== null) set.phoneHolders.set(phoneKey(record.tenantId, phoneAfter), record.workNumber);
  addSeats(set, record.tenantId, { claim: before?.session?.seats ?? 'none', sign: -1 });
  addSeats(set, record.tenantId, { claim: record.session?.seats ?? 'none', sign: 1 });
  set.agents.set(record.workNumber, record);
}

function addSeats(set: WorkingSet, tenantId: TenantId, change: { claim: SeatClaim; sign: 1 | -1 }): void {
  if (change.claim === 'none') return;
  const used = set.seatsInUse.get(tenantId) ?? { agent: 0, video: 0 };
  set.seatsInUse.set(tenantId, {
    agent: used.agent + change.sign,
    video: used.video + (change.claim === 'agentAndVideo' ? change.sign : 0),
  });
}
