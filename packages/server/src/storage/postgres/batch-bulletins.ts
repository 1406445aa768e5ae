import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { QueryConfig } from 'pg';
import { type BulletinBoard, type Membership, MOST_BULLETINS } from '../../domain/agent-session/bulletin.ts';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { TenantBulletin } from '../../domain/agent-session/fold.ts';
import {
  type BoardRow,
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
import { statement } from './statement.ts';

const BOARDS =
  'SELECT tenant_id, head FROM bulletin_board WHERE tenant_id = ANY($1::int4[]) ORDER BY tenant_id';
// A board is locked until the commit: a sign-in that did not see a bulletin is seen by whoever gives that out.
const LOCK_BOARDS = statement('lock bulletin boards', `${BOARDS} FOR UPDATE`);
// Those who put nothing up do not wait for each other.
const SHARE_BOARDS = statement('share bulletin boards', `${BOARDS} FOR SHARE`);
const BULLETINS = statement(
  'bulletins',
  `SELECT bulletin.* FROM
     (SELECT tenant_id, min(bulletins_up_to) AS up_to FROM agent WHERE work_number = ANY($1::int4[])
      GROUP BY tenant_id) AS behind
   CROSS JOIN LATERAL
     (SELECT tenant_id, place, target, target_id, event FROM bulletin
      WHERE tenant_id = behind.tenant_id AND place > behind.up_to
      ORDER BY place DESC LIMIT ${MOST_BULLETINS}) AS bulletin
   ORDER BY tenant_id, place`,
);
const MEMBERSHIPS = statement(
  'memberships',
  `SELECT work_number, definition FROM agent JOIN bulletin_board USING (tenant_id)
   WHERE work_number = ANY($1::int4[]) AND ($2 OR head > bulletins_up_to)`,
);
const ADD_BULLETINS = statement(
  'add bulletins',
  `INSERT INTO bulletin (tenant_id, place, target, target_id, posted_at, event)
   SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[], $4::int4[], $5::int8[], $6::text[])`,
);
const RAISE_BOARDS = statement(
  'raise bulletin boards',
  `UPDATE bulletin_board SET head = raised.head FROM unnest($1::int4[], $2::int8[]) AS raised (tenant_id, head)
   WHERE bulletin_board.tenant_id = raised.tenant_id`,
);

export interface BulletinRows {
  readonly boards: readonly BoardRow[];
  readonly bulletins: readonly BulletinRow[];
  readonly memberships: readonly MembershipRow[];
}

/** Locks the boards of which a batch has to know, and reads what its agents may be given. */
export function bulletinReads(commands: readonly Command[]): Record<string, QueryConfig<unknown[]>> {
  const tenants = [...boardsAskedBy(commands)];
  if (tenants.length === 0) return {};
  const isPosting = putsUp(commands);
  const readers = [...readersAmong(commands)];
  return {
    boards: (isPosting ? LOCK_BOARDS : SHARE_BOARDS)([tenants]),
    bulletins: BULLETINS([readers]),
    memberships: MEMBERSHIPS([readers, isPosting]),
  };
}

export function bulletinSets({ boards, bulletins, memberships }: BulletinRows): {
  readonly boards: Map<TenantId, BulletinBoard>;
  readonly memberships: Map<WorkNumber, Membership>;
} {
  return {
    boards: boardsFromRows(boards, bulletins),
    memberships: new Map(memberships.map((row) => [row.work_number as WorkNumber, membershipFromRow(row)])),
  };
}

/** What a batch puts up; its boards are locked. */
export function bulletinWrites(bulletins: readonly TenantBulletin[]): QueryConfig<unknown[]>[] {
  if (bulletins.length === 0) return [];
  const rows = bulletins.map(bulletinColumns);
  const heads = headsAfter(bulletins);
  return [
    ADD_BULLETINS([0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column]))),
    RAISE_BOARDS([[...heads.keys()], [...heads.values()]]),
  ];
}
