import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DirectoryNumber, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Command } from '../../domain/agent-session/commands.ts';
import { emptyWorkingSet, phoneKey, type WorkingSet } from '../../domain/agent-session/working-set.ts';
import { AGENT_COLUMNS, type AgentRow, recordFromRow } from '../agent-rows.ts';
import { needsOf, phoneAskedBy } from '../command-needs.ts';
import { LIFE_SIGN_COLUMNS, type LifeSignRow, lifeSignFromRow } from '../life-sign-rows.ts';
import { type NoteCountRow, noteBoxFromRows, notesAskedBy, type WaitingNoteRow } from '../note-rows.ts';
import { holdersFromRows, type PhoneRow } from '../phone-rows.ts';
import { PolicyCache } from '../policy-cache.ts';
import { bulletinLoads } from './batch-bulletins.ts';

/** Loads what the commands of a batch touch; inside the transaction, whose lock holds everything. */
export class BatchLoads {
  readonly #statements;
  readonly #policies = new PolicyCache();
  readonly #loadBulletins: ReturnType<typeof bulletinLoads>;

  constructor(database: DatabaseSync) {
    this.#loadBulletins = bulletinLoads(database);
    this.#statements = {
      agent: database.prepare(`SELECT ${AGENT_COLUMNS.join(', ')} FROM agent WHERE work_number = ?`),
      phone: database.prepare(
        'SELECT tenant_id, number, work_number, shared FROM phone WHERE tenant_id = ? AND number = ?',
      ),
      lifeSign: database.prepare(`SELECT ${LIFE_SIGN_COLUMNS} FROM life_sign WHERE work_number = ?`),
      licence: database.prepare('SELECT agent_used, video_used FROM licence WHERE tenant_id = ?'),
      policy: database.prepare('SELECT policy FROM tenant WHERE tenant_id = ?'),
      noteCount: database.prepare(
        'SELECT count(*) AS waiting, coalesce(max(place), 0) AS last_place FROM waiting_note WHERE work_number = ?',
      ),
      notes: database.prepare(
        'SELECT work_number, place, event FROM waiting_note WHERE work_number = ? ORDER BY place LIMIT ?',
      ),
    } satisfies Record<string, StatementSync>;
  }

  load(commands: readonly Command[]): WorkingSet {
    const set = emptyWorkingSet();
    for (const command of commands) {
      const { workNumber, tenantId } = command;
      const needs = needsOf(command);
      const phone = phoneAskedBy(command);
      this.#loadAgent(set, workNumber);
      if (needs.held) this.#loadHeld(set, workNumber);
      if (needs.policy) this.#loadPolicy(set, tenantId);
      if (needs.lifeSign && set.agents.get(workNumber)?.session) this.#loadLifeSign(set, workNumber);
      if (command.kind === 'signIn' && command.seats !== 'none') this.#loadSeats(set, tenantId);
      if (phone === null) continue;
      for (const holder of this.#loadPhone(set, tenantId, phone)) this.#loadLifeSign(set, holder);
    }
    for (const [workNumber, most] of notesAskedBy(commands)) this.#loadNotes(set, workNumber, most);
    this.#loadBulletins(set, commands);
    return set;
  }

  #loadAgent(set: WorkingSet, workNumber: WorkNumber): void {
    if (set.agents.has(workNumber)) return;
    const row = this.#statements.agent.get(workNumber) as unknown as AgentRow | undefined;
    if (row !== undefined) set.agents.set(workNumber, recordFromRow(row));
  }

  /** What the end of the agent's live session frees. */
  #loadHeld(set: WorkingSet, workNumber: WorkNumber): void {
    const record = set.agents.get(workNumber);
    const session = record?.session;
    if (record === undefined || !session) return;
    const { tenantId } = record;
    if (session.settings.phoneNumber !== null) this.#loadPhone(set, tenantId, session.settings.phoneNumber);
    if (session.seats !== 'none') this.#loadSeats(set, tenantId);
  }

  #loadPhone(set: WorkingSet, tenantId: TenantId, number: DirectoryNumber): readonly WorkNumber[] {
    const key = phoneKey(tenantId, number);
    if (!set.phoneHolders.has(key)) {
      const rows = this.#statements.phone.all(tenantId, number) as unknown as PhoneRow[];
      for (const [held, holders] of holdersFromRows(rows)) set.phoneHolders.set(held, holders);
    }
    return [...(set.phoneHolders.get(key)?.keys() ?? [])];
  }

  #loadLifeSign(set: WorkingSet, workNumber: WorkNumber): void {
    if (set.lifeSigns.has(workNumber)) return;
    const row = this.#statements.lifeSign.get(workNumber) as unknown as LifeSignRow | undefined;
    if (row !== undefined) set.lifeSigns.set(workNumber, lifeSignFromRow(row));
  }

  #loadNotes(set: WorkingSet, workNumber: WorkNumber, most: number): void {
    const count = this.#statements.noteCount.get(workNumber) as unknown as NoteCountRow;
    const rows =
      most === 0 || count.waiting === 0
        ? []
        : (this.#statements.notes.all(workNumber, most) as unknown as WaitingNoteRow[]);
    set.noteBoxes.set(workNumber, noteBoxFromRows(count, rows));
  }

  #loadPolicy(set: WorkingSet, tenantId: TenantId): void {
    if (set.policies.has(tenantId)) return;
    const text = this.#statements.policy.get(tenantId)?.policy;
    if (typeof text !== 'string') return;
    set.policies.set(tenantId, this.#policies.parse(tenantId, text));
  }

  #loadSeats(set: WorkingSet, tenantId: TenantId): void {
    if (set.seatsInUse.has(tenantId)) return;
    const row = this.#statements.licence.get(tenantId);
    const used = { agent: Number(row?.agent_used ?? 0), video: Number(row?.video_used ?? 0) };
    set.seatsInUse.set(tenantId, used);
  }
}
