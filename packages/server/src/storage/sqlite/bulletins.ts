import type { DatabaseSync } from 'node:sqlite';
import { type BacklogRow, type BulletinTargetRow, backlogFromRow, targetFromRow } from '../bulletin-rows.ts';
import type { BulletinStore } from '../bulletin-store.ts';
import { DefinitionCache, LISTED_COLUMNS, type ListedAgentRow } from '../directory-rows.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Bulletins and how far they were given, on SQLite. */
export function sqliteBulletins(database: DatabaseSync, transaction: WriteTransaction): BulletinStore {
  const backlogs = database.prepare(
    `SELECT tenant_id, head, given_up_to FROM bulletin_board WHERE head > given_up_to
     ORDER BY tenant_id LIMIT ?`,
  );
  const targets = database.prepare(
    'SELECT target, target_id FROM bulletin WHERE tenant_id = ? AND place > ? AND place <= ? ORDER BY place',
  );
  const readers = database.prepare(
    `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = ? AND work_number > ? AND session_id IS NOT NULL
       AND bulletins_up_to < ? ORDER BY work_number LIMIT ?`,
  );
  const save = database.prepare(
    'UPDATE bulletin_board SET given_up_to = max(given_up_to, ?) WHERE tenant_id = ?',
  );
  const prune = database.prepare(
    `WITH old AS (SELECT tenant_id, place FROM bulletin WHERE posted_at < ?1 ORDER BY posted_at LIMIT ?3),
     surplus AS (SELECT tenant_id, place FROM bulletin_board JOIN bulletin USING (tenant_id)
       WHERE place <= head - ?2 LIMIT ?3)
     DELETE FROM bulletin WHERE (tenant_id, place) IN (SELECT * FROM old UNION SELECT * FROM surplus)`,
  );
  const definitions = new DefinitionCache();
  return {
    findBulletinBacklogs: async (limit) =>
      (backlogs.all(limit) as unknown as BacklogRow[]).map(backlogFromRow),
    readBulletinTargets: async (tenantId, after, upTo) =>
      (targets.all(tenantId, after, upTo) as unknown as BulletinTargetRow[]).map(targetFromRow),
    listBulletinReaders: async ({ tenantId, after, limit }, upTo) =>
      (readers.all(tenantId, after, upTo, limit) as unknown as ListedAgentRow[]).map((row) =>
        definitions.agent(row),
      ),
    saveBulletinsGiven: (tenantId, upTo) =>
      transaction(() => {
        save.run(upTo, tenantId);
        return { result: undefined, keep: true };
      }, 'notAwaited'),
    pruneBulletins: (postedBefore, most, limit) =>
      transaction(() => ({ result: Number(prune.run(postedBefore, most, limit).changes), keep: true })),
  };
}
