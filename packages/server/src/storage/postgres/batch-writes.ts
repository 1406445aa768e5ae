import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { QueryConfig } from 'pg';
import type { AgentInterval } from '../../domain/agent-session/agent-interval.ts';
import type {
  AgentRecord,
  EndedSession,
  NewCredential,
  ReplacedToken,
} from '../../domain/agent-session/agent-record.ts';
import type { AuditEntry } from '../../domain/agent-session/audit-entry.ts';
import type { AppendedEvent, Changes } from '../../domain/agent-session/fold.ts';
import type { LifeSign } from '../../domain/agent-session/working-set.ts';
import { PASSWORDS_BEFORE } from '../../domain/password-rules.ts';
import { stateColumns } from '../agent-rows.ts';
import { eventToText } from '../event-text.ts';
import { phoneChanges } from '../phone-rows.ts';
import { bulletinWrites } from './batch-bulletins.ts';
import type { LockedBatch } from './batch-locks.ts';
import { pushWrites } from './event-push.ts';
import { statement } from './statement.ts';
import { noteWrites } from './waiting-notes.ts';

const STATE_ARRAYS =
  '$1::int4[], $2::int8[], $3::int8[], $4::text[], $5::int4[], $6::int8[], $7::int8[], $8::text[], $9::text[], ' +
  '$10::int4[], $11::int4[], $12::int8[], $13::int8[], $14::int8[]';
const STATE_NAMES =
  'work_number, log_head, changed_at, state, state_reason, state_until, deadline_at, phase, pending, ' +
  'pending_reason, pending_for_ms, state_since, told_up_to, bulletins_up_to';
const STATE_ASSIGNMENTS = assignments(STATE_NAMES);
const SESSION_NAMES =
  'session_id, token_hash, token_issued_at, signed_in_at, first_sequence, seats, settings';
// Two statements, since the settings and the indexed token need not be written again for a change of state.
const SAVE_STATES = statement(
  'save states',
  `UPDATE agent SET ${STATE_ASSIGNMENTS} FROM unnest(${STATE_ARRAYS}) AS changed (${STATE_NAMES})
   WHERE agent.work_number = changed.work_number`,
);
const SAVE_SESSIONS = statement(
  'save sessions',
  `UPDATE agent SET ${STATE_ASSIGNMENTS}, ${assignments(SESSION_NAMES)}
   FROM unnest(${STATE_ARRAYS}, $15::text[], $16::text[], $17::int8[], $18::int8[], $19::int8[], $20::text[],
     $21::text[])
     AS changed (${STATE_NAMES}, ${SESSION_NAMES})
   WHERE agent.work_number = changed.work_number`,
);
const ADD_ENDED = statement(
  'add ended sessions',
  `INSERT INTO ended_session
     (session_id, work_number, token_hash, signed_in_at, ended_at, reason, first_sequence, last_sequence)
   SELECT * FROM
     unnest($1::text[], $2::int4[], $3::text[], $4::int8[], $5::int8[], $6::text[], $7::int8[], $8::int8[])`,
);
const ADD_INTERVALS = statement(
  'add intervals',
  `INSERT INTO agent_interval (work_number, began_at, ended_at, tenant_id, session_id, state, reason)
   SELECT * FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int4[], $5::text[], $6::text[], $7::int4[])`,
);
const ADD_AUDIT = statement(
  'add audit entries',
  `INSERT INTO audit_entry (tenant_id, work_number, session_id, at, act)
   SELECT * FROM unnest($1::int4[], $2::int4[], $3::text[], $4::int8[], $5::text[])`,
);
const FREE_PHONES = statement('free phones', 'DELETE FROM phone WHERE work_number = ANY($1::int4[])');
const TAKE_PHONES = statement(
  'take phones',
  `INSERT INTO phone (tenant_id, number, work_number, shared)
   SELECT * FROM unnest($1::int4[], $2::text[], $3::int4[], $4::int4[])`,
);
const END_LIVES = statement('end lives', 'DELETE FROM life_sign WHERE work_number = ANY($1::int4[])');
const BEGIN_LIVES = statement(
  'begin lives',
  `INSERT INTO life_sign
     (work_number, session_id, seen_at, read_at, life_ms, attention_ms, lease_ends_at, limit_at)
   SELECT work_number, session_id, seen_at, read_at, life_ms, attention_ms, seen_at + life_ms, limit_at
   FROM unnest($1::int4[], $2::text[], $3::int8[], $4::int8[], $5::int4[], $6::int4[], $7::int8[])
     AS begun (work_number, session_id, seen_at, read_at, life_ms, attention_ms, limit_at)
   ON CONFLICT (work_number) DO UPDATE SET session_id = excluded.session_id, seen_at = excluded.seen_at,
     read_at = excluded.read_at, life_ms = excluded.life_ms, attention_ms = excluded.attention_ms,
     lease_ends_at = excluded.lease_ends_at, limit_at = excluded.limit_at`,
);
const ADD_REPLACED_TOKENS = statement(
  'add replaced tokens',
  `INSERT INTO replaced_token (token_hash, work_number, session_id, good_until)
   SELECT * FROM unnest($1::text[], $2::int4[], $3::text[], $4::int8[])`,
);
const SAVE_LICENCES = statement(
  'save licences',
  `UPDATE licence SET agent_used = counted.agent_used, video_used = counted.video_used
   FROM unnest($1::int4[], $2::int4[], $3::int4[]) AS counted (tenant_id, agent_used, video_used)
   WHERE licence.tenant_id = counted.tenant_id`,
);
// The last lock (rule TX-1). The statements after it see the head as the batch before this one left it.
const LOCK_FEEDS = statement(
  'lock feeds',
  'SELECT tenant_id, head FROM feed WHERE tenant_id = ANY($1::int4[]) ORDER BY tenant_id FOR UPDATE',
);
const ADD_EVENTS = statement(
  'add events',
  `INSERT INTO agent_event (tenant_id, feed_sequence, work_number, sequence, at, event)
   SELECT feed.tenant_id, feed.head + added.place, added.work_number, added.sequence, added.at, added.event
   FROM unnest($1::int4[], $2::int4[], $3::int4[], $4::int8[], $5::int8[], $6::text[])
     AS added (tenant_id, place, work_number, sequence, at, event)
   JOIN feed ON feed.tenant_id = added.tenant_id`,
);
const RAISE_FEEDS = statement(
  'raise feeds',
  `UPDATE feed SET head = feed.head + added.events FROM unnest($1::int4[], $2::int4[]) AS added (tenant_id, events)
   WHERE feed.tenant_id = added.tenant_id`,
);

const KEEP_PASSWORDS = statement(
  'keep passwords',
  `INSERT INTO password_history (work_number, credential_version, password_hash)
   SELECT work_number, credential_version, password_hash FROM agent
   WHERE work_number = ANY($1::int4[]) AND password_hash IS NOT NULL`,
);
const FORGET_PASSWORDS = statement(
  'forget passwords',
  `DELETE FROM password_history USING unnest($1::int4[], $2::int4[]) AS changed (work_number, oldest)
   WHERE password_history.work_number = changed.work_number AND credential_version <= changed.oldest`,
);
const SAVE_PASSWORDS = statement(
  'save passwords',
  `UPDATE agent SET password_hash = changed.password_hash, credential_version = changed.credential_version,
     must_change_password = 0, password_valid_until = changed.valid_until
   FROM unnest($1::int4[], $2::text[], $3::int4[], $4::int8[])
     AS changed (work_number, password_hash, credential_version, valid_until)
   WHERE agent.work_number = changed.work_number`,
);

/** The statements that write a folded batch, in order; every one is set-wise, so their number does not grow. */
export function batchWrites(batch: LockedBatch, changes: Changes): QueryConfig<unknown[]>[] {
  return [
    ...agentWrites(batch, [...changes.records.values()]),
    ...lifeWrites(batch, [...changes.records.values()]),
    ...endedWrites(changes.ended),
    ...intervalWrites(changes.intervals),
    ...replacedTokenWrites(changes.replacedTokens),
    ...credentialWrites(changes.newCredentials),
    ...auditWrites(changes.audit),
    ...pushWrites(changes.begunPushes),
    ...phoneWrites(batch),
    ...noteWrites(batch.notesBefore, batch.set.noteBoxes),
    ...licenceWrites(batch),
    ...bulletinWrites(changes.bulletins),
    ...feedWrites(changes.events),
  ];
}

/** Events that a batch adds to each tenant's feed. */
export function eventsPerTenant(events: readonly AppendedEvent[]): ReadonlyMap<TenantId, number> {
  const counts = new Map<TenantId, number>();
  for (const { record } of events) counts.set(record.tenantId, (counts.get(record.tenantId) ?? 0) + 1);
  return counts;
}

function agentWrites(
  { agentsBefore }: LockedBatch,
  records: readonly AgentRecord[],
): QueryConfig<unknown[]>[] {
  // A token belongs to one session only: where it and the settings are the same, so is all but the state.
  const isStateAlone = ({ workNumber, session }: AgentRecord) => {
    const before = agentsBefore.get(workNumber)?.session;
    return (
      session !== null && session.tokenHash === before?.tokenHash && session.settings === before.settings
    );
  };
  const changed = records.filter(isStateAlone);
  const others = records.filter((record) => !isStateAlone(record));
  return [
    ...(changed.length === 0 ? [] : [SAVE_STATES(stateArrays(changed))]),
    ...(others.length === 0 ? [] : [SAVE_SESSIONS([...stateArrays(others), ...sessionArrays(others)])]),
  ];
}

function stateArrays(records: readonly AgentRecord[]): unknown[] {
  const states = records.map(({ session }) => (session === null ? null : stateColumns(session.state)));
  return [
    records.map(({ workNumber }) => workNumber),
    records.map(({ head }) => head),
    records.map(({ changedAt }) => changedAt),
    states.map((columns) => columns?.state ?? null),
    states.map((columns) => columns?.state_reason ?? null),
    states.map((columns) => columns?.state_until ?? null),
    states.map((columns) => columns?.deadline_at ?? null),
    states.map((columns) => columns?.phase ?? null),
    states.map((columns) => columns?.pending ?? null),
    states.map((columns) => columns?.pending_reason ?? null),
    states.map((columns) => columns?.pending_for_ms ?? null),
    records.map(({ session }) => session?.stateSince ?? null),
    records.map(({ session }) => session?.toldUpTo ?? 0),
    records.map(({ bulletinsUpTo }) => bulletinsUpTo),
  ];
}

function sessionArrays(records: readonly AgentRecord[]): unknown[] {
  const sessions = records.map(({ session }) => session);
  return [
    sessions.map((session) => session?.id ?? null),
    sessions.map((session) => session?.tokenHash ?? null),
    sessions.map((session) => session?.tokenIssuedAt ?? null),
    sessions.map((session) => session?.signedInAt ?? null),
    sessions.map((session) => session?.firstSequence ?? null),
    sessions.map((session) => session?.seats ?? null),
    sessions.map((session) => (session === null ? null : JSON.stringify(session.settings))),
  ];
}

function lifeWrites(
  { agentsBefore, set }: LockedBatch,
  records: readonly AgentRecord[],
): QueryConfig<unknown[]>[] {
  const other = records.filter(
    ({ workNumber, session }) => session?.id !== agentsBefore.get(workNumber)?.session?.id,
  );
  const begun = other.flatMap(({ workNumber, session }) => {
    const sign = session === null ? undefined : set.lifeSigns.get(workNumber);
    return sign === undefined ? [] : [{ workNumber, ...sign }];
  });
  const ended = other.filter(({ session }) => session === null).map(({ workNumber }) => workNumber);
  return [
    ...(ended.length === 0 ? [] : [END_LIVES([ended])]),
    ...(begun.length === 0 ? [] : [BEGIN_LIVES(lifeArrays(begun))]),
  ];
}

function lifeArrays(begun: readonly (LifeSign & { readonly workNumber: WorkNumber })[]): unknown[] {
  return [
    begun.map(({ workNumber }) => workNumber),
    begun.map(({ sessionId }) => sessionId),
    begun.map(({ seenAt }) => seenAt),
    begun.map(({ readAt }) => readAt),
    begun.map(({ lifeMs }) => lifeMs),
    begun.map(({ attentionMs }) => attentionMs),
    begun.map(({ limitAt }) => limitAt),
  ];
}

function credentialWrites(credentials: readonly NewCredential[]): QueryConfig<unknown[]>[] {
  if (credentials.length === 0) return [];
  const workNumbers = credentials.map(({ workNumber }) => workNumber);
  const versions = credentials.map(({ credentialVersion }) => credentialVersion);
  return [
    KEEP_PASSWORDS([workNumbers]),
    FORGET_PASSWORDS([workNumbers, versions.map((version) => version - 1 - PASSWORDS_BEFORE)]),
    SAVE_PASSWORDS([
      workNumbers,
      credentials.map(({ passwordHash }) => passwordHash),
      versions,
      credentials.map(({ validUntil }) => validUntil),
    ]),
  ];
}

function replacedTokenWrites(replaced: readonly ReplacedToken[]): QueryConfig<unknown[]>[] {
  if (replaced.length === 0) return [];
  return [
    ADD_REPLACED_TOKENS([
      replaced.map(({ tokenHash }) => tokenHash),
      replaced.map(({ workNumber }) => workNumber),
      replaced.map(({ sessionId }) => sessionId),
      replaced.map(({ goodUntil }) => goodUntil),
    ]),
  ];
}

function intervalWrites(intervals: readonly AgentInterval[]): QueryConfig<unknown[]>[] {
  if (intervals.length === 0) return [];
  return [
    ADD_INTERVALS([
      intervals.map(({ workNumber }) => workNumber),
      intervals.map(({ beganAt }) => beganAt),
      intervals.map(({ endedAt }) => endedAt),
      intervals.map(({ tenantId }) => tenantId),
      intervals.map(({ sessionId }) => sessionId),
      intervals.map(({ state }) => state),
      intervals.map(({ reason }) => reason),
    ]),
  ];
}

function endedWrites(ended: readonly EndedSession[]): QueryConfig<unknown[]>[] {
  if (ended.length === 0) return [];
  return [
    ADD_ENDED([
      ended.map(({ id }) => id),
      ended.map(({ workNumber }) => workNumber),
      ended.map(({ tokenHash }) => tokenHash),
      ended.map(({ signedInAt }) => signedInAt),
      ended.map(({ endedAt }) => endedAt),
      ended.map(({ reason }) => reason),
      ended.map(({ firstSequence }) => firstSequence),
      ended.map(({ lastSequence }) => lastSequence),
    ]),
  ];
}

function auditWrites(audit: readonly AuditEntry[]): QueryConfig<unknown[]>[] {
  if (audit.length === 0) return [];
  return [
    ADD_AUDIT([
      audit.map(({ tenantId }) => tenantId),
      audit.map(({ workNumber }) => workNumber),
      audit.map(({ sessionId }) => sessionId),
      audit.map(({ at }) => at),
      audit.map(({ act }) => JSON.stringify(act)),
    ]),
  ];
}

/** Every hold that ends goes before any that begins: two agents of one batch may exchange phones. */
function phoneWrites({ set, phonesBefore }: LockedBatch): QueryConfig<unknown[]>[] {
  const { freed, taken } = phoneChanges(phonesBefore, set.phoneHolders);
  return [
    ...(freed.length === 0 ? [] : [FREE_PHONES([freed.map(({ workNumber }) => workNumber)])]),
    ...(taken.length === 0
      ? []
      : [
          TAKE_PHONES([
            taken.map(({ tenantId }) => tenantId),
            taken.map(({ number }) => number),
            taken.map(({ workNumber }) => workNumber),
            taken.map(({ hold }) => (hold === 'shared' ? 1 : 0)),
          ]),
        ]),
  ];
}

/** Counters that were not locked are not known: a fold leaves only a difference in them, and it is zero. */
function licenceWrites({ set, seatsBefore }: LockedBatch): QueryConfig<unknown[]>[] {
  const changed = [...set.seatsInUse].filter(([tenantId, { agent, video }]) => {
    const before = seatsBefore.get(tenantId);
    return before !== undefined && (agent !== before.agent || video !== before.video);
  });
  if (changed.length === 0) return [];
  return [
    SAVE_LICENCES([
      changed.map(([tenantId]) => tenantId),
      changed.map(([, used]) => used.agent),
      changed.map(([, used]) => used.video),
    ]),
  ];
}

function feedWrites(events: readonly AppendedEvent[]): QueryConfig<unknown[]>[] {
  if (events.length === 0) return [];
  const counts = eventsPerTenant(events);
  const tenants = [...counts.keys()];
  const placed = new Map<TenantId, number>();
  const places = events.map(({ record: { tenantId } }) => {
    const place = (placed.get(tenantId) ?? 0) + 1;
    placed.set(tenantId, place);
    return place;
  });
  return [
    LOCK_FEEDS([tenants]),
    ADD_EVENTS([
      events.map(({ record }) => record.tenantId),
      places,
      events.map(({ record }) => record.workNumber),
      events.map(({ sequence }) => sequence),
      events.map(({ at }) => at),
      events.map(({ event }) => eventToText(event)),
    ]),
    RAISE_FEEDS([tenants, [...counts.values()]]),
  ];
}

/** `name = changed.name` for each column; the key stands first among the state's and is not assigned. */
function assignments(names: string): string {
  return names
    .split(', ')
    .filter((name) => name !== 'work_number')
    .map((name) => `${name} = changed.${name}`)
    .join(', ');
}
