import type { WireEvent, WireEventType, WorkNumber } from '@rollcall/contract';
import type { AgentEvent } from '../domain/agent-session/agent-event.ts';

/** The wire name of each event without content; `null` where old clients are told nothing. */
const PLAIN: Readonly<
  Record<Exclude<AgentEvent['kind'], 'agentBecameNotReady' | 'agentSignedOut'>, WireEventType>
> = {
  agentSignedIn: 'AgentOther_InService',
  signInReadyAnnounced: 'AgentState_Ready',
  agentBecameReady: 'AgentState_Ready',
  agentLeftNotReady: 'AgentState_CancelNotReady_Success',
  agentEnteredWrapUp: 'AgentState_Work',
  agentLeftWrapUp: 'AgentState_CancelWork_Success',
};

/**
 * The one translation of a stored event into the event that old clients know; null for an event they are not told
 * of: an agent that signs out itself gets no ShutdownService (rule DL-8).
 */
export function toWireEvent(event: AgentEvent, workNumber: WorkNumber): WireEvent | null {
  const workNo = String(workNumber);
  switch (event.kind) {
    case 'agentBecameNotReady':
      return {
        eventType: 'AgentState_SetNotReady_Success',
        workNo,
        content: { reason: String(event.reason) },
      };
    case 'agentSignedOut':
      if (event.reason === 'bySelf') return null;
      return {
        eventType: 'AgentOther_ShutdownService',
        workNo,
        content: { loginTime: String(event.signedInAt) },
      };
    default:
      return { eventType: PLAIN[event.kind], workNo, content: null };
  }
}
