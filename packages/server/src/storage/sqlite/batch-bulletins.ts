import type { DatabaseSync } from 'node:sqlite';
import type { TenantId } from '@rollcall/contract/identifiers';
import { MOST_BULLETINS } from '../../domain/agent-session/bulletin.ts';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { TenantBulletin } from '../../domain/agent-session/fold.ts';
import type { WorkingSet } from '../../domain/agent-session/working-set.ts';
import {
  type BulletinRow,
  boardsAskedBy,
  boardsFromRows,
  bulletinColumns,
  headsAfter,
  type MembershipRow,
  membershipFromRow,
  putsUp,
  readersAmong,
} from '../bulletin-rows.ts';

/** Loads the bulletins that the agents of a batch may be given; the agents are loaded already. */
export function bulletinLoads(
  database: DatabaseSync,
): (set: WorkingSet, commands: readonly Command[]) => void {
  const head = database.prepare('SELECT head FROM bulletin_board WHERE tenant_id = ?');
  const newest = database.prepare(
    `SELECT tenant_id, place, target, target_id, event FROM bulletin WHERE tenant_id = ? AND place > ?
     ORDER BY place DESC LIMIT ${MOST_BULLETINS}`,
  );
  const definition = database.prepare('SELECT work_number, definition FROM agent WHERE work_number = ?');

  function loadBoard(set: WorkingSet, tenantId: TenantId, after: number): void {
    const row = head.get(tenantId);
    if (row === undefined) return;
    const board = { tenant_id: tenantId, head: Number(row.head) };
    const rows = after < board.head ? (newest.all(tenantId, after) as unknown as BulletinRow[]) : [];
    for (const [id, loaded] of boardsFromRows([board], rows.toReversed())) set.boards.set(id, loaded);
  }

  return (set, commands) => {
    const tenants = boardsAskedBy(commands);
    if (tenants.size === 0) return;
    const readers = [...readersAmong(commands)].flatMap((workNumber) => set.agents.get(workNumber) ?? []);
    for (const tenantId of tenants) {
      const places = readers
        .filter((reader) => reader.tenantId === tenantId)
        .map(({ bulletinsUpTo }) => bulletinsUpTo);
      loadBoard(set, tenantId, Math.min(...places));
    }
    const isPosting = putsUp(commands);
    for (const { workNumber, tenantId, bulletinsUpTo } of readers) {
      if (!isPosting && bulletinsUpTo >= (set.boards.get(tenantId)?.head ?? 0)) continue;
      set.memberships.set(
        workNumber,
        membershipFromRow(definition.get(workNumber) as unknown as MembershipRow),
      );
    }
  };
}

/** Writes the bulletins that a batch puts up. */
export function bulletinWrites(database: DatabaseSync): (bulletins: readonly TenantBulletin[]) => void {
  const add = database.prepare(
    'INSERT INTO bulletin (tenant_id, place, target, target_id, posted_at, event) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const raise = database.prepare('UPDATE bulletin_board SET head = ? WHERE tenant_id = ?');
  return (bulletins) => {
    for (const bulletin of bulletins) add.run(...bulletinColumns(bulletin));
    for (const [tenantId, place] of headsAfter(bulletins)) raise.run(place, tenantId);
  };
}
