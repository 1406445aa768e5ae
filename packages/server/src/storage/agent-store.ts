import type { SessionId, TenantId, TokenHash, WorkNumber } from '@rollcall/contract/identifiers';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { AgentRecord, EndedSession, ReplacedToken } from '../domain/agent-session/agent-record.ts';
import type { Command } from '../domain/agent-session/commands.ts';
import type { Changes, CommandOutcome, FoldedBatch } from '../domain/agent-session/fold.ts';
import type { WorkingSet } from '../domain/agent-session/working-set.ts';

/**
 * Decides a batch against what the store has locked; `now` is epoch ms by the store's clock. Called again, with a
 * working set read anew, when the database undid the batch because of another transaction.
 */
export type Fold = (set: WorkingSet, commands: readonly Command[], now: number) => FoldedBatch;

/** What became of a batch. Nothing may be said about it to anyone before this is known. */
export type BatchResult =
  | {
      readonly kind: 'committed';
      readonly outcomes: readonly CommandOutcome[];
      readonly changes: Changes;
      /** The head of each changed tenant's feed after the batch. */
      readonly feedHeads: ReadonlyMap<TenantId, number>;
    }
  /** The connection was lost around COMMIT and the outcome could not be looked up in time (rule TX-8). */
  | { readonly kind: 'unknown' };

/** Which part of an agent's log to read: `after` excluded, `upTo` included. */
export interface EventRange {
  readonly workNumber: WorkNumber;
  readonly after: number;
  readonly upTo: number;
  readonly limit: number;
}

/**
 * The agents' records and their logs. Two adapters, SQLite and PostgreSQL, are held to one suite
 * (test/storage/agent-store-contract.ts).
 */
export interface AgentStore {
  /**
   * One transaction: locks and loads what the commands touch in the one global order (agents by number, phones by
   * number, licence counters by tenant, feed heads by tenant), folds, writes, commits.
   * Throws {@link UniqueConstraintFault} when a constraint fired, any other error when the store failed;
   * in both cases nothing is written.
   */
  commit(commands: readonly Command[], fold: Fold): Promise<BatchResult>;
  findAgent(workNumber: WorkNumber): Promise<AgentRecord | undefined>;
  /** The agent whose live session the token opens. */
  findTokenOwner(tokenHash: TokenHash): Promise<WorkNumber | undefined>;
  findEndedSession(workNumber: WorkNumber, tokenHash: TokenHash): Promise<EndedSession | undefined>;
  findEndedSessionById(sessionId: SessionId): Promise<EndedSession | undefined>;
  /** A token that a newer one of its session has replaced; for an hour after it was last good. */
  findReplacedToken(tokenHash: TokenHash): Promise<ReplacedToken | undefined>;
  /** Sequence of the oldest event of the agent that is kept; undefined: none is. */
  findOldestKept(workNumber: WorkNumber): Promise<number | undefined>;
  /** In order of sequence. */
  readEvents(range: EventRange): Promise<readonly LoggedEvent[]>;
  /**
   * Removes at most `limit` sessions that ended before `endedBefore` (epoch ms), with their read positions and where
   * their events were sent; gives how many.
   */
  pruneEndedSessions(endedBefore: number, limit: number): Promise<number>;
  /** Removes at most `limit` replaced tokens that were last good before `goodBefore` (epoch ms); gives how many. */
  pruneReplacedTokens(goodBefore: number, limit: number): Promise<number>;
}

/** A unique constraint fired: two writers got past the locks, which is a bug of ours. */
export class UniqueConstraintFault extends Error {
  override readonly name = 'UniqueConstraintFault';
}
