/** Names of the events that this release sends. */
export type WireEventType =
  | 'AgentOther_InService'
  | 'AgentOther_ShutdownService'
  | 'AgentState_CancelNotReady_Success'
  | 'AgentState_CancelWork_Success'
  | 'AgentState_Ready'
  | 'AgentState_SetNotReady_Success'
  | 'AgentState_Work';

/** One event as it crosses the wire, keys in the order of the wire. */
export interface WireEvent {
  readonly eventType: WireEventType;
  readonly workNo: string;
  readonly content: Readonly<Record<string, string>> | null;
}
