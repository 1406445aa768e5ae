import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';

/** A session that this node has heard of since the last flush. Ages, so that the store's clock alone counts. */
export interface SeenSession {
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  /** Milliseconds since its last request. */
  readonly seenAgoMs: number;
  /** Milliseconds since its events were last read; null: not since the last flush. */
  readonly readAgoMs: number | null;
}

/** A session whose lease was over when it was looked for. */
export interface DueLease {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
}

/**
 * The signs of life of live sessions: one narrow row each, which begins and ends with its session.
 * None of these writes waits for the disk: what a failure of the machine loses, {@link renewAllLifeSigns} makes good.
 */
export interface LifeSignStore {
  /** One statement for all; a sign older than the stored one changes nothing. Gives the store's time, epoch ms. */
  saveLifeSigns(signs: readonly SeenSession[]): Promise<number>;
  /** Every live session counts as seen and read now (rule LE-5). */
  renewAllLifeSigns(): Promise<void>;
  /** At most `limit` sessions whose lease has been over for `graceMs`, or that have lasted too long; the oldest first. */
  findDueLeases(graceMs: number, limit: number): Promise<readonly DueLease[]>;
}
