import type { SessionId, TenantId, TokenHash, WorkNumber } from '@rollcall/contract';
import { type AgentRecord, UNCHANGED_SETTINGS } from '../../src/domain/agent-session/agent-record.ts';
import { signIn } from './store-fixture.ts';

/** A ready agent whose log begins with its session and has grown to `head`, for readers without a store. */
export function readyAgent(
  { workNumber, sessionId }: { readonly workNumber: WorkNumber; readonly sessionId: SessionId },
  head: number,
): AgentRecord {
  const { settings } = signIn({ workNumber, session: sessionId });
  return {
    workNumber,
    tenantId: 1 as TenantId,
    enabled: true,
    credentialVersion: 1,
    head,
    changedAt: 1,
    bulletinsUpTo: 0,
    session: {
      id: sessionId,
      tokenHash: 't' as TokenHash,
      tokenIssuedAt: 1,
      signedInAt: 1,
      firstSequence: 1,
      toldUpTo: 0,
      state: { kind: 'ready' },
      stateSince: 1,
      seats: 'none',
      settings: { ...settings, ...UNCHANGED_SETTINGS, node: 'node', mustChangePassword: false },
    },
  };
}
