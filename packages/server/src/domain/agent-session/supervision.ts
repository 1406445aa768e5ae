import type { ForceSignOut, Supervision } from './commands.ts';
import { type Accepted, type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';
import { endBySystem } from './sign-out.ts';
import { decideStateChange } from './state-changes.ts';
import type { WorkingSet } from './working-set.ts';

/** A supervisor's command: on the session as it is now, if its author has seen the newest of it (rules SV-3 to SV-7). */
export function decideSupervision(set: WorkingSet, present: PresentSession, command: Supervision): Decision {
  if (command.ifHead !== null && command.ifHead !== present.record.head)
    return refused({ kind: 'changedMeanwhile' });
  if (command.kind === 'forceSignOut') return forceSignOut(present, command);
  const decision = decideStateChange(set, present, command);
  return decision.kind === 'accepted' ? withAuthor(present, command, decision) : decision;
}

function forceSignOut(present: PresentSession, { by }: ForceSignOut): Accepted {
  const end = endBySystem(present, 'bySupervisor');
  const audit = end.audit.map((entry) =>
    entry.act.kind === 'signOut' ? { ...entry, act: { ...entry.act, by } } : entry,
  );
  return { ...end, audit };
}

function withAuthor({ session }: PresentSession, { by }: Supervision, decision: Accepted): Accepted {
  const { tenantId, workNumber, changedAt: at } = decision.record;
  const to = decision.record.session?.state ?? session.state;
  const act = { kind: 'forced', by, to } as const;
  return { ...decision, audit: [{ tenantId, workNumber, sessionId: session.id, at, act }] };
}
