import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { type AgentState, reasonOf } from './agent-state.ts';
import type { PresentSession } from './present-session.ts';

/**
 * A time that an agent spent in one state for one reason, and that is over (rule AT-1). Those of a session follow one
 * another without gap or overlap, from its sign-in to its end. The one that goes on is the record itself.
 */
export interface AgentInterval {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  readonly sessionId: SessionId;
  readonly state: AgentState['kind'];
  readonly reason: number | null;
  /** Epoch ms, included. */
  readonly beganAt: number;
  /** Epoch ms, excluded; later than `beganAt`. */
  readonly endedAt: number;
}

/** The interval that ends now; null where it had no length. */
export function closeInterval({
  record,
  session,
  now,
}: Omit<PresentSession, 'storeNow'>): AgentInterval | null {
  const { id: sessionId, state, stateSince: beganAt } = session;
  if (beganAt === now) return null;
  const { workNumber, tenantId } = record;
  return {
    workNumber,
    tenantId,
    sessionId,
    state: state.kind,
    reason: reasonOf(state),
    beganAt,
    endedAt: now,
  };
}
