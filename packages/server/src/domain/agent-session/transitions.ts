import type { TenantPolicy } from '../tenant-policy.ts';
import type { AgentEvent } from './agent-event.ts';
import type { SessionSettings } from './agent-record.ts';
import { type AgentState, FORCED_REASON, NO_REASON } from './agent-state.ts';
import type { StateCommand } from './commands.ts';

/** A move: the state afterwards and the events that tell of it. */
export interface Move {
  readonly to: AgentState;
  readonly events: readonly AgentEvent[];
}

/** What a move may depend on beside the state and the command. */
export interface Moment {
  /** The store's time, epoch ms: deadlines go by it. */
  readonly storeNow: number;
  readonly settings: SessionSettings;
  /** The tenant's rules; those commands that need them load them. */
  readonly policy: () => TenantPolicy;
}

type States = { readonly [Kind in AgentState['kind']]: Extract<AgentState, { kind: Kind }> };
type Commands = { readonly [Kind in StateCommand['kind']]: Extract<StateCommand, { kind: Kind }> };
type Table = {
  readonly [From in keyof States]: {
    readonly [Kind in keyof Commands]: (
      from: States[From],
      command: Commands[Kind],
      moment: Moment,
    ) => Move | null;
  };
};
type Reason = { readonly reason: number };
type WithPending = States['wrapUp'] | States['engaged'];

/** Every state with every command: where it leads, or null where it is refused. docs/spec/agent-state.md has the same. */
export const TRANSITIONS: Table = {
  ready: {
    becomeReady: () => toReady('agentBecameReady'),
    becomeNotReady: toNotReady,
    cancelNotReady: refuse,
    rest: toRest,
    cancelRest: refuse,
    beginWrapUp: toWrapUp,
    endWrapUp: refuse,
    offerContact: engage,
    answerContact: refuse,
    endContact: refuse,
    meetDeadline: refuse,
    forceReady,
    forceNotReady,
    forceRest: toRest,
  },
  notReady: {
    becomeReady: () => toReady('agentLeftNotReady'),
    becomeNotReady: replaceReason,
    cancelNotReady: () => toReady('agentLeftNotReady'),
    rest: toRest,
    cancelRest: refuse,
    beginWrapUp: toWrapUp,
    endWrapUp: refuse,
    offerContact: refuse,
    answerContact: refuse,
    endContact: refuse,
    meetDeadline: refuse,
    forceReady,
    forceNotReady,
    forceRest: toRest,
  },
  resting: {
    becomeReady: () => toReady('agentLeftRest'),
    becomeNotReady: refuse,
    cancelNotReady: refuse,
    rest: (from, command, moment) => (command.prolong ? toRest(from, command, moment) : null),
    cancelRest: () => toReady('agentLeftRest'),
    beginWrapUp: toWrapUp,
    endWrapUp: refuse,
    offerContact: refuse,
    answerContact: refuse,
    endContact: refuse,
    meetDeadline: remind,
    forceReady,
    forceNotReady,
    forceRest: toRest,
  },
  wrapUp: {
    becomeReady: () => toReady('agentLeftWrapUp'),
    becomeNotReady: pendNotReady,
    cancelNotReady: dropNotReady,
    rest: pendRest,
    cancelRest: dropRest,
    beginWrapUp: refuse,
    endWrapUp: leaveWrapUp,
    offerContact: refuse,
    answerContact: refuse,
    endContact: refuse,
    meetDeadline: (from, _command, moment) => takeUp(from, moment) ?? toReady('agentBecameReady'),
    forceReady,
    forceNotReady,
    forceRest: (from, command, moment) => (from.pending === null ? toRest(from, command, moment) : null),
  },
  engaged: {
    becomeReady: (from) => ({ to: { ...from, pending: null }, events: [] }),
    becomeNotReady: pendNotReady,
    cancelNotReady: dropNotReady,
    rest: pendRest,
    cancelRest: dropRest,
    beginWrapUp: refuse,
    endWrapUp: refuse,
    offerContact: refuse,
    answerContact: (from) =>
      from.phase === 'offered' ? { to: { ...from, phase: 'talking' }, events: [] } : null,
    endContact: afterContact,
    meetDeadline: refuse,
    forceReady: refuse,
    forceNotReady: refuse,
    forceRest: refuse,
  },
};

function refuse(): null {
  return null;
}

function toReady(told: 'agentBecameReady' | 'agentLeftNotReady' | 'agentLeftRest' | 'agentLeftWrapUp'): Move {
  return { to: { kind: 'ready' }, events: [{ kind: told }] };
}

/** SV-4 */
function forceReady(_from: AgentState, { by }: Commands['forceReady']): Move {
  return { to: { kind: 'ready' }, events: [{ kind: 'agentForcedReady', by }] };
}

/** SV-5 */
function forceNotReady(_from: AgentState, { by }: Commands['forceNotReady']): Move {
  const reason = FORCED_REASON;
  return { to: { kind: 'notReady', reason }, events: [{ kind: 'agentForcedNotReady', by, reason }] };
}

/** AS-4 */
function toNotReady(_from: AgentState, { reason }: Reason): Move {
  return { to: { kind: 'notReady', reason }, events: [{ kind: 'agentBecameNotReady', reason }] };
}

/** AS-4: in place, with `prolong` and a reason. */
function replaceReason(from: AgentState, command: Commands['becomeNotReady']): Move | null {
  return command.prolong && command.reason !== NO_REASON ? toNotReady(from, command) : null;
}

/** AS-9 */
function toRest(
  _from: AgentState,
  { reason, forMs }: Reason & { readonly forMs: number },
  { storeNow }: Moment,
): Move {
  const to: AgentState = { kind: 'resting', reason, until: storeNow + forMs, isReminded: false };
  return { to, events: [{ kind: 'agentBeganRest', reason }] };
}

/** AS-11 */
function remind(from: States['resting']): Move {
  return { to: { ...from, isReminded: true }, events: [{ kind: 'restRanOut' }] };
}

/** AS-12 */
function toWrapUp(_from: AgentState, _command: Commands['beginWrapUp'], moment: Moment): Move {
  return { to: wrapUp(moment), events: [{ kind: 'agentRequestedWrapUp' }] };
}

/** A wrap-up that begins now, with the tenant's limit (rule AS-13). */
export function wrapUp({ storeNow, policy }: Pick<Moment, 'storeNow' | 'policy'>): AgentState {
  const { wrapUpLimitS } = policy();
  return {
    kind: 'wrapUp',
    until: wrapUpLimitS === null ? null : storeNow + wrapUpLimitS * 1_000,
    pending: null,
  };
}

/** AS-12 */
function leaveWrapUp(from: States['wrapUp'], _command: Commands['endWrapUp'], moment: Moment): Move {
  const left: AgentEvent = { kind: 'agentLeftWrapUp' };
  const next = takeUp(from, moment);
  return next === null
    ? { to: { kind: 'ready' }, events: [left] }
    : { ...next, events: [left, ...next.events] };
}

function pendNotReady(from: WithPending, { reason }: Commands['becomeNotReady']): Move {
  return { to: { ...from, pending: { kind: 'notReady', reason } }, events: [] };
}

function pendRest(from: WithPending, { reason, forMs }: Commands['rest']): Move {
  return { to: { ...from, pending: { kind: 'resting', reason, forMs } }, events: [] };
}

/** AS-5 */
function dropNotReady(from: WithPending): Move | null {
  if (from.pending?.kind !== 'notReady') return null;
  return { to: { ...from, pending: null }, events: [{ kind: 'agentLeftNotReady' }] };
}

/** AS-10 */
function dropRest(from: WithPending): Move | null {
  if (from.pending?.kind !== 'resting') return null;
  return { to: { ...from, pending: null }, events: [{ kind: 'agentLeftRest' }] };
}

/** What is pending takes effect; null where nothing is. */
function takeUp(from: WithPending, moment: Moment): Move | null {
  const { pending } = from;
  switch (pending?.kind) {
    case undefined:
      return null;
    case 'notReady':
      return toNotReady(from, pending);
    case 'resting':
      return toRest(from, pending, moment);
  }
}

/** AS-14 */
function engage(_from: AgentState, _command: Commands['offerContact'], { settings }: Moment): Move | null {
  if (!settings.takesContacts || settings.mustChangePassword) return null;
  return { to: { kind: 'engaged', phase: 'offered', pending: null }, events: [{ kind: 'agentEngaged' }] };
}

/** AS-14 */
function afterContact(from: States['engaged'], _command: Commands['endContact'], moment: Moment): Move {
  const { autoEnterReady, releasePhone } = moment.settings;
  const next = takeUp(from, moment);
  if (next !== null) return next;
  const hangsUp = releasePhone && moment.policy().wrapUpAfterHangUp === 'on';
  if (autoEnterReady && !hangsUp) return toReady('agentBecameReady');
  return { to: wrapUp(moment), events: [{ kind: 'agentEnteredWrapUp' }] };
}
