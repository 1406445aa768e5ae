import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { type EventRow, loggedEventFromRow } from './agent-rows.ts';
import type { FeedEvent, FeedPortion } from './feed-store.ts';

export interface FeedRow extends EventRow {
  readonly feed_sequence: number;
  readonly work_number: number;
}

/** Parameters: tenant, after, up to, limit. */
export const FEED_EVENTS = `SELECT feed_sequence, work_number, sequence, at, event FROM agent_event
   WHERE tenant_id = $1 AND feed_sequence > $2 AND feed_sequence <= $3 ORDER BY feed_sequence LIMIT $4`;

export type OldestRow = Pick<FeedRow, 'feed_sequence' | 'at'>;

/** Parameters: tenant, limit. */
export const OLDEST_EVENTS =
  'SELECT feed_sequence, at FROM agent_event WHERE tenant_id = $1 ORDER BY feed_sequence LIMIT $2';

/** Where the events begin that sessions can read; parameters: tenant, before. Younger ones need not be looked at. */
export const READABLE_FROM = `SELECT min(event.feed_sequence) AS number FROM agent_event AS event
   JOIN (SELECT work_number, first_sequence FROM agent
         WHERE tenant_id = $1 AND session_id IS NOT NULL AND signed_in_at < $2
         UNION ALL
         SELECT ended.work_number, ended.first_sequence FROM ended_session AS ended
         JOIN agent ON agent.work_number = ended.work_number
         WHERE agent.tenant_id = $1 AND ended.signed_in_at < $2) AS own
   ON event.work_number = own.work_number AND event.sequence = own.first_sequence`;

/** Parameters: tenant, up to. */
export const DELETE_EVENTS = 'DELETE FROM agent_event WHERE tenant_id = $1 AND feed_sequence <= $2';

/** Up to where the oldest events are to go; undefined: none is. The feed loses its beginning and nothing in between. */
export function pruneUpTo(
  oldest: readonly OldestRow[],
  { before, readableFrom }: { readonly before: number; readonly readableFrom: number | null },
): number | undefined {
  const isKept = (row: OldestRow) =>
    row.at >= before || (readableFrom !== null && row.feed_sequence >= readableFrom);
  const firstKept = oldest.findIndex(isKept);
  return oldest[(firstKept < 0 ? oldest.length : firstKept) - 1]?.feed_sequence;
}

export function feedFromRows(
  rows: readonly FeedRow[],
  { head, limit }: { readonly head: number; readonly limit: number },
): FeedPortion<FeedEvent> {
  const events = rows.map(
    (row): FeedEvent => ({
      position: row.feed_sequence,
      workNumber: row.work_number as WorkNumber,
      ...loggedEventFromRow(row),
    }),
  );
  const last = events.at(-1);
  return { events, upTo: last !== undefined && events.length === limit ? last.position : head, head };
}

export interface TenantNumberRow {
  readonly tenant_id: number;
  readonly number: number;
}

export function byTenant(rows: readonly TenantNumberRow[]): ReadonlyMap<TenantId, number> {
  return new Map(rows.map((row) => [row.tenant_id as TenantId, row.number]));
}
