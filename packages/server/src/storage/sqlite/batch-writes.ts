import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord, EndedSession } from '../../domain/agent-session/agent-record.ts';
import type { BegunPush } from '../../domain/agent-session/event-push.ts';
import type { Changes, FoldedBatch } from '../../domain/agent-session/fold.ts';
import type { NoteBox } from '../../domain/agent-session/note.ts';
import type { PhoneHolders, PhoneKey, WorkingSet } from '../../domain/agent-session/working-set.ts';
import { PASSWORDS_BEFORE } from '../../domain/password-rules.ts';
import { stateColumns } from '../agent-rows.ts';
import { eventToText } from '../event-text.ts';
import { noteChanges } from '../note-rows.ts';
import { phoneChanges } from '../phone-rows.ts';
import { bulletinWrites } from './batch-bulletins.ts';

/** A folded batch, with what the store held of its agents and phones before it. */
export interface FoldedState {
  readonly folded: FoldedBatch;
  readonly set: WorkingSet;
  readonly agentsBefore: ReadonlyMap<WorkNumber, AgentRecord>;
  readonly phonesBefore: ReadonlyMap<PhoneKey, PhoneHolders>;
  readonly notesBefore: ReadonlyMap<WorkNumber, NoteBox>;
}

/** Writes a folded batch inside its transaction; gives the head of each changed tenant's feed. */
export function batchWrites(database: DatabaseSync): (state: FoldedState) => Map<TenantId, number> {
  const statements = prepareStatements(database);
  const writeBulletins = bulletinWrites(database);
  return ({ folded: { changes }, set, agentsBefore, phonesBefore, notesBefore }) => {
    writePhones(statements, phoneChanges(phonesBefore, set.phoneHolders));
    writeNotes(statements, noteChanges(notesBefore, set.noteBoxes));
    const seatTenants = new Set<TenantId>();
    for (const record of changes.records.values()) {
      const before = agentsBefore.get(record.workNumber);
      writeRecord(statements, record, before);
      if (before?.session?.id !== record.session?.id) writeLifeSign(statements, record, set);
      if ((before?.session?.seats ?? 'none') !== (record.session?.seats ?? 'none'))
        seatTenants.add(record.tenantId);
    }
    for (const tenantId of seatTenants) {
      const used = set.seatsInUse.get(tenantId);
      statements.saveLicence.run(used?.agent ?? 0, used?.video ?? 0, tenantId);
    }
    for (const ended of changes.ended) writeEnded(statements, ended);
    for (const { workNumber, beganAt, endedAt, tenantId, sessionId, state, reason } of changes.intervals) {
      statements.addInterval.run(workNumber, beganAt, endedAt, tenantId, sessionId, state, reason);
    }
    for (const { tokenHash, workNumber, sessionId, goodUntil } of changes.replacedTokens) {
      statements.saveReplacedToken.run(tokenHash, workNumber, sessionId, goodUntil);
    }
    for (const { workNumber, credentialVersion, passwordHash, validUntil } of changes.newCredentials) {
      statements.keepPassword.run(workNumber);
      statements.forgetPasswords.run(workNumber, credentialVersion - 1 - PASSWORDS_BEFORE);
      statements.savePassword.run(passwordHash, credentialVersion, validUntil, workNumber);
    }
    for (const { tenantId, workNumber, sessionId, at, act } of changes.audit) {
      statements.appendAudit.run(tenantId, workNumber, sessionId, at, JSON.stringify(act));
    }
    writePushes(statements, changes.begunPushes);
    writeBulletins(changes.bulletins);
    return appendEvents(statements, changes);
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const sessionColumns =
    'session_id = ?, token_hash = ?, token_issued_at = ?, signed_in_at = ?, first_sequence = ?, seats = ?, settings = ?';
  const stateAssignments =
    'log_head = ?, changed_at = ?, state = ?, state_reason = ?, state_until = ?, deadline_at = ?, phase = ?, ' +
    'pending = ?, pending_reason = ?, pending_for_ms = ?, state_since = ?, told_up_to = ?, bulletins_up_to = ?';
  return {
    saveState: database.prepare(`UPDATE agent SET ${stateAssignments} WHERE work_number = ?`),
    saveSession: database.prepare(
      `UPDATE agent SET ${stateAssignments}, ${sessionColumns} WHERE work_number = ?`,
    ),
    freePhone: database.prepare('DELETE FROM phone WHERE work_number = ?'),
    takePhone: database.prepare(
      'INSERT INTO phone (tenant_id, number, work_number, shared) VALUES (?, ?, ?, ?)',
    ),
    removeNotes: database.prepare('DELETE FROM waiting_note WHERE work_number = ? AND place <= ?'),
    keepNote: database.prepare('INSERT INTO waiting_note (work_number, place, event) VALUES (?, ?, ?)'),
    endLife: database.prepare('DELETE FROM life_sign WHERE work_number = ?'),
    beginLife: database.prepare(
      `INSERT OR REPLACE INTO life_sign
       (work_number, session_id, seen_at, read_at, life_ms, attention_ms, lease_ends_at, limit_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    saveLicence: database.prepare('UPDATE licence SET agent_used = ?, video_used = ? WHERE tenant_id = ?'),
    feedHead: database.prepare('SELECT head FROM feed WHERE tenant_id = ?'),
    saveFeedHead: database.prepare('UPDATE feed SET head = ? WHERE tenant_id = ?'),
    appendEvent: database.prepare(
      'INSERT INTO agent_event (tenant_id, feed_sequence, work_number, sequence, at, event) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    saveEnded: database.prepare(
      `INSERT INTO ended_session (session_id, work_number, token_hash, signed_in_at, ended_at, reason, first_sequence,
       last_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addInterval: database.prepare(
      `INSERT INTO agent_interval (work_number, began_at, ended_at, tenant_id, session_id, state, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    saveReplacedToken: database.prepare(
      'INSERT INTO replaced_token (token_hash, work_number, session_id, good_until) VALUES (?, ?, ?, ?)',
    ),
    keepPassword: database.prepare(
      `INSERT INTO password_history (work_number, credential_version, password_hash)
       SELECT work_number, credential_version, password_hash FROM agent
       WHERE work_number = ? AND password_hash IS NOT NULL`,
    ),
    forgetPasswords: database.prepare(
      'DELETE FROM password_history WHERE work_number = ? AND credential_version <= ?',
    ),
    savePassword: database.prepare(
      `UPDATE agent SET password_hash = ?, credential_version = ?, must_change_password = 0, password_valid_until = ?
       WHERE work_number = ?`,
    ),
    appendAudit: database.prepare(
      'INSERT INTO audit_entry (tenant_id, work_number, session_id, at, act) VALUES (?, ?, ?, ?, ?)',
    ),
    beginPush: database.prepare(
      `INSERT INTO event_push
       (session_id, work_number, tenant_id, form, url, receiver, receiver_token, session_token, position)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  } satisfies Record<string, StatementSync>;
}

function writePushes({ beginPush }: Statements, begun: readonly BegunPush[]): void {
  for (const { sessionId, workNumber, tenantId, position, ...target } of begun) {
    const { form, url, receiver, receiverToken, sessionToken } = target;
    const columns = [form, url, receiver, receiverToken, sessionToken] as const;
    beginPush.run(sessionId, workNumber, tenantId, ...columns, position);
  }
}

function writePhones(statements: Statements, { freed, taken }: ReturnType<typeof phoneChanges>): void {
  for (const { workNumber } of freed) statements.freePhone.run(workNumber);
  for (const { tenantId, number, workNumber, hold } of taken) {
    statements.takePhone.run(tenantId, number, workNumber, hold === 'shared' ? 1 : 0);
  }
}

function writeNotes(statements: Statements, { taken, kept }: ReturnType<typeof noteChanges>): void {
  for (const { workNumber, upTo } of taken) statements.removeNotes.run(workNumber, upTo);
  for (const { workNumber, place, event } of kept) {
    statements.keepNote.run(workNumber, place, event);
  }
}

function writeRecord(statements: Statements, record: AgentRecord, before: AgentRecord | undefined): void {
  const { session } = record;
  const columns = session === null ? null : stateColumns(session.state);
  const state = [
    record.head,
    record.changedAt,
    columns?.state ?? null,
    columns?.state_reason ?? null,
    columns?.state_until ?? null,
    columns?.deadline_at ?? null,
    columns?.phase ?? null,
    columns?.pending ?? null,
    columns?.pending_reason ?? null,
    columns?.pending_for_ms ?? null,
    session?.stateSince ?? null,
    session?.toldUpTo ?? 0,
    record.bulletinsUpTo,
  ];
  // A token belongs to one session only: where it and the settings are the same, so is all but the state.
  const known = before?.session;
  if (session !== null && session.tokenHash === known?.tokenHash && session.settings === known.settings) {
    statements.saveState.run(...state, record.workNumber);
    return;
  }
  statements.saveSession.run(
    ...state,
    session?.id ?? null,
    session?.tokenHash ?? null,
    session?.tokenIssuedAt ?? null,
    session?.signedInAt ?? null,
    session?.firstSequence ?? null,
    session?.seats ?? null,
    session === null ? null : JSON.stringify(session.settings),
    record.workNumber,
  );
}

function writeLifeSign(
  statements: Statements,
  { workNumber, session }: AgentRecord,
  { lifeSigns }: WorkingSet,
): void {
  const sign = lifeSigns.get(workNumber);
  if (session === null || sign === undefined) {
    statements.endLife.run(workNumber);
    return;
  }
  const { sessionId, seenAt, readAt, lifeMs, attentionMs, limitAt } = sign;
  statements.beginLife.run(
    workNumber,
    sessionId,
    seenAt,
    readAt,
    lifeMs,
    attentionMs,
    seenAt + lifeMs,
    limitAt,
  );
}

function writeEnded(statements: Statements, ended: EndedSession): void {
  const { id, workNumber, tokenHash, signedInAt, endedAt, reason, firstSequence, lastSequence } = ended;
  statements.saveEnded.run(
    id,
    workNumber,
    tokenHash,
    signedInAt,
    endedAt,
    reason,
    firstSequence,
    lastSequence,
  );
}

function appendEvents(statements: Statements, changes: Changes): Map<TenantId, number> {
  const heads = new Map<TenantId, number>();
  for (const { record, sequence, at, event } of changes.events) {
    const { tenantId, workNumber } = record;
    const head = (heads.get(tenantId) ?? Number(statements.feedHead.get(tenantId)?.head)) + 1;
    heads.set(tenantId, head);
    statements.appendEvent.run(tenantId, head, workNumber, sequence, at, eventToText(event));
  }
  for (const [tenantId, head] of heads) statements.saveFeedHead.run(head, tenantId);
  return heads;
}
