import type { TokenHash } from '@rollcall/contract/identifiers';
import type { AgentSession } from './agent-record.ts';
import type { RenewToken } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';

/** Age at which a token is renewed by itself (rule TK-2). */
const DUE_AFTER_MS = 60_000;
/** A client that shows a replaced token did not get the new one; it gets another, though not with every poll. */
const DUE_AGAIN_AFTER_MS = 10_000;
/** How long a replaced token still opens its session (rule TK-3). */
const REPLACED_GOOD_MS = 120_000;

/** Whether a session whose client showed this token is to be given another one. */
export function isRenewalDue(session: AgentSession, shown: TokenHash, now: number): boolean {
  const dueAfterMs = shown === session.tokenHash ? DUE_AFTER_MS : DUE_AGAIN_AFTER_MS;
  return now - session.tokenIssuedAt >= dueAfterMs;
}

/** Gives a session its next token and keeps the one before good for a while; no event tells of it. */
export function decideTokenRenewal({ record, session, now }: PresentSession, command: RenewToken): Decision {
  if (command.when === 'whenDue' && !isRenewalDue(session, command.shown, now)) {
    return refused({ kind: 'notDue' });
  }
  return {
    kind: 'accepted',
    record: {
      ...record,
      changedAt: now,
      session: { ...session, tokenHash: command.next, tokenIssuedAt: now },
    },
    events: [],
    ended: null,
    interval: null,
    audit: [],
    replacedToken: {
      tokenHash: session.tokenHash,
      workNumber: record.workNumber,
      sessionId: session.id,
      goodUntil: now + REPLACED_GOOD_MS,
    },
  };
}
