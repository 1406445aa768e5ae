import { type Operation, SESSION_CODES } from './operation.ts';

export const getAgentEvent = {
  logName: 'getAgentEvent',
  method: 'GET',
  path: '/agentevent/{agentid}',
  access: 'anySession',
  parameterCode: '000-002',
  refusalNotBeforeMs: 500,
  renewsToken: true,
  resultCodes: SESSION_CODES,
} as const satisfies Operation;
