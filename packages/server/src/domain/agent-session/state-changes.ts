import { closeInterval } from './agent-interval.ts';
import type { SessionSettings } from './agent-record.ts';
import { type AgentState, deadlineOf, isSameInterval } from './agent-state.ts';
import type { ChangeSettings, MeetDeadline, RecordAct, StateCommand } from './commands.ts';
import { type Accepted, type Decision, refused } from './decision.ts';
import type { PresentSession } from './present-session.ts';
import { type Moment, type Move, TRANSITIONS } from './transitions.ts';
import { policyOf, type WorkingSet } from './working-set.ts';

/** Decides a change of state by the table of transitions. */
export function decideStateChange(set: WorkingSet, present: PresentSession, command: StateCommand): Decision {
  const { session, storeNow } = present;
  if (command.kind === 'meetDeadline' && !isDue(session.state, command, storeNow)) {
    return refused({ kind: 'notDue' });
  }
  const moment: Moment = {
    storeNow,
    settings: session.settings,
    policy: () => policyOf(set, present.record.tenantId),
  };
  const move = moveOf(session.state, command, moment);
  return move === null ? refused({ kind: 'notPossibleNow' }) : accept(present, move);
}

/** The table is typed cell by cell, which a look-up by two variables cannot show. */
function moveOf(state: AgentState, command: StateCommand, moment: Moment): Move | null {
  const transition = TRANSITIONS[state.kind][command.kind] as (
    from: AgentState,
    command: StateCommand,
    moment: Moment,
  ) => Move | null;
  return transition(state, command, moment);
}

/** AS-20: the agent has this very deadline still, and it is reached. */
function isDue(state: AgentState, { deadline }: MeetDeadline, storeNow: number): boolean {
  return deadlineOf(state) === deadline && storeNow >= deadline;
}

function accept(present: PresentSession, { to, events }: Move): Accepted {
  const { record, session, now } = present;
  const goesOn = isSameInterval(session.state, to);
  return {
    kind: 'accepted',
    record: {
      ...record,
      head: record.head + events.length,
      changedAt: now,
      session: { ...session, state: to, stateSince: goesOn ? session.stateSince : now },
    },
    events,
    ended: null,
    interval: goesOn ? null : closeInterval(present),
    audit: [],
  };
}

/** AS-15, AS-16: a setting of the session; no event tells of it. */
export function decideSettings(present: PresentSession, { changes }: ChangeSettings): Accepted {
  return acceptSettings(present, { ...present.session.settings, ...changes });
}

/** The session goes on with these settings. */
export function acceptSettings(
  { record, session, now }: PresentSession,
  settings: SessionSettings,
): Accepted {
  return {
    kind: 'accepted',
    record: { ...record, changedAt: now, session: { ...session, settings } },
    events: [],
    ended: null,
    interval: null,
    audit: [],
  };
}

/** A line in the audit trail, and nothing else. */
export function decideRecordedAct(present: PresentSession, { act }: RecordAct): Accepted {
  const { record, session, now } = present;
  const { tenantId, workNumber } = record;
  return {
    ...acceptSettings(present, session.settings),
    audit: [{ tenantId, workNumber, sessionId: session.id, at: now, act }],
  };
}
