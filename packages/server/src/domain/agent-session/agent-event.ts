import type { SignOutReason } from './agent-record.ts';

/** A fact about one agent, in the past tense; stored in the agent's log and never changed. */
export type AgentEvent =
  | { readonly kind: 'agentSignedIn' }
  /** Ready told to old clients as part of a sign-in; the agent is ready only when no other state follows. */
  | { readonly kind: 'signInReadyAnnounced' }
  | { readonly kind: 'agentBecameReady' }
  | { readonly kind: 'agentBecameNotReady'; readonly reason: number }
  | { readonly kind: 'agentLeftNotReady' }
  | { readonly kind: 'agentEnteredWrapUp' }
  | { readonly kind: 'agentLeftWrapUp' }
  | {
      readonly kind: 'agentSignedOut';
      readonly reason: SignOutReason;
      /** Epoch ms of the sign-in that this ends. */
      readonly signedInAt: number;
    };

/** An event at its place in the agent's log. */
export interface LoggedEvent {
  /** Dense per agent, from 1. */
  readonly sequence: number;
  /** Epoch ms. */
  readonly at: number;
  readonly event: AgentEvent;
}
