import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { DueDeadline } from './deadline-store.ts';

/** Both stores have the same columns. */
export interface DueDeadlineRow {
  readonly work_number: number;
  readonly tenant_id: number;
  readonly session_id: string;
  readonly deadline_at: number;
}

export function dueDeadlineFromRow(row: DueDeadlineRow): DueDeadline {
  return {
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    sessionId: row.session_id as SessionId,
    deadline: row.deadline_at,
  };
}
