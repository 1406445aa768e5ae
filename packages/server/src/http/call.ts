import type { ResultCode, SignInResult, WireEvent, WorkNumber } from '@rollcall/contract';
import type { PollConnection } from '../delivery/poll.ts';
import type { StreamOutput } from '../delivery/stream-writer.ts';
import type { Identity } from '../services/agent-sessions.ts';
import type { TrustedPeer } from '../services/trusted-peers.ts';

/** What an operation has to say; `send-reply.ts` alone turns it into bytes. */
export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'result'; readonly result: object | string | number | boolean }
  /** A result that is JSON already: made once for all who ask. */
  | { readonly kind: 'resultText'; readonly text: string }
  | { readonly kind: 'signedIn'; readonly result: SignInResult; readonly token: string }
  /** A fresh token, said with the headers of a sign-in. */
  | { readonly kind: 'tokenRenewed'; readonly token: string }
  /** `position`: the event's place in its agent's log, as readers name it. */
  | { readonly kind: 'event'; readonly event: WireEvent; readonly position: string }
  /** `position`: the place in all that the peer may read. */
  | { readonly kind: 'events'; readonly events: readonly WireEvent[]; readonly position: string }
  /** Events one after another; `begin` is called once the headers are written. */
  | { readonly kind: 'stream'; readonly begin: (output: StreamOutput) => void }
  | Refused;

export interface Refused {
  readonly kind: 'refused';
  readonly code: ResultCode;
  /** Replaces the catalogue's message; never holds anything internal. */
  readonly message?: string;
  readonly retryAfterS?: number;
  /** What the log is told beside the code. */
  readonly cause?: unknown;
}

export const DONE: Reply = { kind: 'done' };

export function refuse(code: ResultCode, message?: string): Refused {
  return message === undefined ? { kind: 'refused', code } : { kind: 'refused', code, message };
}

/** A failure of ours: logged with its cause, answered without it (rule SI-28). */
export function fault(cause: unknown): Refused {
  return { kind: 'refused', code: '100-007', cause };
}

/** The parts of a request that every operation may need. */
export interface AgentlessCall {
  readonly peerAddress: string;
  /** The trusted peer on whose listener the call came. */
  readonly trustedPeer: TrustedPeer | null;
  /** The parts of the path that its template names. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** The connection on which the call came. */
  readonly connection: PollConnection;
  /** Whether the caller's connection is gone already. */
  isGone(): boolean;
  /** Has `run` called when the call is answered or the caller's connection is gone, whichever is first. */
  whenGone(run: () => void): void;
}

/** A call whose path names an agent. */
export interface Call extends AgentlessCall {
  readonly workNumber: WorkNumber;
}

/** A call whose caller proved to be the path's agent. */
export interface SessionCall extends Call {
  readonly live: Extract<Identity, { kind: 'live' }>;
}

/** A call that an ended session's token opens too. */
export interface AnySessionCall extends Call {
  readonly identity: Extract<Identity, { kind: 'live' | 'ended' }>;
}
