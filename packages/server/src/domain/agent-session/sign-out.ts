import type { AgentRecord, AgentSession, EndedSession, SignOutReason } from './agent-record.ts';
import type { SignOut } from './commands.ts';
import type { Accepted } from './decision.ts';
import { SIGN_OUT_REASON_NUMBERS } from './sign-out-reasons.ts';

/** A record, its live session, and the agent's present time in epoch ms. */
export interface PresentSession {
  readonly record: AgentRecord;
  readonly session: AgentSession;
  readonly now: number;
}

/** The agent signs out itself (rule SO-1); a reason that it gives is recorded instead of ours (rule SO-4). */
export function decideSignOut(present: PresentSession, { clientReason }: SignOut): Accepted {
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
    audit: [end.audit],
  };
}

/** The parts that every end of a session has: its last event, the ended session, the line in the audit trail. */
export function endSession(
  { record, session, now }: PresentSession,
  reason: SignOutReason,
  reasonNumber: number = SIGN_OUT_REASON_NUMBERS[reason],
) {
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
    event: { kind: 'agentSignedOut', reason, signedInAt: session.signedInAt },
    audit: {
      tenantId: record.tenantId,
      workNumber: record.workNumber,
      sessionId: session.id,
      at: now,
      act: { kind: 'signOut', reason, reasonNumber },
    },
  } as const;
}
