import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentInterval } from '../domain/agent-session/agent-interval.ts';
import type { LedgerPortion, SessionMark } from '../domain/agent-time/ledger-check.ts';
import { type AgentRow, recordFromRow } from './agent-rows.ts';
import type { AgentTime } from './agent-time-store.ts';

/** Both stores have the same columns. */
export interface IntervalRow {
  readonly work_number: number;
  readonly began_at: number;
  readonly ended_at: number;
  readonly tenant_id: number;
  readonly session_id: string;
  readonly state: AgentInterval['state'];
  readonly reason: number | null;
}

export const INTERVAL_COLUMNS = 'work_number, began_at, ended_at, tenant_id, session_id, state, reason';

/** A begin or end of a session in the audit trail. */
export interface MarkRow {
  readonly kind: SessionMark['kind'];
  readonly session_id: string;
  readonly at: number;
  readonly audit_id: number;
}

/** What was read of an agent's time. */
export function agentTimeFromRows(agent: AgentRow, intervals: readonly IntervalRow[]): AgentTime {
  return { record: recordFromRow(agent), closed: intervals.map(intervalFromRow) };
}

/** What was read of an agent's ledger, one row more of each kind than asked for where there are more. */
export function ledgerPortionFromRows(
  { agent, marks, intervals }: { agent: AgentRow | undefined; marks: MarkRow[]; intervals: IntervalRow[] },
  limit: number,
): LedgerPortion {
  return {
    live: agent === undefined ? null : recordFromRow(agent).session,
    marks: marks.slice(0, limit).map(markFromRow),
    hasMoreMarks: marks.length > limit,
    intervals: intervals.slice(0, limit).map(intervalFromRow),
    hasMoreIntervals: intervals.length > limit,
  };
}

function intervalFromRow(row: IntervalRow): AgentInterval {
  return {
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    sessionId: row.session_id as SessionId,
    state: row.state,
    reason: row.reason,
    beganAt: row.began_at,
    endedAt: row.ended_at,
  };
}

function markFromRow({ kind, session_id: id, at, audit_id: place }: MarkRow): SessionMark {
  return { kind, sessionId: id as SessionId, at, place };
}
