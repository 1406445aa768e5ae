import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';

/** A session whose state has reached its end: a rest to be reminded of, or a wrap-up at its limit. */
export interface DueDeadline {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
  /** Epoch ms; names the deadline: a later one is another. */
  readonly deadline: number;
}

/** The deadlines that stand in the agents' rows (rule AS-20). */
export interface DeadlineStore {
  /** At most `limit` that are over by the store's time; the oldest first. */
  findDueDeadlines(limit: number): Promise<readonly DueDeadline[]>;
}
