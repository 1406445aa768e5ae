import type { AgentStatusResult, SayBusyQuery } from '@rollcall/contract';
import type { AgentState } from '../domain/agent-session/agent-state.ts';
import type { AgentSessions } from '../services/agent-sessions.ts';
import { type Reply, refuse, type SessionCall } from './call.ts';
import { replyToCommand } from './outcome-replies.ts';

/** The number by which old clients know each state. */
const STATE_NUMBERS: Readonly<Record<AgentState['kind'], number>> = { notReady: 3, ready: 4, wrapUp: 5 };

/** Reading and changing the state of the caller's own session. */
export function agentStateRoutes(sessions: AgentSessions) {
  return {
    getAgentStatus: async ({ live }: SessionCall): Promise<Reply> => {
      const present = await sessions.present(live);
      if (present === undefined) return refuse('100-006');
      const result: AgentStatusResult = {
        agentState: STATE_NUMBERS[present.session.state.kind],
        isWorking: false,
      };
      return { kind: 'result', result };
    },
    sayFree: async ({ live }: SessionCall): Promise<Reply> =>
      replyToCommand(await sessions.submit(live, { kind: 'becomeReady' })),
    sayBusy: async ({ live }: SessionCall, { reason, prolong }: SayBusyQuery): Promise<Reply> => {
      const command = { kind: 'becomeNotReady', reason: Number(reason), prolong } as const;
      return replyToCommand(await sessions.submit(live, command));
    },
    cancelBusy: async ({ live }: SessionCall): Promise<Reply> =>
      replyToCommand(await sessions.submit(live, { kind: 'cancelNotReady' })),
  };
}
