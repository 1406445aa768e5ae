import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentEvent } from './agent-event.ts';
import type { AgentRecord, AgentSession, SignInSettings } from './agent-record.ts';
import { type AgentState, NO_REASON } from './agent-state.ts';
import type { SignIn } from './commands.ts';
import { type Decision, type Refusal, refused } from './decision.ts';
import { endSession } from './sign-out.ts';
import { phoneKey, type WorkingSet } from './working-set.ts';

interface SignInCase {
  readonly set: WorkingSet;
  readonly record: AgentRecord;
  readonly command: SignIn;
  readonly now: number;
}

/** Checks 5 to 7 of a sign-in, in their order (rules SI-22 to SI-25), then the new session. */
export function decideSignIn(signIn: SignInCase): Decision {
  const { set, record, command } = signIn;
  const policy = set.policies.get(record.tenantId);
  if (policy === undefined || record.tenantId !== command.tenantId)
    return refused({ kind: 'credentialChanged' });
  const refusal =
    refuseCredential(record, command) ??
    refuseLiveSession(record, command, policy) ??
    refusePhone(signIn, policy) ??
    refuseSeats(signIn, policy);
  return refusal === null ? beginSession(signIn) : refused(refusal);
}

function refuseCredential(record: AgentRecord, command: SignIn): Refusal | null {
  const asVerified = record.enabled && record.credentialVersion === command.credentialVersion;
  return asVerified ? null : { kind: 'credentialChanged' };
}

function refuseLiveSession(record: AgentRecord, command: SignIn, policy: TenantPolicy): Refusal | null {
  if (record.session === null) return null;
  if (policy.displacement === 'forbidden') return { kind: 'displacementForbidden' };
  return command.forced ? null : { kind: 'alreadySignedIn' };
}

function refusePhone({ set, record, command }: SignInCase, policy: TenantPolicy): Refusal | null {
  const number = command.settings.phoneNumber;
  if (number === null) return null;
  if (!isInRange(number, policy.phoneRange)) return { kind: 'phoneOutsideRange', number };
  const holder = set.phoneHolders.get(phoneKey(record.tenantId, number));
  // The agent's own old session frees its phone before the new claim is made.
  return holder === undefined || holder === record.workNumber ? null : { kind: 'phoneInUse', number };
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

function beginSession({ record, command, now }: SignInCase): Decision {
  // A displaced session's end stands before the new session's first event: each session owns one range (TX-5).
  const end =
    record.session === null ? null : endSession({ record, session: record.session, now }, 'displaced');
  const headBefore = end === null ? record.head : end.ended.lastSequence;
  const ownEvents = eventsOfSignIn(command.settings);
  const session: AgentSession = {
    id: command.sessionId,
    tokenHash: command.tokenHash,
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
  return {
    kind: 'accepted',
    record: { ...record, head: headBefore + ownEvents.length, changedAt: now, session },
    events: end === null ? ownEvents : [end.event, ...ownEvents],
    ended: end?.ended ?? null,
    audit: [
      ...(end === null ? [] : [end.audit]),
      { ...audit, act: { kind: 'signIn', forced, settings, peerAddress } },
    ],
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
