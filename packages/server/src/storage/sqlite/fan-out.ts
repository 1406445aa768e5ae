import type { DatabaseSync } from 'node:sqlite';
import { feedPortion, reachOf, SESSION_EVENTS, type SessionEventRow } from '../fan-out-rows.ts';
import type { FanOutStore } from '../fan-out-store.ts';
import { byTenant, type TenantNumberRow } from '../feed-rows.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Begins and ends of sessions in the feeds, and how far they have been followed, on SQLite. */
export function sqliteFanOut(database: DatabaseSync, transaction: WriteTransaction): FanOutStore {
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
    readSessionEvents: async (tenantId, after, limit) => {
      const present = Number(head.get(tenantId)?.head ?? 0);
      const reach = reachOf(after, present);
      const rows = events.all(tenantId, after, reach, limit) as unknown as SessionEventRow[];
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
