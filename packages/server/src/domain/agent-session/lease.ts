import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { TrustInSilence } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';
import { endBySystem } from './sign-out.ts';
import type { LifeSign, WorkingSet } from './working-set.ts';

/** Ends a session that is over by its lease when this is decided, whatever was found before (rule LE-4). */
export function decideLeaseEnd(set: WorkingSet, present: PresentSession): Decision {
  const sign = set.lifeSigns.get(present.record.workNumber);
  if (sign === undefined || sign.sessionId !== present.session.id) return refused({ kind: 'notDue' });
  return isOver(sign, present.storeNow) ? endBySystem(present, 'leaseOver') : refused({ kind: 'notDue' });
}

function isOver({ seenAt, lifeMs, limitAt }: LifeSign, now: number): boolean {
  return now >= limitAt || now - seenAt >= lifeMs;
}

/** A session whose events nobody has read for so long that its client may be gone (rule LE-3). */
function isSuspect({ readAt, attentionMs }: LifeSign, now: number): boolean {
  return now - readAt >= attentionMs;
}

/** Whether the agent's session is suspect, and the node that says so can be trusted in it. */
export function isSuspectAt(
  set: WorkingSet,
  workNumber: WorkNumber,
  { storeNow, trusted }: { readonly storeNow: number; readonly trusted: TrustInSilence },
): boolean {
  const sign = set.lifeSigns.get(workNumber);
  const isTrusted = trusted !== null && storeNow >= trusted.from && storeNow <= trusted.to;
  return isTrusted && sign !== undefined && isSuspect(sign, storeNow);
}
