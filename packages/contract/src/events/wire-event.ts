/** Names of the events that this release sends. */
export const WIRE_EVENT_TYPES = [
  'AgentOther_InService',
  'AgentOther_ShutdownService',
  'AgentState_Busy',
  'AgentState_CancelNotReady_Success',
  'AgentState_CancelRest_Success',
  'AgentState_CancelWork_Success',
  'AgentState_Force_Ready',
  'AgentState_Force_SetNotReady',
  'AgentState_Ready',
  'AgentState_Rest_Timeout',
  'AgentState_SetNotReady_Success',
  'AgentState_SetRest_Success',
  'AgentState_SetWork_Success',
  'AgentState_Work',
] as const;
export type WireEventType = (typeof WIRE_EVENT_TYPES)[number];

/** One event as it crosses the wire, keys in the order of the wire. */
export interface WireEvent {
  readonly eventType: WireEventType;
  readonly workNo: string;
  readonly content: Readonly<Record<string, string>> | null;
}
