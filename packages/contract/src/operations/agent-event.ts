import { type Static, Type } from 'typebox';
import { BATCH_PLACE_PATTERN, LONGEST_BATCH_PLACE } from '../events/batch-place.ts';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { WireEvent } from '../events/wire-event.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { text, wholeNumber } from './parameters.ts';

/** Most events of one answer to a trusted peer. */
export const MOST_EVENTS_OF_A_PEER = 500;

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

export const GetAllAgentEventQuery = Type.Object({
  after: Type.Optional(
    text({ maxLength: LONGEST_BATCH_PLACE, pattern: BATCH_PLACE_PATTERN, shown: 'f801cb75711c.1-120' }),
  ),
  max: Type.Optional(wholeNumber({ minimum: 1, maximum: MOST_EVENTS_OF_A_PEER })),
});
export type GetAllAgentEventQuery = Static<typeof GetAllAgentEventQuery>;

/** The events of all agents for whom a trusted peer acts, several an answer (rules BP-1 to BP-6). */
export const getAllAgentEvent = {
  logName: 'getAllAgentEvent',
  method: 'GET',
  path: '/agentevent/allagentevent',
  access: 'peer',
  query: GetAllAgentEventQuery,
  event: Type.Array(WireEvent),
  parameterCode: '000-002',
  refusalNotBeforeMs: 500,
  resultCodes: ['0', '000-002', '000-003', '100-007'],
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
