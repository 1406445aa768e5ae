import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentEvent } from './agent-event.ts';
import {
  type AgentRecord,
  type AgentSession,
  type SessionSettings,
  type SignInSettings,
  textChatMark,
  UNCHANGED_SETTINGS,
} from './agent-record.ts';
import { type AgentState, NO_REASON } from './agent-state.ts';
import { takeBulletins } from './bulletin.ts';
import type { SignIn } from './commands.ts';
import { type Decision, type Refusal, refused } from './decision.ts';
import { isSuspectAt } from './lease.ts';
import { EMPTY_NOTE_BOX, takeNotes } from './note.ts';
import { type AskedPhone, claimPhone, refusePhone } from './phone.ts';
import { endSession } from './sign-out.ts';
import { type Moment, wrapUp } from './transitions.ts';
import type { WorkingSet } from './working-set.ts';

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
    refuseAskedPhone(signIn, policy) ??
    refuseSeats(signIn, policy);
  return refusal === null ? beginSession(signIn, policy) : refused(refusal);
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
  return isSuspectAt(set, workNumber, { storeNow, trusted: command.trustsSilence });
}

function askedPhone({ set, record, command, storeNow }: SignInCase): AskedPhone | null {
  const { phoneNumber: number } = command.settings;
  return number === null ? null : { set, record, number, storeNow, trusted: command.trustsSilence };
}

function refuseAskedPhone(signIn: SignInCase, policy: TenantPolicy): Refusal | null {
  const asked = askedPhone(signIn);
  return asked === null ? null : refusePhone(asked, policy);
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

function beginSession(signIn: SignInCase, policy: TenantPolicy): Decision {
  const { record, command, now, storeNow } = signIn;
  const asked = askedPhone(signIn);
  const phone = asked === null ? undefined : claimPhone(asked, policy);
  // A displaced session's end stands before the new session's first event: each session owns one range (TX-5).
  const end =
    record.session === null ? null : endSession({ record, session: record.session, now }, 'displaced');
  const headBefore = end === null ? record.head : end.ended.lastSequence;
  const box = signIn.set.noteBoxes.get(record.workNumber) ?? EMPTY_NOTE_BOX;
  const { taken, left } = takeNotes(box);
  const bulletins = takeBulletins(signIn.set, record, { upTo: Number.POSITIVE_INFINITY, storeNow });
  const ownEvents = [
    ...eventsOfSignIn(command.settings),
    ...taken.map((note) => ({ kind: 'noteReceived', ...note }) as const),
    ...bulletins.notes.map((note) => ({ kind: 'bulletinReceived', ...note }) as const),
  ];
  const session: AgentSession = {
    id: command.sessionId,
    tokenHash: command.tokenHash,
    tokenIssuedAt: now,
    signedInAt: now,
    firstSequence: headBefore + 1,
    state: initialState(command.settings, { storeNow, policy: () => policy }),
    stateSince: now,
    seats: command.seats,
    settings: beginningSettings(command),
    toldUpTo: 0,
  };
  const { tenantId, workNumber } = record;
  const { forced, settings, peerAddress, sessionId } = command;
  const audit = { tenantId, workNumber, sessionId, at: now } as const;
  const phoneTakenFrom = phone?.takenFrom ?? [];
  const { push } = command;
  return {
    kind: 'accepted',
    record: {
      ...record,
      head: headBefore + ownEvents.length,
      changedAt: now,
      bulletinsUpTo: bulletins.upTo,
      session,
    },
    events: end === null ? ownEvents : [end.event, ...ownEvents],
    ended: end?.ended ?? null,
    interval: end?.interval ?? null,
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
    ...(taken.length === 0 ? {} : { noteBox: left }),
    ...(push === undefined
      ? {}
      : { begunPush: { ...push, sessionId, workNumber, tenantId, position: headBefore } }),
  };
}

function beginningSettings({ settings, node, mustChangePassword }: SignIn): SessionSettings {
  return { ...settings, ...UNCHANGED_SETTINGS, node, mustChangePassword };
}

function initialState(settings: SignInSettings, moment: Pick<Moment, 'storeNow' | 'policy'>): AgentState {
  switch (settings.initialState) {
    case 'ready':
      return { kind: 'ready' };
    case 'notReady':
      return { kind: 'notReady', reason: NO_REASON };
    case 'wrapUp':
      return wrapUp(moment);
  }
}

function peerMark({ viaPeer }: SignInSettings): { readonly viaPeer?: string } {
  return viaPeer === undefined ? {} : { viaPeer };
}

function eventsOfSignIn(settings: SignInSettings): readonly AgentEvent[] {
  const first: readonly AgentEvent[] = [
    { kind: 'agentSignedIn', ...textChatMark(settings), ...peerMark(settings) },
    { kind: 'signInReadyAnnounced' },
  ];
  switch (settings.initialState) {
    case 'ready':
      return first;
    case 'notReady':
      return [...first, { kind: 'agentBecameNotReady', reason: NO_REASON }];
    case 'wrapUp':
      return [...first, { kind: 'agentEnteredWrapUp' }];
  }
}
