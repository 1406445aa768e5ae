import type { DirectoryNumber, WorkNumber } from '@rollcall/contract/identifiers';
import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentRecord } from './agent-record.ts';
import type { BindPhone, TrustInSilence } from './commands.ts';
import { type Decision, type PhoneClaim, type Refusal, refused } from './decision.ts';
import { isSuspectAt } from './lease.ts';
import type { PresentSession } from './present-session.ts';
import { acceptSettings } from './state-changes.ts';
import { phoneKey, policyOf, type WorkingSet } from './working-set.ts';

/** A phone that an agent asks for, with a sign-in or within a session. */
export interface AskedPhone {
  readonly set: WorkingSet;
  readonly record: AgentRecord;
  readonly number: DirectoryNumber;
  /** The store's time, by which signs of life are judged. */
  readonly storeNow: number;
  readonly trusted: TrustInSilence;
}

/** SI-24, SI-60 to SI-62: why the phone may not be had; null: it may. */
export function refusePhone(asked: AskedPhone, policy: TenantPolicy): Refusal | null {
  const { number } = asked;
  if (!isInRange(number, policy.phoneRange)) return { kind: 'phoneOutsideRange', number };
  const isFree = policy.phoneInUse !== 'refuse' || otherHolders(asked).every(({ suspect }) => suspect);
  return isFree ? null : { kind: 'phoneInUse', number };
}

/** SI-60 to SI-62: a suspect session loses the phone; one that is not loses or shares it as the tenant says. */
export function claimPhone(asked: AskedPhone, { phoneInUse }: TenantPolicy): PhoneClaim {
  const losers = otherHolders(asked).filter(({ suspect }) => suspect || phoneInUse === 'takeOver');
  const hold = phoneInUse === 'share' ? 'shared' : 'alone';
  return { number: asked.number, hold, takenFrom: losers.map(({ workNumber }) => workNumber) };
}

/** AS-17: the session goes on with another phone, by the rules of a sign-in. */
export function decidePhoneBinding(set: WorkingSet, present: PresentSession, command: BindPhone): Decision {
  const { record, session, now, storeNow } = present;
  const { phoneNumber: number, trustsSilence: trusted } = command;
  if (session.state.kind === 'engaged') return refused({ kind: 'notPossibleNow' });
  const policy = policyOf(set, record.tenantId);
  const asked = { set, record, number, storeNow, trusted };
  const refusal = refusePhone(asked, policy);
  if (refusal !== null) return refused(refusal);
  const phone = claimPhone(asked, policy);
  const { tenantId, workNumber } = record;
  const act = { kind: 'phoneBound', number, takenFrom: phone.takenFrom } as const;
  return {
    ...acceptSettings(present, { ...session.settings, phoneNumber: number }),
    phone,
    audit: [{ tenantId, workNumber, sessionId: session.id, at: now, act }],
  };
}

/** Who else holds the phone. The agent's own hold is freed before the new claim is made. */
function otherHolders(asked: AskedPhone): { readonly workNumber: WorkNumber; readonly suspect: boolean }[] {
  const { set, record, number } = asked;
  const holders = set.phoneHolders.get(phoneKey(record.tenantId, number));
  return [...(holders?.keys() ?? [])]
    .filter((holder) => holder !== record.workNumber)
    .map((workNumber) => ({ workNumber, suspect: isSuspectAt(set, workNumber, asked) }));
}

function isInRange(number: string, range: TenantPolicy['phoneRange']): boolean {
  if (range === null) return true;
  if (!/^[0-9]{1,15}$/.test(number)) return false;
  return Number(number) >= range.from && Number(number) <= range.to;
}
