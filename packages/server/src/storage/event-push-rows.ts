import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { PushedSession, PushReceiver } from './event-push-store.ts';

/** A session whose events are sent; both stores have the same columns. */
export interface PushRow {
  readonly session_id: string;
  readonly work_number: number;
  readonly tenant_id: number;
  readonly form: PushedSession['form'];
  readonly url: string;
  readonly receiver: string;
  readonly receiver_token: string | null;
  readonly session_token: string | null;
  readonly position: number;
  readonly head: number;
  readonly is_live: number;
}

/** The columns of {@link PushRow}; the head is the live session's, or the end of the ended one's. */
export const PUSH_COLUMNS = `session_id, work_number, tenant_id, form, url, receiver, receiver_token, session_token, position,
  coalesce(
    (SELECT log_head FROM agent WHERE agent.work_number = event_push.work_number
     AND agent.session_id = event_push.session_id),
    (SELECT last_sequence FROM ended_session WHERE ended_session.session_id = event_push.session_id),
    position) AS head,
  (SELECT count(*) FROM agent WHERE agent.work_number = event_push.work_number
   AND agent.session_id = event_push.session_id) AS is_live`;

export function pushedSessionFromRow(row: PushRow): PushedSession {
  return {
    sessionId: row.session_id as SessionId,
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    form: row.form,
    url: row.url,
    receiver: row.receiver,
    receiverToken: row.receiver_token,
    sessionToken: row.session_token,
    position: row.position,
    head: row.head,
    isLive: row.is_live === 1,
  };
}

export interface PushReceiverRow {
  readonly receiver: string;
  readonly sessions: number;
  readonly waiting: number;
  readonly waiting_since: number | null;
  readonly failed_at: number | null;
  readonly failure: string | null;
}

/** Parameter: tenant. What is behind the position is waited for; the newest failure is the receiver's. */
export const PUSH_RECEIVERS = `WITH push AS (
    SELECT receiver, failed_at, failure,
      (SELECT at FROM agent_event WHERE agent_event.work_number = event_push.work_number
       AND agent_event.sequence = event_push.position + 1) AS waiting_since,
      row_number() OVER (PARTITION BY receiver ORDER BY coalesce(failed_at, 0) DESC) AS place
    FROM event_push WHERE tenant_id = $1)
  SELECT receiver, count(*) AS sessions, count(waiting_since) AS waiting, min(waiting_since) AS waiting_since,
    max(CASE WHEN place = 1 THEN failed_at END) AS failed_at, max(CASE WHEN place = 1 THEN failure END) AS failure
  FROM push GROUP BY receiver ORDER BY receiver`;

export function pushReceiverFromRow(row: PushReceiverRow): PushReceiver {
  const { receiver, sessions, waiting, waiting_since: waitingSince, failed_at: at, failure: why } = row;
  const lastFailure = at === null || why === null ? null : { at, why };
  return { receiver, sessions, waiting, waitingSince, lastFailure };
}
