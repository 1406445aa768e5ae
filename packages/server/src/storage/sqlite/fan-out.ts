import type { DatabaseSync } from 'node:sqlite';
import {
  byTenant,
  type FeedRow,
  feedPortion,
  reachOf,
  SESSION_EVENTS,
  type TenantNumberRow,
} from '../fan-out-rows.ts';
import type { FanOutStore } from '../fan-out-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Feeds and how far they have been followed, on SQLite. */
export function sqliteFanOut(database: DatabaseSync, transaction: WriteTransaction): FanOutStore {
  const heads = database.prepare('SELECT tenant_id, head AS number FROM feed');
  const head = database.prepare('SELECT head FROM feed WHERE tenant_id = ?');
  const events = database.prepare(SESSION_EVENTS.replaceAll('$', '?'));
  const position = database.prepare(
    'SELECT feed_sequence FROM agent_event WHERE work_number = ? AND sequence = ?',
  );
  const positions = database.prepare('SELECT tenant_id, position AS number FROM fan_out');
  const save = database.prepare(
    `INSERT INTO fan_out (tenant_id, position) VALUES (?, ?)
     ON CONFLICT (tenant_id) DO UPDATE SET position = max(fan_out.position, excluded.position)`,
  );
  return {
    readFeedHeads: async () => byTenant(heads.all() as unknown as TenantNumberRow[]),
    readSessionEvents: async (tenantId, after, limit) => {
      const present = Number(head.get(tenantId)?.head ?? 0);
      const reach = reachOf(after, present);
      const rows = events.all(tenantId, after, reach, limit) as unknown as FeedRow[];
      return feedPortion(rows, { head: present, reach, limit });
    },
    findFeedPosition: async (workNumber, sequence) =>
      position.get(workNumber, sequence)?.feed_sequence as number | undefined,
    readFanOutPositions: async () => byTenant(positions.all() as unknown as TenantNumberRow[]),
    saveFanOutPositions: (followed) =>
      transaction(() => {
        for (const [tenantId, upTo] of followed) save.run(tenantId, upTo);
        return { result: undefined, keep: true };
      }, 'notAwaited'),
  };
}
