import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';

/** Where a session begins in its agent's log, and which trusted peer signed it in. */
export interface SessionBegin {
  readonly sequence: number;
  readonly viaPeer: string | null;
}

/** How far trusted peers have read the tenants' feeds, and whose sessions are theirs. */
export interface PeerStore {
  /** A peer that is new reads from where the feeds are now; from then on nothing of it is left out. */
  beginPeer(peer: string): Promise<void>;
  readPeerPositions(peer: string): Promise<ReadonlyMap<TenantId, number>>;
  /** Does not wait for the disk, and moves no position back. */
  savePeerPositions(peer: string, positions: ReadonlyMap<TenantId, number>): Promise<void>;
  /** At most `limit` live sessions that the peer signed in, of agents with numbers above `after`; costs what it gives. */
  listPeerSessions(peer: string, after: number, limit: number): Promise<readonly AgentRecord[]>;
  /** The session that an event of an agent's log belongs to; undefined: its beginning is no longer kept. */
  findSessionBegin(workNumber: WorkNumber, sequence: number): Promise<SessionBegin | undefined>;
}
