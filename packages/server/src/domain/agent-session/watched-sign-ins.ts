import type { AgentEvent } from './agent-event.ts';
import type { TellOfWatched, WatchedSignIn } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';

/** Tells an inspector what it was not told yet; whoever says it again is not listened to (rule FO-5). */
export function decideTelling(
  { record, session, now }: PresentSession,
  { signIns }: TellOfWatched,
): Decision {
  const untold = signIns.filter(({ position }) => position > session.toldUpTo);
  const last = untold.at(-1);
  if (last === undefined) return refused({ kind: 'notDue' });
  const events = untold.flatMap(eventsOf);
  return {
    kind: 'accepted',
    record: {
      ...record,
      head: record.head + events.length,
      changedAt: now,
      session: { ...session, toldUpTo: last.position },
    },
    events,
    ended: null,
    interval: null,
    audit: [],
  };
}

/** One for the core, and one for text chat where the session registered for that. */
function eventsOf({ change, agent, name, textChat }: WatchedSignIn): AgentEvent[] {
  const kind = change === 'signedIn' ? 'watchedAgentSignedIn' : 'watchedAgentSignedOut';
  const servers = textChat ? (['ccs', 'textChat'] as const) : (['ccs'] as const);
  return servers.map((server) => ({ kind, agent, name, server }));
}
