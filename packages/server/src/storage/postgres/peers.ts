import type { Pool } from 'pg';
import { type AgentRow, type EventRow, recordFromRow } from '../agent-rows.ts';
import { byTenant, type TenantNumberRow } from '../feed-rows.ts';
import {
  BEGIN_PEER,
  PEER_POSITIONS,
  peerSessions,
  SESSION_BEGIN,
  sessionBeginFromRow,
} from '../peer-rows.ts';
import type { PeerStore } from '../peer-store.ts';
import { statement } from './statement.ts';
import { withoutFlush } from './unflushed.ts';

// Nodes that begin at the same time find the same.
const BEGIN = statement(
  'begin peer',
  `${BEGIN_PEER.replace('SELECT $1,', 'SELECT $1::text,')} ON CONFLICT DO NOTHING`,
);
const POSITIONS = statement('peer positions', PEER_POSITIONS);
const SAVE = statement(
  'save peer positions',
  `INSERT INTO peer_position (peer, tenant_id, position)
   SELECT $1, tenant_id, position FROM unnest($2::int4[], $3::int8[]) AS moved (tenant_id, position) ORDER BY tenant_id
   ON CONFLICT (peer, tenant_id) DO UPDATE SET position = greatest(peer_position.position, excluded.position)`,
);
const SESSIONS = statement('peer sessions', peerSessions("(settings::jsonb ->> 'viaPeer')"));
const BEGIN_OF_SESSION = statement('begin of session', SESSION_BEGIN);

/** Trusted peers' places and sessions, on PostgreSQL. */
export function postgresPeers(pool: Pool): PeerStore {
  return {
    beginPeer: async (peer) => {
      await pool.query(BEGIN([peer]));
    },
    readPeerPositions: async (peer) => byTenant((await pool.query<TenantNumberRow>(POSITIONS([peer]))).rows),
    savePeerPositions: async (peer, moved) => {
      await withoutFlush(pool, SAVE([peer, [...moved.keys()], [...moved.values()]]));
    },
    listPeerSessions: async (peer, after, limit) =>
      (await pool.query<AgentRow>(SESSIONS([peer, after, limit]))).rows.map(recordFromRow),
    findSessionBegin: async (workNumber, sequence) =>
      sessionBeginFromRow((await pool.query<EventRow>(BEGIN_OF_SESSION([workNumber, sequence]))).rows[0]),
  };
}
