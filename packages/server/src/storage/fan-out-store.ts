import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentEvent } from '../domain/agent-session/agent-event.ts';
import type { FeedPortion } from './feed-store.ts';

/** The begin or the end of a session, at its place in the tenant's feed. */
export interface SessionEvent {
  readonly position: number;
  readonly workNumber: WorkNumber;
  readonly event: Extract<AgentEvent, { kind: 'agentSignedIn' | 'agentSignedOut' }>;
}

/** What follows for others is drawn from: begins and ends of sessions, and how far the feeds have been followed. */
export interface FanOutStore {
  /** The sign-ins and sign-outs behind `after`, in order: at most `limit`, and not further than a few thousand events. */
  readSessionEvents(tenantId: TenantId, after: number, limit: number): Promise<FeedPortion<SessionEvent>>;
  /** Where an event of an agent's log stands in its tenant's feed. */
  findFeedPosition(workNumber: WorkNumber, sequence: number): Promise<number | undefined>;
  readFanOutPositions(): Promise<ReadonlyMap<TenantId, number>>;
  /** One statement for all, which does not wait for the disk and moves no position back. */
  saveFanOutPositions(positions: ReadonlyMap<TenantId, number>): Promise<void>;
}
