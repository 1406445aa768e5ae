import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { LifeSign } from '../domain/agent-session/working-set.ts';
import type { DueLease } from './life-sign-store.ts';

/** One live session's signs of life; both stores have the same columns. */
export interface LifeSignRow {
  readonly work_number: number;
  readonly session_id: string;
  readonly seen_at: number;
  readonly read_at: number;
  readonly life_ms: number;
  readonly attention_ms: number;
  readonly limit_at: number;
}

export const LIFE_SIGN_COLUMNS = 'work_number, session_id, seen_at, read_at, life_ms, attention_ms, limit_at';

export function lifeSignFromRow(row: LifeSignRow): LifeSign {
  return {
    sessionId: row.session_id as SessionId,
    seenAt: row.seen_at,
    readAt: row.read_at,
    lifeMs: row.life_ms,
    attentionMs: row.attention_ms,
    limitAt: row.limit_at,
  };
}

export interface DueLeaseRow {
  readonly work_number: number;
  readonly tenant_id: number;
  readonly session_id: string;
}

export function dueLeaseFromRow(row: DueLeaseRow): DueLease {
  return {
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    sessionId: row.session_id as SessionId,
  };
}
