import type { Row, TableReader } from './table-reader.ts';

/** The present state as a live session's row tells it. */
export interface StoredState {
  readonly kind: string;
  readonly reason: number | null;
  readonly pendingReason: number | null;
}

export interface StoredSession {
  readonly id: string;
  readonly tokenHash: string;
  readonly signedInAt: number;
  readonly firstSequence: number;
  readonly state: StoredState;
  readonly seats: string;
  readonly phone: string | null;
}

export interface StoredAgent {
  readonly workNumber: number;
  readonly tenantId: number;
  readonly head: number;
  readonly session: StoredSession | null;
  /** Columns of a session that are set though there is none, or the other way round. */
  readonly hasHalfSession: boolean;
}

/** An event as it is stored, without the version of its text. */
export interface StoredEvent {
  readonly kind: string;
  readonly reason?: number | string;
  readonly signedInAt?: number;
}

export interface StoredPosition {
  readonly tenantId: number;
  readonly feedSequence: number;
  readonly workNumber: number;
  readonly sequence: number;
  readonly at: number;
  readonly event: StoredEvent;
}

export interface StoredEnd {
  readonly sessionId: string;
  readonly workNumber: number;
  readonly tokenHash: string;
  readonly signedInAt: number;
  readonly reason: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

export interface StoredAudit {
  readonly sessionId: string;
  readonly act: { readonly kind: 'signIn' | 'signOut'; readonly reason?: string };
}

/** Everything that commands write, at one moment. Events are in the order of the feed. */
export interface Tables {
  readonly agents: readonly StoredAgent[];
  readonly events: readonly StoredPosition[];
  readonly ended: readonly StoredEnd[];
  readonly audit: readonly StoredAudit[];
  /** `tenant/number/agent` of each. */
  readonly phones: readonly string[];
  /** `agent/session` of each. */
  readonly lifeSigns: readonly string[];
  readonly licences: readonly { readonly tenantId: number; readonly agent: number; readonly video: number }[];
  readonly feeds: readonly { readonly tenantId: number; readonly head: number }[];
}

export function readTables(reader: TableReader): Promise<Tables> {
  return reader.snapshot(async (query) => ({
    agents: (await query('SELECT * FROM agent ORDER BY work_number')).map(agentOf),
    events: (await query('SELECT * FROM agent_event ORDER BY tenant_id, feed_sequence')).map(positionOf),
    ended: (await query('SELECT * FROM ended_session ORDER BY work_number, first_sequence')).map(endOf),
    audit: (await query('SELECT session_id, act FROM audit_entry ORDER BY audit_id')).map((row) => ({
      sessionId: String(row.session_id),
      act: JSON.parse(String(row.act)) as StoredAudit['act'],
    })),
    phones: (await query('SELECT * FROM phone')).map(
      ({ tenant_id: tenantId, number, work_number: holder }) => `${tenantId}/${number}/${holder}`,
    ),
    lifeSigns: (await query('SELECT work_number, session_id FROM life_sign ORDER BY work_number')).map(
      ({ work_number: agent, session_id: session }) => `${agent}/${session}`,
    ),
    licences: (await query('SELECT * FROM licence')).map((row) => ({
      tenantId: Number(row.tenant_id),
      agent: Number(row.agent_used),
      video: Number(row.video_used),
    })),
    feeds: (await query('SELECT * FROM feed')).map((row) => ({
      tenantId: Number(row.tenant_id),
      head: Number(row.head),
    })),
  }));
}

const SESSION_COLUMNS = [
  'session_id',
  'token_hash',
  'signed_in_at',
  'first_sequence',
  'state',
  'state_since',
  'seats',
  'settings',
];

function agentOf(row: Row): StoredAgent {
  const set = SESSION_COLUMNS.filter((column) => row[column] !== null);
  return {
    workNumber: Number(row.work_number),
    tenantId: Number(row.tenant_id),
    head: Number(row.log_head),
    session: row.session_id === null ? null : sessionOf(row),
    hasHalfSession: set.length !== 0 && set.length !== SESSION_COLUMNS.length,
  };
}

function sessionOf(row: Row): StoredSession {
  const { phoneNumber } = JSON.parse(String(row.settings)) as { phoneNumber: string | null };
  return {
    id: String(row.session_id),
    tokenHash: String(row.token_hash),
    signedInAt: Number(row.signed_in_at),
    firstSequence: Number(row.first_sequence),
    state: {
      kind: String(row.state),
      reason: numberOrNull(row.state_reason),
      pendingReason: numberOrNull(row.pending_reason),
    },
    seats: String(row.seats),
    phone: phoneNumber,
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function positionOf(row: Row): StoredPosition {
  const { v: _version, ...event } = JSON.parse(String(row.event)) as StoredEvent & { v: number };
  return {
    tenantId: Number(row.tenant_id),
    feedSequence: Number(row.feed_sequence),
    workNumber: Number(row.work_number),
    sequence: Number(row.sequence),
    at: Number(row.at),
    event,
  };
}

function endOf(row: Row): StoredEnd {
  return {
    sessionId: String(row.session_id),
    workNumber: Number(row.work_number),
    tokenHash: String(row.token_hash),
    signedInAt: Number(row.signed_in_at),
    reason: String(row.reason),
    firstSequence: Number(row.first_sequence),
    lastSequence: Number(row.last_sequence),
  };
}
