// Made by `npm run generate` from the contract; change that, or scripts/client-names.ts, not this file.

/** Names of the events that a server of this release sends. A later one may send others. */
export const EVENT_TYPES = [
  'AgentOther_Bulletin',
  'AgentOther_InService',
  'AgentOther_Note',
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
  'QC_AgentState_Notify',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
