import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { SignOutReason } from './agent-record.ts';
import type { Note } from './note.ts';

/** A fact about one agent, in the past tense; stored in the agent's log and never changed. */
export type AgentEvent =
  | ({ readonly kind: 'agentSignedIn' } & TextChatMark & PeerMark)
  /** Ready told to old clients as part of a sign-in; the agent is ready only when no other state follows. */
  | { readonly kind: 'signInReadyAnnounced' }
  | { readonly kind: 'agentBecameReady' }
  | { readonly kind: 'agentBecameNotReady'; readonly reason: number }
  | { readonly kind: 'agentLeftNotReady' }
  /** By a supervisor; null: by the holder of the site token. */
  | { readonly kind: 'agentForcedReady'; readonly by: WorkNumber | null }
  | { readonly kind: 'agentForcedNotReady'; readonly by: WorkNumber | null; readonly reason: number }
  | { readonly kind: 'agentBeganRest'; readonly reason: number }
  | { readonly kind: 'agentLeftRest' }
  /** The time of a rest is over; the agent stays in it. */
  | { readonly kind: 'restRanOut' }
  /** Without the agent's asking: after a contact, or as its sign-in said. */
  | { readonly kind: 'agentEnteredWrapUp' }
  | { readonly kind: 'agentRequestedWrapUp' }
  | { readonly kind: 'agentLeftWrapUp' }
  /** A contact is handled from now on. */
  | { readonly kind: 'agentEngaged' }
  | ({ readonly kind: 'noteReceived' } & Note)
  /** A note of a supervisor to many agents, this one among them. */
  | ({ readonly kind: 'bulletinReceived' } & Note)
  | ({
      readonly kind: 'agentSignedOut';
      readonly reason: SignOutReason;
      /** Epoch ms of the sign-in that this ends. */
      readonly signedInAt: number;
    } & TextChatMark)
  /** To an inspector: an agent that it watches signed in. */
  | ({ readonly kind: 'watchedAgentSignedIn' } & WatchedSession)
  /** To an inspector: the session of an agent that it watches ended. */
  | ({ readonly kind: 'watchedAgentSignedOut' } & WatchedSession);

/** Stands on the begin of a session that a trusted peer signed in. */
interface PeerMark {
  readonly viaPeer?: string;
}

/** Stands on the begin and the end of a session that registered for text chat. */
interface TextChatMark {
  readonly textChat?: true;
}

/** A watched agent's session, at one of the servers that it was signed in to. */
export interface WatchedSession {
  readonly agent: WorkNumber;
  readonly name: string;
  readonly server: 'ccs' | 'textChat';
}

/** An event at its place in the agent's log. */
export interface LoggedEvent {
  /** Dense per agent, from 1. */
  readonly sequence: number;
  /** Epoch ms. */
  readonly at: number;
  readonly event: AgentEvent;
}
