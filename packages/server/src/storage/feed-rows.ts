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
