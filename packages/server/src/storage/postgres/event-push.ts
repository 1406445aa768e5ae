import type { Pool, QueryConfig } from 'pg';
import type { BegunPush } from '../../domain/agent-session/event-push.ts';
import {
  PUSH_COLUMNS,
  PUSH_RECEIVERS,
  type PushReceiverRow,
  type PushRow,
  pushedSessionFromRow,
  pushReceiverFromRow,
} from '../event-push-rows.ts';
import type { EventPushStore } from '../event-push-store.ts';
import { statement } from './statement.ts';
import { NOW } from './store-time.ts';
import { withoutFlush } from './unflushed.ts';

/** How long a sender counts as alive after it was heard of. */
const SENDER_GOOD_MS = 15_000;

const BEGIN = statement(
  'begin pushes',
  `INSERT INTO event_push
     (session_id, work_number, tenant_id, form, url, receiver, receiver_token, session_token, position)
   SELECT * FROM unnest($1::text[], $2::int4[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
     $9::int8[])`,
);
// The senders that are gone, the caller among them where it was silent, leave their sessions to whoever comes next.
const FREE = statement(
  'free pushes',
  `WITH gone AS (DELETE FROM push_sender WHERE good_until < ${NOW} RETURNING sender)
   UPDATE event_push SET sender = '' FROM gone WHERE event_push.sender = gone.sender`,
);
const RENEW = statement(
  'renew push sender',
  `INSERT INTO push_sender (sender, good_until) VALUES ($1, ${NOW} + ${SENDER_GOOD_MS})
   ON CONFLICT (sender) DO UPDATE SET good_until = excluded.good_until RETURNING xmax = 0 AS is_new`,
);
// Not a session whose agent's earlier one at the same URL is another's: both are to be sent in their order (PU-6).
const TAKE = statement(
  'take pushes',
  `WITH free AS (SELECT session_id FROM event_push AS push WHERE sender = '' AND NOT EXISTS (
       SELECT FROM event_push AS earlier WHERE earlier.work_number = push.work_number AND earlier.url = push.url
       AND earlier.position < push.position AND earlier.sender <> $1)
     ORDER BY session_id LIMIT $2 FOR UPDATE SKIP LOCKED),
   taken AS (UPDATE event_push SET sender = $1 FROM free WHERE event_push.session_id = free.session_id
     RETURNING event_push.session_id)
   SELECT ${PUSH_COLUMNS} FROM event_push WHERE session_id IN (SELECT session_id FROM taken)`,
);
const SAVE_POSITIONS = statement(
  'save push positions',
  `UPDATE event_push SET position = greatest(position, moved.sequence), failed_at = NULL, failure = NULL
   FROM unnest($1::text[], $2::int8[]) AS moved (session_id, sequence)
   WHERE event_push.session_id = moved.session_id`,
);
const SAVE_FAILURES = statement(
  'save push failures',
  `UPDATE event_push SET failed_at = ${NOW}, failure = failed.why
   FROM unnest($1::text[], $2::text[]) AS failed (session_id, why)
   WHERE event_push.session_id = failed.session_id`,
);
const END = statement('end pushes', 'DELETE FROM event_push WHERE session_id = ANY($1::text[])');
const RELEASE = statement(
  'release pushes',
  `WITH gone AS (DELETE FROM push_sender WHERE sender = $1)
   UPDATE event_push SET sender = '' WHERE sender = $1`,
);
const RECEIVERS = statement('push receivers', PUSH_RECEIVERS);

/** What a batch writes for the sessions whose events are to be sent. */
export function pushWrites(begun: readonly BegunPush[]): QueryConfig<unknown[]>[] {
  if (begun.length === 0) return [];
  return [
    BEGIN([
      begun.map(({ sessionId }) => sessionId),
      begun.map(({ workNumber }) => workNumber),
      begun.map(({ tenantId }) => tenantId),
      begun.map(({ form }) => form),
      begun.map(({ url }) => url),
      begun.map(({ receiver }) => receiver),
      begun.map(({ receiverToken }) => receiverToken),
      begun.map(({ sessionToken }) => sessionToken),
      begun.map(({ position }) => position),
    ]),
  ];
}

/** Sessions whose events are sent, on PostgreSQL; which senders are alive is told by the database's clock. */
export function postgresEventPush(pool: Pool): EventPushStore {
  return {
    claimPushes: async (sender, limit) => {
      await withoutFlush(pool, FREE([]));
      const renewed = await withoutFlush(pool, RENEW([sender]));
      const { rows } = await withoutFlush(pool, TAKE([sender, limit]));
      return {
        taken: (rows as PushRow[]).map(pushedSessionFromRow),
        hasLapsed: (renewed.rows[0] as { is_new: boolean } | undefined)?.is_new !== false,
      };
    },
    savePushPositions: async (positions) => {
      const sequences = positions.map(({ sequence }) => sequence);
      await withoutFlush(pool, SAVE_POSITIONS([positions.map(({ sessionId }) => sessionId), sequences]));
    },
    savePushFailures: async (failures) => {
      const reasons = failures.map(({ why }) => why);
      await withoutFlush(pool, SAVE_FAILURES([failures.map(({ sessionId }) => sessionId), reasons]));
    },
    endPushes: async (sessionIds) => {
      await withoutFlush(pool, END([sessionIds]));
    },
    releasePushes: async (sender) => {
      await withoutFlush(pool, RELEASE([sender]));
    },
    listPushReceivers: async (tenantId) =>
      (await pool.query<PushReceiverRow>(RECEIVERS([tenantId]))).rows.map(pushReceiverFromRow),
  };
}
