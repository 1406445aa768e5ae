import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { flag, text } from './parameters.ts';
import { STATUS } from './result-values.ts';

const STATE_CODES: readonly ResultCode[] = [...SESSION_CODES, '100-009'];

/** What `agentstatus` answers. */
export const AgentStatusResult = Type.Object({
  agentState: STATUS,
  isWorking: Type.Boolean({ description: 'The agent talks.', examples: [false] }),
});
export type AgentStatusResult = Static<typeof AgentStatusResult>;

export const getAgentStatus = {
  logName: 'getAgentStatus',
  method: 'GET',
  path: '/onlineagent/{agentid}/agentstatus',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
  result: AgentStatusResult,
} as const satisfies Operation;

export const sayFree = {
  logName: 'sayFree',
  method: 'POST',
  path: '/onlineagent/{agentid}/sayfree',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const satisfies Operation;

/** Reasons a site may name for not ready; 0 stands for none. */
const NOT_READY_REASON_PATTERN = '^(?:0|20[0-9]|2[1-4][0-9]|250)$';

export const SayBusyQuery = Type.Object({
  reason: text({ maxLength: 3, pattern: NOT_READY_REASON_PATTERN, default: '0' }),
  prolong: flag(false),
});
export type SayBusyQuery = Static<typeof SayBusyQuery>;

export const sayBusy = {
  logName: 'sayBusy',
  method: 'POST',
  path: '/onlineagent/{agentid}/saybusy',
  access: 'session',
  query: SayBusyQuery,
  parameterCode: '000-002',
  resultCodes: STATE_CODES,
} as const satisfies Operation;

export const cancelBusy = {
  logName: 'cancelBusy',
  method: 'POST',
  path: '/onlineagent/{agentid}/cancelbusy',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: STATE_CODES,
} as const satisfies Operation;

/** Seconds of a rest, 1 to 86399. */
export const REST_TIME = '[1-9][0-9]{0,3}|[1-7][0-9]{4}|8[0-5][0-9]{3}|86[0-3][0-9]{2}';
/** Cause of a rest, 0 to 255. */
export const REST_CAUSE = '[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]';

export const RestQuery = Type.Object({ prolong: flag(false) });
export type RestQuery = Static<typeof RestQuery>;

export const rest = {
  logName: 'rest',
  method: 'POST',
  path: `/onlineagent/{agentid}/rest/{time:${REST_TIME}}/{restcause:${REST_CAUSE}}`,
  access: 'session',
  query: RestQuery,
  parameterCode: '000-002',
  resultCodes: STATE_CODES,
} as const satisfies Operation;

export const cancelRest = {
  ...cancelBusy,
  logName: 'cancelRest',
  path: '/onlineagent/{agentid}/cancelrest',
} as const satisfies Operation;

/** Sends the agent into wrap-up. */
export const sayWork = {
  ...cancelBusy,
  logName: 'sayWork',
  path: '/onlineagent/{agentid}/work',
} as const satisfies Operation;

export const cancelWork = {
  ...cancelBusy,
  logName: 'cancelWork',
  path: '/onlineagent/{agentid}/cancelwork',
} as const satisfies Operation;
