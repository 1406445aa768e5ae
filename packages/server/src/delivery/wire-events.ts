import type { WireEvent, WireEventType, WorkNumber } from '@rollcall/contract';
import type { AgentEvent, WatchedSession } from '../domain/agent-session/agent-event.ts';
import type { AgentState } from '../domain/agent-session/agent-state.ts';
import type { Note } from '../domain/agent-session/note.ts';

type WithContent =
  | 'agentBecameNotReady'
  | 'agentBeganRest'
  | 'agentForcedReady'
  | 'agentForcedNotReady'
  | 'agentSignedOut'
  | 'noteReceived'
  | 'bulletinReceived'
  | 'watchedAgentSignedIn'
  | 'watchedAgentSignedOut';

/** The wire name of each event without content; `null` where old clients are told nothing. */
const PLAIN: Readonly<Record<Exclude<AgentEvent['kind'], WithContent>, WireEventType>> = {
  agentSignedIn: 'AgentOther_InService',
  signInReadyAnnounced: 'AgentState_Ready',
  agentBecameReady: 'AgentState_Ready',
  agentLeftNotReady: 'AgentState_CancelNotReady_Success',
  agentLeftRest: 'AgentState_CancelRest_Success',
  restRanOut: 'AgentState_Rest_Timeout',
  agentEnteredWrapUp: 'AgentState_Work',
  agentRequestedWrapUp: 'AgentState_SetWork_Success',
  agentEngaged: 'AgentState_Busy',
  agentLeftWrapUp: 'AgentState_CancelWork_Success',
};

/**
 * The one translation of a stored event into the event that old clients know; null for an event they are not told
 * of: an agent that signs out itself gets no ShutdownService (rule DL-8).
 */
export function toWireEvent(event: AgentEvent, workNumber: WorkNumber): WireEvent | null {
  if (event.kind === 'agentSignedOut' && event.reason === 'bySelf') return null;
  return toSiteEvent(event, workNumber);
}

/** The same for who follows the events of all agents: told of every end of a session, whoever ended it (rule WH-7). */
export function toSiteEvent(event: AgentEvent, workNumber: WorkNumber): WireEvent {
  const workNo = String(workNumber);
  switch (event.kind) {
    case 'agentBecameNotReady':
      return withReason('AgentState_SetNotReady_Success', workNo, event);
    case 'agentBeganRest':
      return withReason('AgentState_SetRest_Success', workNo, event);
    case 'agentForcedReady':
      return byOperator('AgentState_Force_Ready', workNo, event);
    case 'agentForcedNotReady':
      return byOperator('AgentState_Force_SetNotReady', workNo, event);
    case 'noteReceived':
      return message('AgentOther_Note', workNo, event);
    case 'bulletinReceived':
      return message('AgentOther_Bulletin', workNo, event);
    case 'watchedAgentSignedIn':
      return toInspector('QC_AgentState_Login', workNo, event);
    case 'watchedAgentSignedOut':
      return toInspector('QC_AgentState_Logout', workNo, event);
    case 'agentSignedOut':
      return {
        eventType: 'AgentOther_ShutdownService',
        workNo,
        content: { loginTime: String(event.signedInAt) },
      };
    default:
      return { eventType: PLAIN[event.kind], workNo, content: null };
  }
}

/** NB-3, NB-8: a text with who sent it when; the date and time are those of the tenant's own clocks. */
function message(
  eventType: WireEventType,
  workNo: string,
  { from, fromName, text, sentAt, utcOffsetMs = 0 }: Note,
): WireEvent {
  const content = {
    sender: String(from),
    sendername: fromName,
    context: text,
    receivetime: String(sentAt),
    timestring: new Date(sentAt + utcOffsetMs).toISOString().slice(0, 19).replace('T', ' '),
  };
  return { eventType, workNo, content };
}

/** FO-2 */
function toInspector(subtype: string, workNo: string, { agent, name, server }: WatchedSession): WireEvent {
  const content = {
    subtype,
    monitoredagent: String(agent),
    agentname: name,
    mediaserver: server === 'ccs' ? 'CtiServer' : 'WebM',
  };
  return { eventType: 'QC_AgentState_Notify', workNo, content };
}

/** Who forced it; the holder of the site token has no number. */
function byOperator(
  eventType: WireEventType,
  workNo: string,
  { by }: { readonly by: WorkNumber | null },
): WireEvent {
  return { eventType, workNo, content: { operator: by === null ? '0' : String(by) } };
}

function withReason(
  eventType: WireEventType,
  workNo: string,
  { reason }: { readonly reason: number },
): WireEvent {
  return { eventType, workNo, content: { reason: String(reason) } };
}

/** The present state told as the event by which it is entered, for a reader whose place cannot be continued (DL-13). */
export function presentStateEvent(state: AgentState, workNumber: WorkNumber): WireEvent {
  return toSiteEvent(eventOfEntering(state), workNumber);
}

function eventOfEntering(state: AgentState): AgentEvent {
  switch (state.kind) {
    case 'ready':
      return { kind: 'agentBecameReady' };
    case 'notReady':
      return { kind: 'agentBecameNotReady', reason: state.reason };
    case 'resting':
      return { kind: 'agentBeganRest', reason: state.reason };
    case 'wrapUp':
      return { kind: 'agentEnteredWrapUp' };
    case 'engaged':
      return { kind: 'agentEngaged' };
  }
}
