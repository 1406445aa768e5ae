import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../../domain/agent-session/agent-record.ts';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { Changes, FoldedBatch } from '../../domain/agent-session/fold.ts';
import { phoneKey, type WorkingSet } from '../../domain/agent-session/working-set.ts';
import type { Clock } from '../../platform/clock.ts';
import { AGENT_COLUMNS, type AgentRow, heldPhone, recordFromRow, stateColumns } from '../agent-rows.ts';
import { type AgentStore, type BatchResult, type Fold, UniqueConstraintFault } from '../agent-store.ts';
import { eventToText } from '../event-text.ts';
import { PolicyCache } from '../policy-cache.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** SQLite's primary result code of every broken constraint. */
const SQLITE_CONSTRAINT = 19;

/** The agent transaction on SQLite: `BEGIN IMMEDIATE` is the one lock, so no order of locks is needed. */
export function sqliteAgentTransaction(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): Pick<AgentStore, 'commit'> {
  const statements = prepareStatements(database);
  const policies = new PolicyCache();

  function foldAndWrite(commands: readonly Command[], fold: Fold): BatchResult {
    const set = load(statements, commands, policies);
    const agentsBefore = new Map(set.agents);
    const folded = fold(set, commands, clock.wallMs());
    const feedHeads = write(statements, { folded, set, agentsBefore });
    return { kind: 'committed', ...folded, feedHeads };
  }

  return {
    commit: async (commands, fold) => {
      try {
        return await transaction(() => {
          const result = foldAndWrite(commands, fold);
          return { result, keep: result.kind === 'committed' && result.changes.records.size > 0 };
        });
      } catch (fault) {
        throw isConstraintFault(fault) ? new UniqueConstraintFault(String(fault), { cause: fault }) : fault;
      }
    },
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(database: DatabaseSync) {
  const sessionColumns =
    'session_id = ?, token_hash = ?, signed_in_at = ?, first_sequence = ?, seats = ?, settings = ?';
  const stateAssignments =
    'log_head = ?, changed_at = ?, state = ?, state_reason = ?, pending_reason = ?, state_since = ?';
  return {
    agent: database.prepare(`SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ?`),
    phone: database.prepare('SELECT work_number FROM phone WHERE tenant_id = ? AND number = ?'),
    licence: database.prepare('SELECT agent_used, video_used FROM licence WHERE tenant_id = ?'),
    policy: database.prepare('SELECT policy FROM tenant WHERE tenant_id = ?'),
    saveState: database.prepare(`UPDATE agent SET ${stateAssignments} WHERE work_number = ?`),
    saveSession: database.prepare(
      `UPDATE agent SET ${stateAssignments}, ${sessionColumns} WHERE work_number = ?`,
    ),
    freePhone: database.prepare('DELETE FROM phone WHERE tenant_id = ? AND number = ? AND work_number = ?'),
    takePhone: database.prepare('INSERT INTO phone (tenant_id, number, work_number) VALUES (?, ?, ?)'),
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
    appendAudit: database.prepare(
      'INSERT INTO audit_entry (tenant_id, work_number, session_id, at, act) VALUES (?, ?, ?, ?, ?)',
    ),
  } satisfies Record<string, StatementSync>;
}

function load(statements: Statements, commands: readonly Command[], parsed: PolicyCache): WorkingSet {
  const set: WorkingSet = {
    agents: new Map(),
    phoneHolders: new Map(),
    seatsInUse: new Map(),
    policies: new Map(),
  };
  for (const command of commands) {
    loadAgent(statements, set, command.workNumber);
    if (command.kind !== 'signIn') continue;
    loadTenant(statements, set, { tenantId: command.tenantId, parsed });
    const number = command.settings.phoneNumber;
    if (number === null) continue;
    const holder = statements.phone.get(command.tenantId, number)?.work_number;
    if (holder !== undefined) set.phoneHolders.set(phoneKey(command.tenantId, number), holder as WorkNumber);
  }
  return set;
}

function loadAgent(statements: Statements, set: WorkingSet, workNumber: WorkNumber): void {
  if (set.agents.has(workNumber)) return;
  const row = statements.agent.get(workNumber) as unknown as AgentRow | undefined;
  if (row === undefined) return;
  const record = recordFromRow(row);
  set.agents.set(workNumber, record);
  const phone = heldPhone(record);
  if (phone !== null) set.phoneHolders.set(phoneKey(record.tenantId, phone), workNumber);
  if (record.session !== null && record.session.seats !== 'none') loadSeats(statements, set, record.tenantId);
}

function loadTenant(
  statements: Statements,
  set: WorkingSet,
  { tenantId, parsed }: { tenantId: TenantId; parsed: PolicyCache },
): void {
  if (set.policies.has(tenantId)) return;
  const text = statements.policy.get(tenantId)?.policy;
  if (typeof text !== 'string') return;
  const policy = parsed.parse(tenantId, text);
  set.policies.set(tenantId, policy);
  loadSeats(statements, set, tenantId);
}

function loadSeats(statements: Statements, set: WorkingSet, tenantId: TenantId): void {
  if (set.seatsInUse.has(tenantId)) return;
  const row = statements.licence.get(tenantId);
  set.seatsInUse.set(tenantId, { agent: Number(row?.agent_used ?? 0), video: Number(row?.video_used ?? 0) });
}

interface FoldedState {
  readonly folded: FoldedBatch;
  readonly set: WorkingSet;
  readonly agentsBefore: ReadonlyMap<WorkNumber, AgentRecord>;
}

function write(statements: Statements, { folded, set, agentsBefore }: FoldedState): Map<TenantId, number> {
  const { changes } = folded;
  writePhones(statements, changes, agentsBefore);
  const seatTenants = new Set<TenantId>();
  for (const record of changes.records.values()) {
    const before = agentsBefore.get(record.workNumber);
    writeRecord(statements, record, before);
    if ((before?.session?.seats ?? 'none') !== (record.session?.seats ?? 'none'))
      seatTenants.add(record.tenantId);
  }
  for (const tenantId of seatTenants) {
    const used = set.seatsInUse.get(tenantId);
    statements.saveLicence.run(used?.agent ?? 0, used?.video ?? 0, tenantId);
  }
  for (const ended of changes.ended) {
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
  for (const { tenantId, workNumber, sessionId, at, act } of changes.audit) {
    statements.appendAudit.run(tenantId, workNumber, sessionId, at, JSON.stringify(act));
  }
  return appendEvents(statements, changes);
}

/** Frees every phone first: within a batch one agent may take what another has just freed. */
function writePhones(
  statements: Statements,
  changes: Changes,
  agentsBefore: ReadonlyMap<WorkNumber, AgentRecord>,
): void {
  const moved = [...changes.records.values()].filter(
    (record) => heldPhone(record) !== heldPhone(agentsBefore.get(record.workNumber)),
  );
  for (const { tenantId, workNumber } of moved) {
    const freed = heldPhone(agentsBefore.get(workNumber));
    if (freed !== null) statements.freePhone.run(tenantId, freed, workNumber);
  }
  for (const record of moved) {
    const taken = heldPhone(record);
    if (taken !== null) statements.takePhone.run(record.tenantId, taken, record.workNumber);
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
    columns?.pending_reason ?? null,
    session?.stateSince ?? null,
  ];
  if (session !== null && session.id === before?.session?.id) {
    statements.saveState.run(...state, record.workNumber);
    return;
  }
  statements.saveSession.run(
    ...state,
    session?.id ?? null,
    session?.tokenHash ?? null,
    session?.signedInAt ?? null,
    session?.firstSequence ?? null,
    session?.seats ?? null,
    session === null ? null : JSON.stringify(session.settings),
    record.workNumber,
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

function isConstraintFault(fault: unknown): boolean {
  const code = (fault as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && (code & 0xff) === SQLITE_CONSTRAINT;
}
