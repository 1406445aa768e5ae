import type { AgentStatusResult, RestQuery, SayBusyQuery } from '@rollcall/contract';
import type { AgentState } from '../domain/agent-session/agent-state.ts';
import type { AgentSessions, SessionCommandPart } from '../services/agent-sessions.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';
import { statusNumber } from './state-numbers.ts';

/** Reading and changing the state of the caller's own session. */
export function agentStateRoutes(sessions: AgentSessions) {
  const done = async ({ live }: SessionCall, part: SessionCommandPart): Promise<Reply> =>
    replyToCommand(await sessions.submit(live, part));
  return {
    getAgentStatus: async ({ live }: SessionCall): Promise<Reply> => {
      const present = await sessions.present(live);
      if (present === undefined) return refuse('100-006');
      return { kind: 'result', result: statusOf(present.session.state) };
    },
    sayFree: (call: SessionCall) => done(call, { kind: 'becomeReady' }),
    sayBusy: (call: SessionCall, { reason, prolong }: SayBusyQuery) =>
      done(call, { kind: 'becomeNotReady', reason: Number(reason), prolong }),
    cancelBusy: (call: SessionCall) => done(call, { kind: 'cancelNotReady' }),
    rest: (call: SessionCall, { prolong }: RestQuery) => {
      const { time, restcause } = call.pathParameters;
      return done(call, { kind: 'rest', reason: Number(restcause), forMs: Number(time) * 1_000, prolong });
    },
    cancelRest: (call: SessionCall) => done(call, { kind: 'cancelRest' }),
    sayWork: (call: SessionCall) => done(call, { kind: 'beginWrapUp' }),
    cancelWork: (call: SessionCall) => done(call, { kind: 'endWrapUp' }),
  };
}

function statusOf(state: AgentState): AgentStatusResult {
  return {
    agentState: statusNumber(state),
    isWorking: state.kind === 'engaged' && state.phase === 'talking',
  };
}
