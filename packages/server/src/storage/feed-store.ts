import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';

/** An event at its place in its tenant's feed and in its agent's log. */
export interface FeedEvent extends LoggedEvent {
  /** Dense per tenant, from 1, in the order of the commits. */
  readonly position: number;
  readonly workNumber: WorkNumber;
}

/** What a part of a feed holds. */
export interface FeedPortion<Event> {
  readonly events: readonly Event[];
  /** Up to here there is nothing else. */
  readonly upTo: number;
  /** Of the feed when it was read. */
  readonly head: number;
}

/** The tenants' feeds: all events of a tenant's agents, in the order of their commits. */
export interface FeedStore {
  readFeedHeads(): Promise<ReadonlyMap<TenantId, number>>;
  /** The events behind `after`, in order, at most `limit`; those that are not kept any more are left out. */
  readFeed(tenantId: TenantId, after: number, limit: number): Promise<FeedPortion<FeedEvent>>;
  /**
   * Removes the oldest events of the feed that are from before `before` (epoch ms), at most `limit`; gives how many. What
   * a session can read with its token, or an ended one with a token that is kept, stays (rule RT-1).
   */
  pruneEvents(tenantId: TenantId, before: number, limit: number): Promise<number>;
}
