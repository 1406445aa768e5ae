import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type {
  BulletinBoard,
  BulletinTarget,
  Membership,
  PostedBulletin,
} from '../domain/agent-session/bulletin.ts';
import type { Command } from '../domain/agent-session/commands.ts';
import type { TenantBulletin } from '../domain/agent-session/fold.ts';
import type { Note } from '../domain/agent-session/note.ts';
import type { AgentDefinition } from '../site/site-file.ts';
import type { BulletinBacklog } from './bulletin-store.ts';
import { needsOf } from './command-needs.ts';
import { eventFromText, eventToText } from './event-text.ts';

/** Both stores have the same columns. */
export interface BulletinRow extends BulletinTargetRow {
  readonly tenant_id: number;
  readonly place: number;
  /** The event that tells of it, in the form of the log. */
  readonly event: string;
}

export interface BulletinTargetRow {
  readonly target: BulletinTarget['kind'];
  /** Number of the group or the skill queue; 0: everyone. */
  readonly target_id: number;
}

export interface BoardRow {
  readonly tenant_id: number;
  readonly head: number;
}

export interface BacklogRow extends BoardRow {
  readonly given_up_to: number;
}

export interface MembershipRow {
  readonly work_number: number;
  readonly definition: string;
}

/** The tenants of whose bulletins a batch has to know. */
export function boardsAskedBy(commands: readonly Command[]): ReadonlySet<TenantId> {
  return new Set(commands.filter((command) => needsOf(command).bulletins).map(({ tenantId }) => tenantId));
}

/** The agents to whom a batch may give bulletins. */
export function readersAmong(commands: readonly Command[]): ReadonlySet<WorkNumber> {
  return new Set(
    commands
      .filter(({ kind }) => kind === 'signIn' || kind === 'takeBulletins')
      .map(({ workNumber }) => workNumber),
  );
}

/** Whether a batch puts bulletins up: readers behind them in the batch are given them too (rule TX-17). */
export function putsUp(commands: readonly Command[]): boolean {
  return commands.some(({ kind }) => kind === 'postBulletin');
}

/** `rows` in order of tenant and place. */
export function boardsFromRows(
  heads: readonly BoardRow[],
  rows: readonly BulletinRow[],
): Map<TenantId, BulletinBoard> {
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id);
  return new Map(
    heads.map(({ tenant_id: id, head }) => [
      id as TenantId,
      { head, bulletins: (byTenant.get(id) ?? []).map(bulletinFromRow) },
    ]),
  );
}

function bulletinFromRow(row: BulletinRow): PostedBulletin {
  const { kind: _kind, ...note } = eventFromText(row.event) as { readonly kind: 'bulletinReceived' } & Note;
  return { place: row.place, target: targetFromRow(row), note };
}

export function targetFromRow({ target, target_id: id }: BulletinTargetRow): BulletinTarget {
  switch (target) {
    case 'everyone':
      return { kind: target };
    case 'group':
      return { kind: target, groupId: id };
    case 'skillQueue':
      return { kind: target, skillQueueId: id };
  }
}

function targetId(target: BulletinTarget): number {
  switch (target.kind) {
    case 'everyone':
      return 0;
    case 'group':
      return target.groupId;
    case 'skillQueue':
      return target.skillQueueId;
  }
}

/** The columns of a bulletin, in the order in which both stores insert them. */
export function bulletinColumns({ tenantId, place, target, note }: TenantBulletin) {
  const event = eventToText({ kind: 'bulletinReceived', ...note });
  return [tenantId, place, target.kind, targetId(target), note.sentAt, event] as const;
}

export function membershipFromRow({ definition }: MembershipRow): Membership {
  const { group = null, skillQueues } = JSON.parse(definition) as AgentDefinition;
  return { group, skillQueues };
}

/** Place of the newest of each tenant's bulletins that a batch puts up. */
export function headsAfter(bulletins: readonly TenantBulletin[]): ReadonlyMap<TenantId, number> {
  return new Map(bulletins.map(({ tenantId, place }) => [tenantId, place]));
}

export function backlogFromRow({ tenant_id: id, head, given_up_to: givenUpTo }: BacklogRow): BulletinBacklog {
  return { tenantId: id as TenantId, givenUpTo, head };
}
