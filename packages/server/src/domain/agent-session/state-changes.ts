import type { AgentEvent } from './agent-event.ts';
import { type AgentState, NO_REASON } from './agent-state.ts';
import type { BecomeNotReady, BecomeReady, CancelNotReady } from './commands.ts';
import { type Decision, refused } from './decision.ts';
import type { PresentSession } from './sign-out.ts';

type StateCommand = BecomeReady | BecomeNotReady | CancelNotReady;

/** A move: the state afterwards and the events that tell of it. */
interface Move {
  readonly to: AgentState;
  readonly events: readonly AgentEvent[];
}

/** Decides a change of state; the table of moves is docs/spec/agent-state.md. */
export function decideStateChange(present: PresentSession, command: StateCommand): Decision {
  const move = moveOf(present.session.state, command);
  return move === null ? refused({ kind: 'notPossibleNow' }) : accept(present, move);
}

function moveOf(from: AgentState, command: StateCommand): Move | null {
  switch (command.kind) {
    case 'becomeReady':
      return becomeReady(from);
    case 'becomeNotReady':
      return becomeNotReady(from, command);
    case 'cancelNotReady':
      return cancelNotReady(from);
  }
}

/** AS-3: legal in every state; says which state was left, or Ready again. */
function becomeReady(from: AgentState): Move {
  const to: AgentState = { kind: 'ready' };
  switch (from.kind) {
    case 'ready':
      return { to, events: [{ kind: 'agentBecameReady' }] };
    case 'notReady':
      return { to, events: [{ kind: 'agentLeftNotReady' }] };
    case 'wrapUp':
      return { to, events: [{ kind: 'agentLeftWrapUp' }] };
  }
}

/** AS-4: at once from ready, later from wrap-up, in place with `prolong` and a reason. */
function becomeNotReady(from: AgentState, { reason, prolong }: BecomeNotReady): Move | null {
  const to: AgentState = { kind: 'notReady', reason };
  switch (from.kind) {
    case 'ready':
      return { to, events: [{ kind: 'agentBecameNotReady', reason }] };
    case 'notReady':
      if (!prolong || reason === NO_REASON) return null;
      return { to, events: [{ kind: 'agentBecameNotReady', reason }] };
    case 'wrapUp':
      return { to: { kind: 'wrapUp', pending: { kind: 'notReady', reason } }, events: [] };
  }
}

/** AS-5: leaves not ready, or clears a pending one. */
function cancelNotReady(from: AgentState): Move | null {
  const events: readonly AgentEvent[] = [{ kind: 'agentLeftNotReady' }];
  switch (from.kind) {
    case 'ready':
      return null;
    case 'notReady':
      return { to: { kind: 'ready' }, events };
    case 'wrapUp':
      return from.pending === null ? null : { to: { kind: 'wrapUp', pending: null }, events };
  }
}

function accept({ record, session, now }: PresentSession, move: Move): Decision {
  const stateSince = isSameInterval(session.state, move.to) ? session.stateSince : now;
  return {
    kind: 'accepted',
    record: {
      ...record,
      head: record.head + move.events.length,
      changedAt: now,
      session: { ...session, state: move.to, stateSince },
    },
    events: move.events,
    ended: null,
    audit: [],
  };
}

/** AS-6: an interval of the agent's time goes on while state and reason stay the same. */
function isSameInterval(before: AgentState, after: AgentState): boolean {
  if (before.kind === 'notReady' && after.kind === 'notReady') return before.reason === after.reason;
  return before.kind === after.kind;
}
