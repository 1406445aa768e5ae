import { closeInterval } from './agent-interval.ts';
import { type EndedSession, type SignOutReason, textChatMark } from './agent-record.ts';
import type { SignOut } from './commands.ts';
import { type Accepted, type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';
import { SIGN_OUT_REASON_NUMBERS } from './sign-out-reasons.ts';

/** The agent signs out itself (rule SO-1); a reason that it gives is recorded instead of ours (rule SO-4). */
export function decideSignOut(present: PresentSession, { forced, clientReason }: SignOut): Decision {
  const { state } = present.session;
  // AS-18: a contact that is only offered is dropped.
  if (!forced && state.kind === 'engaged' && state.phase === 'talking')
    return refused({ kind: 'contactGoesOn' });
  return accept(present, endSession(present, 'bySelf', clientReason ?? SIGN_OUT_REASON_NUMBERS.bySelf));
}

/** The session ends without its agent's wish. */
export function endBySystem(present: PresentSession, reason: Exclude<SignOutReason, 'bySelf'>): Accepted {
  return accept(present, endSession(present, reason));
}

function accept({ record, now }: PresentSession, end: ReturnType<typeof endSession>): Accepted {
  return {
    kind: 'accepted',
    record: { ...record, head: end.ended.lastSequence, changedAt: now, session: null },
    events: [end.event],
    ended: end.ended,
    interval: end.interval,
    audit: [end.audit],
  };
}

/** The parts that every end of a session has: its last event and interval, the ended session, the line in the audit trail. */
export function endSession(
  present: Omit<PresentSession, 'storeNow'>,
  reason: SignOutReason,
  reasonNumber: number = SIGN_OUT_REASON_NUMBERS[reason],
) {
  const { record, session, now } = present;
  const ended: EndedSession = {
    id: session.id,
    workNumber: record.workNumber,
    tokenHash: session.tokenHash,
    signedInAt: session.signedInAt,
    endedAt: now,
    reason,
    firstSequence: session.firstSequence,
    lastSequence: record.head + 1,
  };
  return {
    ended,
    interval: closeInterval(present),
    event: {
      kind: 'agentSignedOut',
      reason,
      signedInAt: session.signedInAt,
      ...textChatMark(session.settings),
    },
    audit: {
      tenantId: record.tenantId,
      workNumber: record.workNumber,
      sessionId: session.id,
      at: now,
      act: { kind: 'signOut', reason, reasonNumber },
    },
  } as const;
}
