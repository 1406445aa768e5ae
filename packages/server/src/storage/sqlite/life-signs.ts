import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import { type DueLeaseRow, dueLeaseFromRow } from '../life-sign-rows.ts';
import type { LifeSignStore } from '../life-sign-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Signs of life on SQLite; the time is the node's. */
export function sqliteLifeSigns(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): LifeSignStore {
  const save = database.prepare(
    `UPDATE life_sign SET
       seen_at = max(seen_at, :now - seen.ago),
       read_at = max(read_at, coalesce(:now - seen.read_ago, 0)),
       lease_ends_at = max(seen_at, :now - seen.ago) + life_ms
     FROM (SELECT value ->> 0 AS work_number, value ->> 1 AS session_id, value ->> 2 AS ago, value ->> 3 AS read_ago
           FROM json_each(:signs)) AS seen
     WHERE life_sign.work_number = seen.work_number AND life_sign.session_id = seen.session_id`,
  );
  const renewAll = database.prepare(
    'UPDATE life_sign SET seen_at = :now, read_at = :now, lease_ends_at = :now + life_ms',
  );
  const due = database.prepare(
    `SELECT work_number, agent.tenant_id, life_sign.session_id FROM life_sign JOIN agent USING (work_number)
     WHERE lease_ends_at <= :now - :grace OR limit_at <= :now ORDER BY lease_ends_at LIMIT :limit`,
  );
  return {
    saveLifeSigns: (signs) =>
      transaction(() => {
        const now = Math.floor(clock.wallMs());
        const rows = signs.map(({ workNumber, sessionId, seenAgoMs, readAgoMs }) => [
          workNumber,
          sessionId,
          Math.ceil(seenAgoMs),
          readAgoMs === null ? null : Math.ceil(readAgoMs),
        ]);
        save.run({ now, signs: JSON.stringify(rows) });
        return { result: now, keep: true };
      }, 'notAwaited'),
    renewAllLifeSigns: () =>
      transaction(() => {
        renewAll.run({ now: Math.floor(clock.wallMs()) });
        return { result: undefined, keep: true };
      }, 'notAwaited'),
    findDueLeases: async (graceMs, limit) =>
      (due.all({ now: Math.floor(clock.wallMs()), grace: graceMs, limit }) as unknown as DueLeaseRow[]).map(
        dueLeaseFromRow,
      ),
  };
}
