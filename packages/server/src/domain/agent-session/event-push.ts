import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';

/** Where a session's events are sent (docs/spec/push.md). Secret but for form and receiver. */
export interface PushTarget {
  /** `list`: several events a request. `single`: one. */
  readonly form: 'list' | 'single';
  readonly url: string;
  /** What stands before the URL's path. */
  readonly receiver: string;
  /** By what the receiver knows who sends; null in the single form. */
  readonly receiverToken: string | null;
  /** By what the receiver knows whose events they are; null in the single form. */
  readonly sessionToken: string | null;
}

/** A session whose events are to be sent from now on. */
export interface BegunPush extends PushTarget {
  readonly sessionId: SessionId;
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  /** Sequence of the newest event in the agent's log that is not the session's own. */
  readonly position: number;
}
