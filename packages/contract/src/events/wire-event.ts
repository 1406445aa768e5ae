import { type Static, Type } from 'typebox';
import { WORKNO } from '../operations/result-values.ts';

/** Names of the events that this release sends. */
export const WIRE_EVENT_TYPES = [
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
export type WireEventType = (typeof WIRE_EVENT_TYPES)[number];

/** One event as it crosses the wire, keys in the order of the wire. */
export const WireEvent = Type.Object({
  eventType: Type.Enum([...WIRE_EVENT_TYPES], { examples: ['AgentState_Ready'] }),
  workNo: WORKNO,
  content: Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()], { examples: [null] }),
});
export type WireEvent = Static<typeof WireEvent>;
