import type { Pool } from 'pg';
import { type BacklogRow, type BulletinTargetRow, backlogFromRow, targetFromRow } from '../bulletin-rows.ts';
import type { BulletinStore } from '../bulletin-store.ts';
import { DefinitionCache, LISTED_COLUMNS, type ListedAgentRow } from '../directory-rows.ts';
import { statement } from './statement.ts';
import { withoutFlush } from './unflushed.ts';

const BACKLOGS = statement(
  'bulletin backlogs',
  `SELECT tenant_id, head, given_up_to FROM bulletin_board WHERE head > given_up_to
   ORDER BY tenant_id LIMIT $1`,
);
const TARGETS = statement(
  'bulletin targets',
  'SELECT target, target_id FROM bulletin WHERE tenant_id = $1 AND place > $2 AND place <= $3 ORDER BY place',
);
const READERS = statement(
  'bulletin readers',
  `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = $1 AND work_number > $2 AND session_id IS NOT NULL
     AND bulletins_up_to < $3 ORDER BY work_number LIMIT $4`,
);
const SAVE = statement(
  'save bulletins given',
  'UPDATE bulletin_board SET given_up_to = greatest(given_up_to, $1) WHERE tenant_id = $2',
);
// Nodes that prune at the same time take different rows.
const PRUNE = statement(
  'prune bulletins',
  `WITH old AS (SELECT tenant_id, place FROM bulletin WHERE posted_at < $1 ORDER BY posted_at LIMIT $3
     FOR UPDATE SKIP LOCKED),
   surplus AS (SELECT tenant_id, place FROM bulletin_board JOIN bulletin USING (tenant_id)
     WHERE place <= head - $2 LIMIT $3 FOR UPDATE OF bulletin SKIP LOCKED)
   DELETE FROM bulletin WHERE (tenant_id, place) IN (SELECT * FROM old UNION SELECT * FROM surplus)`,
);

/** Bulletins and how far they were given, on PostgreSQL. */
export function postgresBulletins(pool: Pool): BulletinStore {
  const definitions = new DefinitionCache();
  return {
    findBulletinBacklogs: async (limit) =>
      (await pool.query<BacklogRow>(BACKLOGS([limit]))).rows.map(backlogFromRow),
    readBulletinTargets: async (tenantId, after, upTo) =>
      (await pool.query<BulletinTargetRow>(TARGETS([tenantId, after, upTo]))).rows.map(targetFromRow),
    listBulletinReaders: async ({ tenantId, after, limit }, upTo) =>
      (await pool.query<ListedAgentRow>(READERS([tenantId, after, upTo, limit]))).rows.map((row) =>
        definitions.agent(row),
      ),
    saveBulletinsGiven: async (tenantId, upTo) => {
      await withoutFlush(pool, SAVE([upTo, tenantId]));
    },
    pruneBulletins: async (postedBefore, most, limit) =>
      (await pool.query(PRUNE([postedBefore, most, limit]))).rowCount ?? 0,
  };
}
