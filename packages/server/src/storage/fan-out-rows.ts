import type { WorkNumber } from '@rollcall/contract/identifiers';
import { eventFromText } from './event-text.ts';
import type { SessionEvent } from './fan-out-store.ts';
import type { FeedRow } from './feed-rows.ts';
import type { FeedPortion } from './feed-store.ts';

/** A read looks no further, so that it ends soon however much of the feed is of other kinds. */
const FURTHEST = 5_000;

export type SessionEventRow = Pick<FeedRow, 'feed_sequence' | 'work_number' | 'event'>;

/** Parameters: tenant, after, up to, limit. The form of the text is that of event-text.ts. */
export const SESSION_EVENTS = `SELECT feed_sequence, work_number, event FROM agent_event
   WHERE tenant_id = $1 AND feed_sequence > $2 AND feed_sequence <= $3
     AND event LIKE '{"v":1,"kind":"agentSigned%' ORDER BY feed_sequence LIMIT $4`;

/** How far one read looks. */
export function reachOf(after: number, head: number): number {
  return Math.min(head, after + FURTHEST);
}

export function feedPortion(
  rows: readonly SessionEventRow[],
  { head, reach, limit }: { readonly head: number; readonly reach: number; readonly limit: number },
): FeedPortion<SessionEvent> {
  const events = rows.map(
    (row): SessionEvent => ({
      position: row.feed_sequence,
      workNumber: row.work_number as WorkNumber,
      event: eventFromText(row.event) as SessionEvent['event'],
    }),
  );
  const last = events.at(-1);
  return { events, upTo: last !== undefined && events.length === limit ? last.position : reach, head };
}
