import type { Row, TableReader } from './table-reader.ts';

/** The present state as a live session's row tells it. Times are epoch ms. */
export interface StoredState {
  readonly kind: string;
  readonly reason: number | null;
  readonly until: number | null;
  readonly deadlineAt: number | null;
  readonly phase: string | null;
  readonly pending: string | null;
  readonly pendingReason: number | null;
  readonly pendingForMs: number | null;
}

/** What a session's agent may set, by the names of the stored text. */
export interface StoredSettings {
  readonly phoneNumber: string | null;
  readonly autoAnswer: boolean;
  readonly autoEnterReady: boolean;
  readonly releasePhone: boolean;
  readonly takesContacts: boolean;
  readonly customState: number | null;
  readonly forwardTo: string | null;
  readonly selfRecording: { readonly isOn: boolean; readonly beforeTalking: boolean };
}

export interface StoredSession {
  readonly id: string;
  readonly tokenHash: string;
  readonly signedInAt: number;
  readonly firstSequence: number;
  readonly state: StoredState;
  /** When the present interval of the agent's time began. */
  readonly stateSince: number;
  readonly seats: string;
  readonly phone: string | null;
  readonly settings: StoredSettings;
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
  readonly endedAt: number;
  readonly reason: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

export interface StoredAudit {
  readonly sessionId: string;
  readonly act: { readonly kind: 'signIn' | 'signOut' | 'phoneBound'; readonly reason?: string };
}

/** A time that an agent spent in one state for one reason; epoch ms. */
export interface StoredInterval {
  readonly workNumber: number;
  readonly sessionId: string;
  readonly state: string;
  readonly reason: number | null;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Everything that commands write, at one moment. Events are in the order of the feed. */
export interface Tables {
  readonly agents: readonly StoredAgent[];
  readonly events: readonly StoredPosition[];
  readonly ended: readonly StoredEnd[];
  /** Each agent's in order. */
  readonly intervals: readonly StoredInterval[];
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
    intervals: (await query('SELECT * FROM agent_interval ORDER BY work_number, began_at')).map(intervalOf),
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
  const settings = JSON.parse(String(row.settings)) as StoredSettings;
  return {
    id: String(row.session_id),
    tokenHash: String(row.token_hash),
    signedInAt: Number(row.signed_in_at),
    firstSequence: Number(row.first_sequence),
    state: {
      kind: String(row.state),
      reason: numberOrNull(row.state_reason),
      until: numberOrNull(row.state_until),
      deadlineAt: numberOrNull(row.deadline_at),
      phase: textOrNull(row.phase),
      pending: textOrNull(row.pending),
      pendingReason: numberOrNull(row.pending_reason),
      pendingForMs: numberOrNull(row.pending_for_ms),
    },
    stateSince: Number(row.state_since),
    seats: String(row.seats),
    phone: settings.phoneNumber,
    settings,
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value);
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : String(value);
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
    endedAt: Number(row.ended_at),
    reason: String(row.reason),
    firstSequence: Number(row.first_sequence),
    lastSequence: Number(row.last_sequence),
  };
}

function intervalOf(row: Row): StoredInterval {
  return {
    workNumber: Number(row.work_number),
    sessionId: String(row.session_id),
    state: String(row.state),
    reason: numberOrNull(row.reason),
    beganAt: Number(row.began_at),
    endedAt: Number(row.ended_at),
  };
}
