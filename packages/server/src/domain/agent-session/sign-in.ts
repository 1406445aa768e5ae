import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentEvent } from './agent-event.ts';
import type { AgentRecord, AgentSession, SignInSettings } from './agent-record.ts';
import { type AgentState, NO_REASON } from './agent-state.ts';
import type { SignIn } from './commands.ts';
import { type Decision, type PhoneClaim, type Refusal, refused } from './decision.ts';
import { isSuspect } from './lease.ts';
import { endSession } from './sign-out.ts';
import { phoneKey, type WorkingSet } from './working-set.ts';

interface SignInCase {
  readonly set: WorkingSet;
  readonly record: AgentRecord;
  readonly command: SignIn;
  /** The agent's time: no earlier than its last change (rule TX-6). */
  readonly now: number;
  /** The store's time, by which signs of life are judged. */
  readonly storeNow: number;
}

/** Checks 5 to 7 of a sign-in, in their order (rules SI-22 to SI-25), then the new session. */
export function decideSignIn(signIn: SignInCase): Decision {
  const { set, record, command } = signIn;
  const policy = set.policies.get(record.tenantId);
  if (policy === undefined || record.tenantId !== command.tenantId)
    return refused({ kind: 'credentialChanged' });
  const refusal =
    refuseCredential(record, command) ??
    refuseLiveSession(signIn, policy) ??
    refusePhone(signIn, policy) ??
    refuseSeats(signIn, policy);
  return refusal === null ? beginSession(signIn, phoneClaim(signIn, policy)) : refused(refusal);
}

function refuseCredential(record: AgentRecord, command: SignIn): Refusal | null {
  const asVerified = record.enabled && record.credentialVersion === command.credentialVersion;
  return asVerified ? null : { kind: 'credentialChanged' };
}

function refuseLiveSession(signIn: SignInCase, policy: TenantPolicy): Refusal | null {
  const { record, command } = signIn;
  if (record.session === null) return null;
  const mayDisplace = policy.displacement === 'allowed' || isSuspectNow(signIn, record.workNumber);
  if (command.forced && mayDisplace) return null;
  return { kind: policy.displacement === 'forbidden' ? 'displacementForbidden' : 'alreadySignedIn' };
}

function isSuspectNow({ set, command, storeNow }: SignInCase, workNumber: WorkNumber): boolean {
  const sign = set.lifeSigns.get(workNumber);
  const { trustsSilence: trusted } = command;
  const isTrusted = trusted !== null && storeNow >= trusted.from && storeNow <= trusted.to;
  return isTrusted && sign !== undefined && isSuspect(sign, storeNow);
}

function refusePhone(signIn: SignInCase, policy: TenantPolicy): Refusal | null {
  const number = signIn.command.settings.phoneNumber;
  if (number === null) return null;
  if (!isInRange(number, policy.phoneRange)) return { kind: 'phoneOutsideRange', number };
  const isFree = policy.phoneInUse !== 'refuse' || otherHolders(signIn).every(({ suspect }) => suspect);
  return isFree ? null : { kind: 'phoneInUse', number };
}

/** Who else holds the phone asked for. The agent's own old session frees its phone before the new claim is made. */
function otherHolders(signIn: SignInCase): { readonly workNumber: WorkNumber; readonly suspect: boolean }[] {
  const { set, record, command } = signIn;
  const number = command.settings.phoneNumber;
  const holders = number === null ? undefined : set.phoneHolders.get(phoneKey(record.tenantId, number));
  return [...(holders?.keys() ?? [])]
    .filter((holder) => holder !== record.workNumber)
    .map((workNumber) => ({ workNumber, suspect: isSuspectNow(signIn, workNumber) }));
}

/** SI-60 to SI-62: a suspect session loses the phone; one that is not loses or shares it as the tenant says. */
function phoneClaim(signIn: SignInCase, { phoneInUse }: TenantPolicy): PhoneClaim | undefined {
  const number = signIn.command.settings.phoneNumber;
  if (number === null) return undefined;
  const losers = otherHolders(signIn).filter(({ suspect }) => suspect || phoneInUse === 'takeOver');
  const hold = phoneInUse === 'share' ? 'shared' : 'alone';
  return { number, hold, takenFrom: losers.map(({ workNumber }) => workNumber) };
}

function isInRange(number: string, range: TenantPolicy['phoneRange']): boolean {
  if (range === null) return true;
  if (!/^[0-9]{1,15}$/.test(number)) return false;
  return Number(number) >= range.from && Number(number) <= range.to;
}

function refuseSeats({ set, record, command }: SignInCase, policy: TenantPolicy): Refusal | null {
  if (command.seats === 'none') return null;
  const used = set.seatsInUse.get(record.tenantId) ?? { agent: 0, video: 0 };
  const freed = record.session?.seats ?? 'none';
  const agentSeats = used.agent - (freed === 'none' ? 0 : 1);
  const videoSeats = used.video - (freed === 'agentAndVideo' ? 1 : 0);
  const { licence } = policy;
  if (agentSeats >= licence.agentSeats) {
    return { kind: 'seatsExhausted', seat: 'agent', limit: licence.agentSeats };
  }
  if (command.seats === 'agentAndVideo' && videoSeats >= licence.videoSeats) {
    return { kind: 'seatsExhausted', seat: 'video', limit: licence.videoSeats };
  }
  return null;
}

function beginSession({ record, command, now }: SignInCase, phone: PhoneClaim | undefined): Decision {
  // A displaced session's end stands before the new session's first event: each session owns one range (TX-5).
  const end =
    record.session === null ? null : endSession({ record, session: record.session, now }, 'displaced');
  const headBefore = end === null ? record.head : end.ended.lastSequence;
  const ownEvents = eventsOfSignIn(command.settings);
  const session: AgentSession = {
    id: command.sessionId,
    tokenHash: command.tokenHash,
    tokenIssuedAt: now,
    signedInAt: now,
    firstSequence: headBefore + 1,
    state: initialState(command.settings),
    stateSince: now,
    seats: command.seats,
    settings: command.settings,
  };
  const { tenantId, workNumber } = record;
  const { forced, settings, peerAddress, sessionId } = command;
  const audit = { tenantId, workNumber, sessionId, at: now } as const;
  const phoneTakenFrom = phone?.takenFrom ?? [];
  return {
    kind: 'accepted',
    record: { ...record, head: headBefore + ownEvents.length, changedAt: now, session },
    events: end === null ? ownEvents : [end.event, ...ownEvents],
    ended: end?.ended ?? null,
    audit: [
      ...(end === null ? [] : [end.audit]),
      {
        ...audit,
        act: {
          kind: 'signIn',
          forced,
          settings,
          peerAddress,
          ...(phoneTakenFrom.length === 0 ? {} : { phoneTakenFrom }),
        },
      },
    ],
    ...(phone === undefined ? {} : { phone }),
  };
}

function initialState(settings: SignInSettings): AgentState {
  switch (settings.initialState) {
    case 'ready':
      return { kind: 'ready' };
    case 'notReady':
      return { kind: 'notReady', reason: NO_REASON };
    case 'wrapUp':
      return { kind: 'wrapUp', pending: null };
  }
}

function eventsOfSignIn(settings: SignInSettings): readonly AgentEvent[] {
  const first: readonly AgentEvent[] = [{ kind: 'agentSignedIn' }, { kind: 'signInReadyAnnounced' }];
  switch (settings.initialState) {
    case 'ready':
      return first;
    case 'notReady':
      return [...first, { kind: 'agentBecameNotReady', reason: NO_REASON }];
    case 'wrapUp':
      return [...first, { kind: 'agentEnteredWrapUp' }];
  }
}
