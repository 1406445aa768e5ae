/*
 *                 becomeNotReady                    becomeReady
 *        ┌──────────────────────────▶ notReady ──────────────────┐
 *        │                              ▲  │ becomeNotReady      │
 *      ready ◀── cancelNotReady ────────┘◀─┘ with prolong: the   │
 *        ▲ ▲                              reason is replaced     │
 *        │ └─────────────────────────────────────────────────────┘
 *        │ becomeReady (a pending state is dropped)
 *      wrapUp ── becomeNotReady: pending is set; cancelNotReady: pending is cleared
 *
 * A sign-in creates the session in ready, notReady or wrapUp. See docs/spec/agent-state.md.
 */

/** Where the agent goes when the present work ends. One field, never two flags. */
export interface PendingNotReady {
  readonly kind: 'notReady';
  readonly reason: number;
}

/** The state of a signed-in agent; each variant carries only its own facts. */
export type AgentState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'notReady'; readonly reason: number }
  | { readonly kind: 'wrapUp'; readonly pending: PendingNotReady | null };

/** Reason of a not-ready state for which the agent named none. */
export const NO_REASON = 0;
