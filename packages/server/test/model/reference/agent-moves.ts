/** An agent's state. In wrap-up a not-ready state may be pending (rule AS-1). */
export interface ModelState {
  readonly kind: 'ready' | 'notReady' | 'wrapUp';
  readonly reason: number | null;
  readonly pendingReason: number | null;
}

/** An event as the log keeps it. */
export type ModelEvent =
  | {
      readonly kind:
        | 'agentSignedIn'
        | 'signInReadyAnnounced'
        | 'agentBecameReady'
        | 'agentLeftNotReady'
        | 'agentEnteredWrapUp'
        | 'agentLeftWrapUp';
    }
  | { readonly kind: 'agentBecameNotReady'; readonly reason: number }
  | {
      readonly kind: 'agentSignedOut';
      readonly reason: EndReason;
      /** When the session that ended began; null: not known yet. */
      readonly signedInAt: number | null;
    };

export type EndReason = 'bySelf' | 'displaced' | 'leaseOver';
export type InitialStatus = 3 | 4 | 5;

export type StateCall =
  | { readonly kind: 'sayFree' | 'cancelBusy' }
  | { readonly kind: 'sayBusy'; readonly reason: number; readonly prolong: boolean };

/** The state afterwards, and the events that tell of it. */
export interface Move {
  readonly to: ModelState;
  readonly events: readonly ModelEvent[];
}

const READY: ModelState = { kind: 'ready', reason: null, pendingReason: null };
const WRAP_UP: ModelState = { kind: 'wrapUp', reason: null, pendingReason: null };

function notReady(reason: number): ModelState {
  return { kind: 'notReady', reason, pendingReason: null };
}

/** SI-34: the state a session begins in, with its first events. */
export function beginningOf(status: InitialStatus): Move {
  const first: readonly ModelEvent[] = [{ kind: 'agentSignedIn' }, { kind: 'signInReadyAnnounced' }];
  switch (status) {
    case 3:
      return { to: notReady(0), events: [...first, { kind: 'agentBecameNotReady', reason: 0 }] };
    case 4:
      return { to: READY, events: first };
    case 5:
      return { to: WRAP_UP, events: [...first, { kind: 'agentEnteredWrapUp' }] };
  }
}

/** The table of docs/spec/agent-state.md; null: refused. */
export function moveOf(from: ModelState, call: StateCall): Move | null {
  switch (call.kind) {
    case 'sayFree':
      return { to: READY, events: [{ kind: LEFT_BY_SAY_FREE[from.kind] }] };
    case 'sayBusy':
      return becomeNotReady(from, call);
    case 'cancelBusy':
      return cancelNotReady(from);
  }
}

const LEFT_BY_SAY_FREE = {
  ready: 'agentBecameReady',
  notReady: 'agentLeftNotReady',
  wrapUp: 'agentLeftWrapUp',
} as const;

function becomeNotReady(
  from: ModelState,
  { reason, prolong }: { readonly reason: number; readonly prolong: boolean },
): Move | null {
  if (from.kind === 'wrapUp') return { to: { ...from, pendingReason: reason }, events: [] };
  if (from.kind === 'notReady' && !(prolong && reason !== 0)) return null;
  return { to: notReady(reason), events: [{ kind: 'agentBecameNotReady', reason }] };
}

function cancelNotReady(from: ModelState): Move | null {
  const events: readonly ModelEvent[] = [{ kind: 'agentLeftNotReady' }];
  if (from.kind === 'notReady') return { to: READY, events };
  return from.pendingReason === null ? null : { to: { ...from, pendingReason: null }, events };
}
