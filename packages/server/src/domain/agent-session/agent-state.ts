/*
 *   signing in: to ready, notReady or wrapUp
 *
 *                      becomeNotReady                                    rest
 *          ┌────────────────────────────────▶ notReady ◀┐        ┌──────────────────▶ resting ◀┐
 *          │                                  │  └──────┘        │                    │  │  └──┘
 *          │  becomeReady, cancelNotReady     │  with prolong    │                    │  │ with prolong; meetDeadline:
 *        ready ◀──────────────────────────────┘  and a reason    │                    │  │ a reminder, once
 *          ▲ │ ◀─────────────────────────────────────────────────┼── becomeReady, ────┘  │
 *          │ │                                                   │   cancelRest          │
 *          │ │  beginWrapUp (from notReady too)                  │                       │ beginWrapUp
 *          │ ├───────────────────────────▶ wrapUp ◀──────────────┼───────────────────────┘
 *          │ │                             │    ▲                └── from ready and notReady
 *          │ │   becomeReady, endWrapUp,   │    │
 *          ├─┼──── meetDeadline ───────────┘    │ endContact: to what is pending; else to wrapUp or ready
 *          │ │                                  │
 *          │ └── offerContact ────────▶ engaged ┤
 *          └────────────────────────────────────┘
 *
 *   In wrapUp and engaged, becomeNotReady and rest set what is pending, cancelNotReady and cancelRest clear it;
 *   leaving either leads to what is pending. Every cell: transitions.ts, and docs/spec/agent-state.md.
 */

/** Where the agent goes when the present work ends. One field, never two flags. */
export type PendingState =
  | { readonly kind: 'notReady'; readonly reason: number }
  | { readonly kind: 'resting'; readonly reason: number; readonly forMs: number };

/** The state of a signed-in agent; each variant carries only its own facts. Times are epoch ms of the store. */
export type AgentState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'notReady'; readonly reason: number }
  | {
      readonly kind: 'resting';
      readonly reason: number;
      readonly until: number;
      /** The agent was told that the rest is over. */
      readonly isReminded: boolean;
    }
  | {
      readonly kind: 'wrapUp';
      /** The tenant's limit; null: none. */
      readonly until: number | null;
      readonly pending: PendingState | null;
    }
  | {
      readonly kind: 'engaged';
      readonly phase: 'offered' | 'talking';
      readonly pending: PendingState | null;
    };

/** Reason of a not-ready state for which the agent named none. */
export const NO_REASON = 0;
/** Reason of a not-ready state that a supervisor forced. */
export const FORCED_REASON = 3;

/** Epoch ms at which something is due in this state; null: nothing is (rule AS-20). */
export function deadlineOf(state: AgentState): number | null {
  switch (state.kind) {
    case 'resting':
      return state.isReminded ? null : state.until;
    case 'wrapUp':
      return state.until;
    case 'ready':
    case 'notReady':
    case 'engaged':
      return null;
  }
}

/** Why the agent is in this state, where that is told apart. */
export function reasonOf(state: AgentState): number | null {
  return state.kind === 'notReady' || state.kind === 'resting' ? state.reason : null;
}

/** AS-6: an interval of the agent's time goes on while state and reason stay the same. */
export function isSameInterval(before: AgentState, after: AgentState): boolean {
  return before.kind === after.kind && reasonOf(before) === reasonOf(after);
}
