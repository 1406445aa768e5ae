import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentInterval } from '../domain/agent-session/agent-interval.ts';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { LedgerPlace, LedgerPortion } from '../domain/agent-time/ledger-check.ts';

/** Which part of an agent's time to read; epoch ms, `to` excluded. */
export interface AgentTimeRange {
  readonly workNumber: WorkNumber;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** An agent's time as it was at one moment. */
export interface AgentTime {
  /** Its session's present state is the interval that goes on. */
  readonly record: AgentRecord;
  /** Intervals that are over and overlap the range, in order. */
  readonly closed: readonly AgentInterval[];
}

/** Which part of an agent's ledger to read: at most `limit` marks and intervals that follow `after`. */
export interface LedgerRange {
  readonly workNumber: WorkNumber;
  readonly after: LedgerPlace;
  readonly limit: number;
}

/**
 * Reads of what agents did with their time. Two adapters, SQLite and PostgreSQL, are held to one suite
 * (test/storage/agent-time-contract.ts). Intervals are written by the agent transaction and never changed.
 */
export interface AgentTimeStore {
  /** One snapshot; undefined where there is no such agent. */
  readAgentTime(range: AgentTimeRange): Promise<AgentTime | undefined>;
  /** The lowest work number above this one of an agent, or of intervals whoever they belong to. */
  findNextInLedger(above: number): Promise<WorkNumber | undefined>;
  /** One snapshot of the audit trail, the intervals and the live session. */
  readLedger(range: LedgerRange): Promise<LedgerPortion>;
  /** Epoch ms since which intervals have been written. */
  findLedgerStart(): Promise<number>;
}
