import type { SessionId, TenantId, TokenHash, WorkNumber } from '@rollcall/contract/identifiers';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type {
  AgentRecord,
  AgentSession,
  EndedSession,
  ReplacedToken,
  SeatClaim,
  SessionSettings,
  SignOutReason,
} from '../domain/agent-session/agent-record.ts';
import {
  type AgentState,
  deadlineOf,
  type PendingState,
  reasonOf,
} from '../domain/agent-session/agent-state.ts';
import { eventFromText } from './event-text.ts';

/** Columns of an agent's row that make its record; both stores have the same. */
export interface AgentRow {
  readonly work_number: number;
  readonly tenant_id: number;
  readonly enabled: number;
  readonly credential_version: number;
  readonly log_head: number;
  readonly changed_at: number;
  readonly session_id: string | null;
  readonly token_hash: string;
  readonly token_issued_at: number;
  readonly signed_in_at: number;
  readonly first_sequence: number;
  readonly state: AgentState['kind'];
  readonly state_reason: number | null;
  readonly state_until: number | null;
  /** When the state's end is due; null while it has none, and after a rest was reminded of. */
  readonly deadline_at: number | null;
  readonly phase: 'offered' | 'talking' | null;
  readonly pending: PendingState['kind'] | null;
  readonly pending_reason: number | null;
  readonly pending_for_ms: number | null;
  readonly state_since: number;
  readonly seats: SeatClaim;
  readonly settings: string;
  readonly told_up_to: number;
  readonly bulletins_up_to: number;
}

export const AGENT_COLUMNS = [
  'work_number',
  'tenant_id',
  'enabled',
  'credential_version',
  'log_head',
  'changed_at',
  'session_id',
  'token_hash',
  'token_issued_at',
  'signed_in_at',
  'first_sequence',
  'state',
  'state_reason',
  'state_until',
  'deadline_at',
  'phase',
  'pending',
  'pending_reason',
  'pending_for_ms',
  'state_since',
  'seats',
  'settings',
  'told_up_to',
  'bulletins_up_to',
] as const satisfies readonly (keyof AgentRow)[];

export function recordFromRow(row: AgentRow): AgentRecord {
  return {
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    enabled: row.enabled === 1,
    credentialVersion: row.credential_version,
    head: row.log_head,
    changedAt: row.changed_at,
    bulletinsUpTo: row.bulletins_up_to,
    session: row.session_id === null ? null : sessionFromRow(row, row.session_id),
  };
}

function sessionFromRow(row: AgentRow, id: string): AgentSession {
  return {
    id: id as SessionId,
    tokenHash: row.token_hash as TokenHash,
    tokenIssuedAt: row.token_issued_at,
    signedInAt: row.signed_in_at,
    firstSequence: row.first_sequence,
    state: stateFromRow(row),
    stateSince: row.state_since,
    seats: row.seats,
    settings: settingsFromText(row.settings),
    toldUpTo: row.told_up_to,
  };
}

/** Parsed settings by their text: a session's are read with every change of its state and are always the same. */
const parsedSettings = new Map<string, SessionSettings>();
/** More than the live sessions of the largest site. */
const MOST_PARSED_SETTINGS = 30_000;

function settingsFromText(text: string): SessionSettings {
  const known = parsedSettings.get(text);
  if (known !== undefined) return known;
  const [oldest] = parsedSettings.keys();
  if (oldest !== undefined && parsedSettings.size >= MOST_PARSED_SETTINGS) parsedSettings.delete(oldest);
  const settings = JSON.parse(text) as SessionSettings;
  parsedSettings.set(text, settings);
  return settings;
}

function stateFromRow(row: AgentRow): AgentState {
  switch (row.state) {
    case 'ready':
      return { kind: 'ready' };
    case 'notReady':
      return { kind: 'notReady', reason: row.state_reason ?? 0 };
    case 'resting':
      return {
        kind: 'resting',
        reason: row.state_reason ?? 0,
        until: row.state_until ?? 0,
        isReminded: row.deadline_at === null,
      };
    case 'wrapUp':
      return { kind: 'wrapUp', until: row.state_until, pending: pendingFromRow(row) };
    case 'engaged':
      return { kind: 'engaged', phase: row.phase ?? 'offered', pending: pendingFromRow(row) };
  }
}

function pendingFromRow({
  pending,
  pending_reason: reason,
  pending_for_ms: forMs,
}: AgentRow): PendingState | null {
  switch (pending) {
    case null:
      return null;
    case 'notReady':
      return { kind: 'notReady', reason: reason ?? 0 };
    case 'resting':
      return { kind: 'resting', reason: reason ?? 0, forMs: forMs ?? 0 };
  }
}

/** The columns that tell a session's state. */
export function stateColumns(state: AgentState) {
  const pending = 'pending' in state ? state.pending : null;
  return {
    state: state.kind,
    state_reason: reasonOf(state),
    state_until: 'until' in state ? state.until : null,
    deadline_at: deadlineOf(state),
    phase: 'phase' in state ? state.phase : null,
    pending: pending?.kind ?? null,
    pending_reason: pending?.reason ?? null,
    pending_for_ms: pending?.kind === 'resting' ? pending.forMs : null,
  } as const;
}

export interface ReplacedTokenRow {
  readonly token_hash: string;
  readonly work_number: number;
  readonly session_id: string;
  readonly good_until: number;
}

export function replacedTokenFromRow(row: ReplacedTokenRow): ReplacedToken {
  return {
    tokenHash: row.token_hash as TokenHash,
    workNumber: row.work_number as WorkNumber,
    sessionId: row.session_id as SessionId,
    goodUntil: row.good_until,
  };
}

export interface EndedSessionRow {
  readonly session_id: string;
  readonly work_number: number;
  readonly token_hash: string;
  readonly signed_in_at: number;
  readonly ended_at: number;
  readonly reason: SignOutReason;
  readonly first_sequence: number;
  readonly last_sequence: number;
}

export function endedSessionFromRow(row: EndedSessionRow): EndedSession {
  return {
    id: row.session_id as SessionId,
    workNumber: row.work_number as WorkNumber,
    tokenHash: row.token_hash as TokenHash,
    signedInAt: row.signed_in_at,
    endedAt: row.ended_at,
    reason: row.reason,
    firstSequence: row.first_sequence,
    lastSequence: row.last_sequence,
  };
}

export interface EventRow {
  readonly sequence: number;
  readonly at: number;
  readonly event: string;
}

export function loggedEventFromRow(row: EventRow): LoggedEvent {
  return { sequence: row.sequence, at: row.at, event: eventFromText(row.event) };
}
