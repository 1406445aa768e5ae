import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { BulletinTarget } from '../domain/agent-session/bulletin.ts';
import type { ListedAgent } from './directory-store.ts';

/** A tenant with bulletins that were not given yet to all who are signed in. */
export interface BulletinBacklog {
  readonly tenantId: TenantId;
  /** Up to this place they were. */
  readonly givenUpTo: number;
  /** Place of the newest. */
  readonly head: number;
}

/** Which of a tenant's signed-in agents to list: those behind `after`, by number. */
export interface ReaderRange {
  readonly tenantId: TenantId;
  readonly after: WorkNumber | 0;
  readonly limit: number;
}

/** The bulletins of tenants and how far they were given (docs/spec/notes.md). They are put up by commands. */
export interface BulletinStore {
  /** The smallest ids first. */
  findBulletinBacklogs(limit: number): Promise<readonly BulletinBacklog[]>;
  /** Of the tenant's bulletins behind `after` up to `upTo`; what is not kept any more is left out. */
  readBulletinTargets(tenantId: TenantId, after: number, upTo: number): Promise<readonly BulletinTarget[]>;
  /** Signed-in agents that may not have been given all bulletins up to `upTo`, by number. */
  listBulletinReaders(range: ReaderRange, upTo: number): Promise<readonly ListedAgent[]>;
  /** Does not wait for the disk, and moves nothing back. */
  saveBulletinsGiven(tenantId: TenantId, upTo: number): Promise<void>;
  /**
   * Removes at most `limit` that are older than `postedBefore` (epoch ms), and as many that have `most` newer ones; gives
   * how many.
   */
  pruneBulletins(postedBefore: number, most: number, limit: number): Promise<number>;
}
