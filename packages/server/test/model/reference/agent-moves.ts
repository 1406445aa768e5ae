import { later, type Span } from './span.ts';

/** What an agent asked for while something else has to end first (rule AS-1). */
export type Pending =
  | { readonly kind: 'notReady'; readonly reason: number }
  | { readonly kind: 'resting'; readonly reason: number; readonly forMs: number };

/** An agent's state. Times are the store's, epoch ms, as far as they are known. */
export type ModelState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'notReady'; readonly reason: number }
  | {
      readonly kind: 'resting';
      readonly reason: number;
      readonly until: Span;
      readonly isReminded: boolean;
    }
  | { readonly kind: 'wrapUp'; readonly until: Span | null; readonly pending: Pending | null }
  | {
      readonly kind: 'engaged';
      readonly phase: 'offered' | 'talking';
      readonly pending: Pending | null;
    };

/** An event as the log keeps it. */
export type ModelEvent =
  | {
      readonly kind:
        | 'agentSignedIn'
        | 'signInReadyAnnounced'
        | 'agentBecameReady'
        | 'agentLeftNotReady'
        | 'agentLeftRest'
        | 'restRanOut'
        | 'agentEnteredWrapUp'
        | 'agentRequestedWrapUp'
        | 'agentLeftWrapUp'
        | 'agentEngaged';
    }
  | { readonly kind: 'agentBecameNotReady' | 'agentBeganRest'; readonly reason: number }
  | {
      readonly kind: 'agentSignedOut';
      readonly reason: EndReason;
      /** When the session that ended began; null: not known yet. */
      readonly signedInAt: number | null;
    };

export type EndReason = 'bySelf' | 'displaced' | 'leaseOver';
export type InitialStatus = 3 | 4 | 5;

/** What an agent asks for itself. */
export type StateCall =
  | { readonly kind: 'sayFree' | 'cancelBusy' | 'cancelRest' | 'work' | 'cancelWork' }
  | { readonly kind: 'sayBusy'; readonly reason: number; readonly prolong: boolean }
  | { readonly kind: 'rest'; readonly seconds: number; readonly cause: number; readonly prolong: boolean };

/** What becomes of a contact (rule AS-14). */
export type ContactStep = { readonly kind: 'offerContact' | 'answerContact' | 'endContact' };

/** A rest is over, or a wrap-up has reached its limit. */
export type DeadlineStep = { readonly kind: 'deadline' };

/** What a move depends on beside the state. */
export interface Circumstances {
  /** When it happens, by the store's clock. */
  readonly storeTime: Span;
  readonly wrapUpLimitMs: number | null;
  readonly wrapsUpAfterHangUp: boolean;
  readonly autoEnterIdle: boolean;
  readonly releasePhone: boolean;
  readonly mayTakeContacts: boolean;
}

/** The state afterwards, and the events that tell of it. */
export interface Move {
  readonly to: ModelState;
  readonly events: readonly ModelEvent[];
}

type Unfinished = Extract<ModelState, { kind: 'wrapUp' | 'engaged' }>;

/** AS-1, AS-2 */
export function statusOf(state: ModelState): { readonly agentState: number; readonly isWorking: boolean } {
  const isRestPending = isUnfinished(state) && state.pending?.kind === 'resting';
  return {
    agentState: isRestPending ? 9 : STATE_NUMBERS[state.kind],
    isWorking: state.kind === 'engaged' && state.phase === 'talking',
  };
}

const STATE_NUMBERS = { notReady: 3, ready: 4, wrapUp: 5, engaged: 7, resting: 8 } as const;

/** SI-34: the state a session begins in, with its first events. */
export function beginningOf(status: InitialStatus, circumstances: WrapUpCircumstances): Move {
  const first: readonly ModelEvent[] = [{ kind: 'agentSignedIn' }, { kind: 'signInReadyAnnounced' }];
  switch (status) {
    case 3:
      return after(first, intoNotReady(0));
    case 4:
      return { to: { kind: 'ready' }, events: first };
    case 5:
      return after(first, intoWrapUp('agentEnteredWrapUp', circumstances));
  }
}

/** What happens to an agent in this state (rules AS-3 to AS-14); null: refused. */
export function moveOf(
  from: ModelState,
  what: StateCall | ContactStep | DeadlineStep,
  circumstances: Circumstances,
): Move | null {
  switch (what.kind) {
    case 'sayFree':
      return isEngaged(from) ? drop(from) : intoReady(LEFT_BY_SAY_FREE[from.kind]);
    case 'sayBusy':
      return sayBusy(from, what);
    case 'cancelBusy':
      return cancel(from, 'notReady', 'agentLeftNotReady');
    case 'rest':
      return rest(from, what, circumstances);
    case 'cancelRest':
      return cancel(from, 'resting', 'agentLeftRest');
    case 'work':
      return isUnfinished(from) ? null : intoWrapUp('agentRequestedWrapUp', circumstances);
    case 'cancelWork':
      return cancelWork(from, circumstances);
    case 'offerContact': {
      if (from.kind !== 'ready' || !circumstances.mayTakeContacts) return null;
      return { to: { kind: 'engaged', phase: 'offered', pending: null }, events: [{ kind: 'agentEngaged' }] };
    }
    case 'answerContact':
      return isEngaged(from) && from.phase === 'offered'
        ? { to: { ...from, phase: 'talking' }, events: [] }
        : null;
    case 'endContact':
      return isEngaged(from) ? endContact(from, circumstances) : null;
    case 'deadline':
      return meetDeadline(from, circumstances);
  }
}

const LEFT_BY_SAY_FREE = {
  ready: 'agentBecameReady',
  notReady: 'agentLeftNotReady',
  resting: 'agentLeftRest',
  wrapUp: 'agentLeftWrapUp',
} as const;

/** Until when something has to be done about the state; null: nothing has (AS-11, AS-13). */
export function deadlineOf(state: ModelState): Span | null {
  if (state.kind === 'resting') return state.isReminded ? null : state.until;
  return state.kind === 'wrapUp' ? state.until : null;
}

function isEngaged(state: ModelState): state is Extract<ModelState, { kind: 'engaged' }> {
  return state.kind === 'engaged';
}

/** Whether what the agent asks for has to wait. */
function isUnfinished(state: ModelState): state is Unfinished {
  return state.kind === 'wrapUp' || state.kind === 'engaged';
}

function after(events: readonly ModelEvent[], move: Move): Move {
  return { ...move, events: [...events, ...move.events] };
}

function intoReady(kind: 'agentLeftRest' | (typeof LEFT_BY_SAY_FREE)[keyof typeof LEFT_BY_SAY_FREE]): Move {
  return { to: { kind: 'ready' }, events: [{ kind }] };
}

function intoNotReady(reason: number): Move {
  return { to: { kind: 'notReady', reason }, events: [{ kind: 'agentBecameNotReady', reason }] };
}

function intoRest({ reason, forMs }: { reason: number; forMs: number }, storeTime: Span): Move {
  const until = later(storeTime, forMs);
  return {
    to: { kind: 'resting', reason, until, isReminded: false },
    events: [{ kind: 'agentBeganRest', reason }],
  };
}

type WrapUpCircumstances = Pick<Circumstances, 'storeTime' | 'wrapUpLimitMs'>;

/** AS-13 */
function intoWrapUp(
  kind: 'agentEnteredWrapUp' | 'agentRequestedWrapUp',
  { storeTime, wrapUpLimitMs }: WrapUpCircumstances,
): Move {
  const until = wrapUpLimitMs === null ? null : later(storeTime, wrapUpLimitMs);
  return { to: { kind: 'wrapUp', until, pending: null }, events: [{ kind }] };
}

function intoPending(pending: Pending, { storeTime }: Pick<Circumstances, 'storeTime'>): Move {
  return pending.kind === 'notReady' ? intoNotReady(pending.reason) : intoRest(pending, storeTime);
}

function drop(from: Unfinished): Move {
  return { to: { ...from, pending: null }, events: [] };
}

/** AS-4 */
function sayBusy(from: ModelState, call: Extract<StateCall, { kind: 'sayBusy' }>): Move | null {
  const { reason, prolong } = call;
  if (isUnfinished(from)) return { to: { ...from, pending: { kind: 'notReady', reason } }, events: [] };
  if (from.kind === 'resting') return null;
  if (from.kind === 'notReady' && !(prolong && reason !== 0)) return null;
  return intoNotReady(reason);
}

/** AS-9 */
function rest(
  from: ModelState,
  { seconds, cause: reason, prolong }: Extract<StateCall, { kind: 'rest' }>,
  { storeTime }: Circumstances,
): Move | null {
  const forMs = seconds * 1_000;
  if (isUnfinished(from)) return { to: { ...from, pending: { kind: 'resting', reason, forMs } }, events: [] };
  if (from.kind === 'resting' && !prolong) return null;
  return intoRest({ reason, forMs }, storeTime);
}

/** AS-5, AS-10: leaves the state itself, or clears it where it is pending. */
function cancel(
  from: ModelState,
  what: Pending['kind'],
  kind: 'agentLeftNotReady' | 'agentLeftRest',
): Move | null {
  if (from.kind === what) return intoReady(kind);
  return isUnfinished(from) && from.pending?.kind === what ? after([{ kind }], drop(from)) : null;
}

/** AS-12 */
function cancelWork(from: ModelState, circumstances: Circumstances): Move | null {
  if (from.kind !== 'wrapUp') return null;
  const { pending } = from;
  return pending === null
    ? intoReady('agentLeftWrapUp')
    : after([{ kind: 'agentLeftWrapUp' }], intoPending(pending, circumstances));
}

/** AS-14 */
function endContact({ pending }: Unfinished, circumstances: Circumstances): Move {
  const { autoEnterIdle, releasePhone, wrapsUpAfterHangUp } = circumstances;
  if (pending !== null) return intoPending(pending, circumstances);
  if (!autoEnterIdle || (releasePhone && wrapsUpAfterHangUp)) {
    return intoWrapUp('agentEnteredWrapUp', circumstances);
  }
  return intoReady('agentBecameReady');
}

/** AS-11, AS-13 */
function meetDeadline(from: ModelState, circumstances: Circumstances): Move | null {
  if (deadlineOf(from) === null) return null;
  if (from.kind === 'resting') return { to: { ...from, isReminded: true }, events: [{ kind: 'restRanOut' }] };
  const pending = isUnfinished(from) ? from.pending : null;
  return pending === null ? intoReady('agentBecameReady') : intoPending(pending, circumstances);
}
