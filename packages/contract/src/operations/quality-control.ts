import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import { OTHER_AGENT } from './agent-group.ts';
import { REST_CAUSE, REST_TIME } from './agent-state.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { text } from './parameters.ts';
import { listOf, NAME, STATUS, WORKNO } from './result-values.ts';

const OTHER = `{workNo:${OTHER_AGENT}}`;
/** In the order in which they are looked at. */
const FORCE_CODES: readonly ResultCode[] = [...SESSION_CODES, '000-005', '900-002', '900-004', '900-005'];

/** What an inspector does to another agent's session. */
const FORCE = {
  method: 'POST',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: FORCE_CODES,
} as const;

export const forceIdle = {
  ...FORCE,
  logName: 'forceIdle',
  path: `/qualitycontrol/{agentid}/forceidle/${OTHER}`,
} as const satisfies Operation;

export const forceBusy = {
  ...FORCE,
  logName: 'forceBusy',
  path: `/qualitycontrol/{agentid}/forcebusy/${OTHER}`,
} as const satisfies Operation;

export const forceRest = {
  ...FORCE,
  logName: 'forceRest',
  path: `/qualitycontrol/{agentid}/forcerest/${OTHER}/{time:${REST_TIME}}/{reason:${REST_CAUSE}}`,
} as const satisfies Operation;

export const forceLogOutAgent = {
  ...FORCE,
  logName: 'forceLogOutAgent',
  path: `/qualitycontrol/{agentid}/forcelogout/${OTHER}`,
} as const satisfies Operation;

export const MonitoredAgentsQuery = Type.Object({
  agents: text({
    maxLength: 4_000,
    valueMandatory: true,
    pattern: '^[1-9][0-9]{2,5}([;,][1-9][0-9]{2,5})*$',
  }),
});
export type MonitoredAgentsQuery = Static<typeof MonitoredAgentsQuery>;

/** Adds to those of whose sign-ins and sign-outs the inspector is told. */
export const beginMonitor = {
  ...FORCE,
  logName: 'beginMonitor',
  path: '/qualitycontrol/{agentid}/beginmonitor',
  query: MonitoredAgentsQuery,
  resultCodes: [...SESSION_CODES, '900-002', '900-004'],
} as const satisfies Operation;

export const endMonitor = {
  ...beginMonitor,
  logName: 'endMonitor',
  path: '/qualitycontrol/{agentid}/endmonitor',
} as const satisfies Operation;

export const MonitoredAgent = Type.Object({ workno: WORKNO, name: NAME, status: STATUS });
export type MonitoredAgent = Static<typeof MonitoredAgent>;

export const queryAllMonitoredAgents = {
  ...FORCE,
  logName: 'queryAllMonitoredAgents',
  method: 'GET',
  path: '/qualitycontrol/{agentid}/allagent',
  resultCodes: [...SESSION_CODES, '900-002'],
  result: listOf(MonitoredAgent),
} as const satisfies Operation;

/** Joining or taking over another's contact: where there is none, its state never allows it. */
export const addSupervise = {
  ...FORCE,
  logName: 'addSupervise',
  method: 'PUT',
  path: `/qualitycontrol/{agentid}/addsupervise/${OTHER}`,
} as const satisfies Operation;

export const addInsert = {
  ...addSupervise,
  logName: 'addInsert',
  path: `/qualitycontrol/{agentid}/addinsert/${OTHER}`,
} as const satisfies Operation;

export const intercept = {
  ...addSupervise,
  logName: 'intercept',
  path: `/qualitycontrol/{agentid}/intercept/${OTHER}`,
} as const satisfies Operation;

export const switchSuperviseOrInsert = {
  ...FORCE,
  logName: 'switchSuperviseOrInsert',
  path: `/qualitycontrol/{agentid}/switch/${OTHER}`,
} as const satisfies Operation;

export const stopSuperviseOrInsert = {
  ...FORCE,
  logName: 'stopSuperviseOrInsert',
  method: 'DELETE',
  path: `/qualitycontrol/{agentid}/${OTHER}`,
} as const satisfies Operation;

export const WhisperQuery = Type.Object({
  whisperagentid: text({ maxLength: 6, valueMandatory: true, pattern: `^(?:${OTHER_AGENT})$` }),
});
export type WhisperQuery = Static<typeof WhisperQuery>;

export const requestWhisperAgent = {
  ...FORCE,
  logName: 'requestWhisperAgent',
  path: '/qualitycontrol/{agentid}/requestwhisperagent',
  query: WhisperQuery,
} as const satisfies Operation;

export const requestStopWhisperAgent = {
  ...requestWhisperAgent,
  logName: 'requestStopWhisperAgent',
  path: '/qualitycontrol/{agentid}/requeststopwhisperagent',
} as const satisfies Operation;

export const requestSwitchInsertWhisperAgent = {
  ...requestWhisperAgent,
  logName: 'requestSwitchInsertWhisperAgent',
  path: '/qualitycontrol/{agentid}/requestswitchinsertwhisperagent',
} as const satisfies Operation;
