import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import {
  PUSH_COLUMNS,
  PUSH_RECEIVERS,
  type PushReceiverRow,
  type PushRow,
  pushedSessionFromRow,
  pushReceiverFromRow,
} from '../event-push-rows.ts';
import type { EventPushStore } from '../event-push-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Sessions whose events are sent, on SQLite: one process at a time, so whoever sent before is gone. */
export function sqliteEventPush(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): EventPushStore {
  const free = database.prepare("UPDATE event_push SET sender = '' WHERE sender <> '' AND sender <> ?");
  const unclaimed = database.prepare(
    `SELECT ${PUSH_COLUMNS} FROM event_push WHERE sender = '' ORDER BY work_number, position LIMIT ?`,
  );
  const claim = database.prepare(
    'UPDATE event_push SET sender = ? WHERE session_id IN (SELECT value FROM json_each(?))',
  );
  const savePositions = database.prepare(
    `UPDATE event_push SET position = max(position, moved.sequence), failed_at = NULL, failure = NULL
     FROM (SELECT value ->> 0 AS session_id, value ->> 1 AS sequence FROM json_each(?)) AS moved
     WHERE event_push.session_id = moved.session_id`,
  );
  const saveFailures = database.prepare(
    `UPDATE event_push SET failed_at = ?, failure = failed.why
     FROM (SELECT value ->> 0 AS session_id, value ->> 1 AS why FROM json_each(?)) AS failed
     WHERE event_push.session_id = failed.session_id`,
  );
  const end = database.prepare('DELETE FROM event_push WHERE session_id IN (SELECT value FROM json_each(?))');
  const receivers = database.prepare(PUSH_RECEIVERS.replaceAll('$1', '?'));
  const write = (run: () => void) =>
    transaction(() => {
      run();
      return { result: undefined, keep: true };
    }, 'notAwaited');
  let isFirst = true;
  return {
    claimPushes: async (sender, limit) => {
      const taken = await transaction(() => {
        if (isFirst) free.run(sender);
        const found = (unclaimed.all(limit) as unknown as PushRow[]).map(pushedSessionFromRow);
        if (found.length > 0) claim.run(sender, JSON.stringify(found.map(({ sessionId }) => sessionId)));
        return { result: found, keep: true };
      }, 'notAwaited');
      isFirst = false;
      return { taken, hasLapsed: false };
    },
    savePushPositions: (positions) =>
      write(() => {
        savePositions.run(JSON.stringify(positions.map(({ sessionId, sequence }) => [sessionId, sequence])));
      }),
    savePushFailures: (failures) =>
      write(() => {
        const rows = failures.map(({ sessionId, why }) => [sessionId, why]);
        saveFailures.run(Math.floor(clock.wallMs()), JSON.stringify(rows));
      }),
    endPushes: (sessionIds) => write(() => void end.run(JSON.stringify(sessionIds))),
    // The next process frees what this one has.
    releasePushes: async () => undefined,
    listPushReceivers: async (tenantId) =>
      (receivers.all(tenantId) as unknown as PushReceiverRow[]).map(pushReceiverFromRow),
  };
}
