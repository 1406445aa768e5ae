import type { SessionId, TenantId } from '@rollcall/contract/identifiers';
import type { BegunPush } from '../domain/agent-session/event-push.ts';
import type { ReadPosition } from './read-position-store.ts';

/** A session whose events are sent. */
export interface PushedSession extends BegunPush {
  /** Sequence of the session's newest event when this was read. */
  readonly head: number;
  /** Whether the session had not ended then. */
  readonly isLive: boolean;
}

export interface PushClaim {
  /** Sessions that are this sender's from now on. */
  readonly taken: readonly PushedSession[];
  /** The sender was not heard of for too long: what it had before may be another's. */
  readonly hasLapsed: boolean;
}

/** A failure to send a session's next events. */
export interface PushFailure {
  readonly sessionId: SessionId;
  readonly why: string;
}

/** One receiver of a tenant's events. Times are epoch ms. */
export interface PushReceiver {
  /** What stands before the path of its URLs. */
  readonly receiver: string;
  readonly sessions: number;
  /** Sessions with events that were not received yet. */
  readonly waiting: number;
  /** Of the oldest of these events. */
  readonly waitingSince: number | null;
  /** The newest failure of a session that nothing was received of since. */
  readonly lastFailure: { readonly at: number; readonly why: string } | null;
}

/**
 * Sessions whose events are sent: begun with their sign-in, each sent by one process at a time. None of these writes
 * waits for the disk: what a failure of the machine loses is sent again.
 */
export interface EventPushStore {
  /**
   * Says that the sender is alive, for 15 s by the store's clock, and gives it at most `limit` sessions that nobody sends
   * for. Without other writers no other sender is alive.
   */
  claimPushes(sender: string, limit: number): Promise<PushClaim>;
  /** One statement for all; no position is moved back, and a failure before it is forgotten. */
  savePushPositions(positions: readonly ReadPosition[]): Promise<void>;
  savePushFailures(failures: readonly PushFailure[]): Promise<void>;
  /** Everything was received: forgets where it went, and what was secret of that. */
  endPushes(sessionIds: readonly SessionId[]): Promise<void>;
  /** The sender stops: its sessions are for others at once. */
  releasePushes(sender: string): Promise<void>;
  /** In order of their names. */
  listPushReceivers(tenantId: TenantId): Promise<readonly PushReceiver[]>;
}
