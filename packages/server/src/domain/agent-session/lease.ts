import { type Decision, refused } from './decision.ts';
import { endBySystem, type PresentSession } from './sign-out.ts';
import type { LifeSign, WorkingSet } from './working-set.ts';

/**
 * Ends a session that is over by its lease when this is decided, whatever was found before (rule LE-4).
 *
 * @param storeNow the store's time: the agent's own may be ahead of it (rule TX-6).
 */
export function decideLeaseEnd(set: WorkingSet, present: PresentSession, storeNow: number): Decision {
  const sign = set.lifeSigns.get(present.record.workNumber);
  if (sign === undefined || sign.sessionId !== present.session.id) return refused({ kind: 'notDue' });
  return isOver(sign, storeNow) ? endBySystem(present, 'leaseOver') : refused({ kind: 'notDue' });
}

function isOver({ seenAt, lifeMs, limitAt }: LifeSign, now: number): boolean {
  return now >= limitAt || now - seenAt >= lifeMs;
}

/** A session whose events nobody has read for so long that its client may be gone (rule LE-3). */
export function isSuspect({ readAt, attentionMs }: LifeSign, now: number): boolean {
  return now - readAt >= attentionMs;
}
