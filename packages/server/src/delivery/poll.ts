import type { EventPosition, SessionId, WireEvent, WorkNumber } from '@rollcall/contract';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';

export type PollAnswer =
  | { readonly kind: 'event'; readonly event: WireEvent; readonly position: EventPosition }
  | { readonly kind: 'empty' }
  /** The session is over and all of its events have been read. */
  | { readonly kind: 'over' };

/** A caller's connection, as far as it tells whether an answer has arrived (rule DL-6). */
export interface PollConnection {
  readonly openedAtMs: number;
  /** When the newest request came on it. */
  readonly heardAtMs: number;
  /** `closed`: by its client, in order. `broken`: by a fault or a time-out. */
  readonly state: 'open' | 'closed' | 'broken';
  /** A proxy sends the requests of many clients on it, and each on any of its connections (rule WI-46). */
  readonly isShared: boolean;
}

/** A poll as it arrives, its caller already known. */
export interface Poll {
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  readonly firstSequence: number;
  /** The record that the caller was identified by; null when its session has ended. */
  readonly record: AgentRecord | null;
  readonly connection: PollConnection;
  /** Read behind this place and consume nothing; null: read what the session has not received yet. */
  readonly after: EventPosition | null;
}
