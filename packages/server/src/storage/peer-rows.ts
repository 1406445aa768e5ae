import { AGENT_COLUMNS, type EventRow, loggedEventFromRow } from './agent-rows.ts';
import type { SessionBegin } from './peer-store.ts';

/** Shows that a peer has begun: there may be no tenant yet. */
const BEGUN = 0;

/** Parameters: peer. A peer that has begun keeps its places. */
export const BEGIN_PEER = `INSERT INTO peer_position (peer, tenant_id, position)
   SELECT $1, tenant_id, head FROM (SELECT ${BEGUN} AS tenant_id, 0 AS head UNION ALL SELECT tenant_id, head FROM feed) AS begun
   WHERE NOT EXISTS (SELECT 1 FROM peer_position WHERE peer = $1)`;

/** Parameters: peer. */
export const PEER_POSITIONS = `SELECT tenant_id, position AS number FROM peer_position
   WHERE peer = $1 AND tenant_id <> ${BEGUN}`;

const COLUMNS = AGENT_COLUMNS.join(', ');

/** Parameters: peer, after, limit. `viaPeer` is the expression that the index is made of. */
export function peerSessions(viaPeer: string): string {
  return `SELECT ${COLUMNS} FROM agent
   WHERE session_id IS NOT NULL AND ${viaPeer} IS NOT NULL AND ${viaPeer} = $1 AND work_number > $2
   ORDER BY work_number LIMIT $3`;
}

/** Parameters: agent, up to. The form of the text is that of event-text.ts. */
export const SESSION_BEGIN = `SELECT sequence, at, event FROM agent_event
   WHERE work_number = $1 AND sequence <= $2 AND event LIKE '{"v":1,"kind":"agentSignedIn"%'
   ORDER BY sequence DESC LIMIT 1`;

export function sessionBeginFromRow(row: EventRow | undefined): SessionBegin | undefined {
  if (row === undefined) return undefined;
  const { sequence, event } = loggedEventFromRow(row);
  return { sequence, viaPeer: event.kind === 'agentSignedIn' ? (event.viaPeer ?? null) : null };
}
