import { type AgentSnapshot, positionToText } from '@rollcall/contract';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';

/** An agent as its record says, in the words of the wire. */
export function agentSnapshot({ workNumber, session, head }: AgentRecord, epoch: string): AgentSnapshot {
  const position = positionToText({ epoch, sequence: head });
  if (session === null) {
    return { agent: workNumber, state: 'signedOut', reason: null, since: null, signedInAt: null, position };
  }
  const { state, stateSince: since, signedInAt } = session;
  const reason = 'reason' in state ? state.reason : null;
  return { agent: workNumber, state: state.kind, reason, since, signedInAt, position };
}
