import type { DatabaseSync } from 'node:sqlite';
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
import type { WriteTransaction } from './write-transaction.ts';

/** Trusted peers' places and sessions, on SQLite. */
export function sqlitePeers(database: DatabaseSync, transaction: WriteTransaction): PeerStore {
  const begin = database.prepare(BEGIN_PEER.replaceAll('$', '?'));
  const positions = database.prepare(PEER_POSITIONS.replaceAll('$', '?'));
  const save = database.prepare(
    `INSERT INTO peer_position (peer, tenant_id, position) VALUES (?, ?, ?)
     ON CONFLICT (peer, tenant_id) DO UPDATE SET position = max(peer_position.position, excluded.position)`,
  );
  const sessions = database.prepare(
    peerSessions("json_extract(settings, '$.viaPeer')").replaceAll(/\$(?=\d)/g, '?'),
  );
  const sessionBegin = database.prepare(SESSION_BEGIN.replaceAll('$', '?'));
  return {
    beginPeer: (peer) =>
      transaction(() => {
        begin.run(peer);
        return { result: undefined, keep: true };
      }),
    readPeerPositions: async (peer) => byTenant(positions.all(peer) as unknown as TenantNumberRow[]),
    savePeerPositions: (peer, moved) =>
      transaction(() => {
        for (const [tenantId, position] of moved) save.run(peer, tenantId, position);
        return { result: undefined, keep: true };
      }, 'notAwaited'),
    listPeerSessions: async (peer, after, limit) =>
      (sessions.all(peer, after, limit) as unknown as AgentRow[]).map(recordFromRow),
    findSessionBegin: async (workNumber, sequence) =>
      sessionBeginFromRow(sessionBegin.get(workNumber, sequence) as unknown as EventRow | undefined),
  };
}
