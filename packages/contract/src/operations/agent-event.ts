import { type Static, Type } from 'typebox';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { WireEvent } from '../events/wire-event.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { text } from './parameters.ts';

export const GetAgentEventQuery = Type.Object({
  after: Type.Optional(text({ maxLength: 32, pattern: POSITION_PATTERN })),
});
export type GetAgentEventQuery = Static<typeof GetAgentEventQuery>;

export const getAgentEvent = {
  logName: 'getAgentEvent',
  method: 'GET',
  path: '/agentevent/{agentid}',
  access: 'anySession',
  query: GetAgentEventQuery,
  event: WireEvent,
  parameterCode: '000-002',
  refusalNotBeforeMs: 500,
  renewsToken: true,
  resultCodes: [...SESSION_CODES, '000-001'],
} as const satisfies Operation;

/** The same events one after another, in one answer that does not end until it has to (rules DL-16 to DL-21). */
export const getAgentEventStream = {
  logName: 'getAgentEventStream',
  method: 'GET',
  path: '/agentevent/{agentid}/stream',
  access: 'anySession',
  query: GetAgentEventQuery,
  event: WireEvent,
  isStream: true,
  parameterCode: '000-002',
  refusalNotBeforeMs: 500,
  renewsToken: true,
  resultCodes: SESSION_CODES,
} as const satisfies Operation;
