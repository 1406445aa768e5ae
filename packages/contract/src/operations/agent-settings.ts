import { type Static, Type } from 'typebox';
import { type Operation, SESSION_CODES } from './operation.ts';
import { oneOf, PHONE, text, wholeNumber } from './parameters.ts';

/** Settings that a session's agent changes; no event tells of them. */
const SETTING = {
  method: 'POST',
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const;

export const setAgentAutoAnswer = {
  ...SETTING,
  logName: 'setAgentAutoAnswer',
  path: '/onlineagent/{agentid}/autoanswer/{isautoanswer}',
} as const satisfies Operation;

export const setAgentAutoEnterIdle = {
  ...SETTING,
  logName: 'setAgentAutoEnterIdle',
  path: '/onlineagent/{agentid}/autoenteridle/{flag}',
} as const satisfies Operation;

export const TalkRightQuery = Type.Object({ flag: oneOf([0, 1], { valueMandatory: true }) });
export type TalkRightQuery = Static<typeof TalkRightQuery>;

/** Whether the agent may be offered contacts. */
export const setTalkRight = {
  ...SETTING,
  logName: 'setTalkRight',
  path: '/onlineagent/{agentid}/settalkright',
  query: TalkRightQuery,
} as const satisfies Operation;

export const CustomStateQuery = Type.Object({
  customstate: wholeNumber({ minimum: 0, maximum: 65_534, valueMandatory: true }),
});
export type CustomStateQuery = Static<typeof CustomStateQuery>;

/** A number of the site's own beside the state. */
export const setCustomState = {
  ...SETTING,
  logName: 'setCustomState',
  path: '/onlineagent/{agentid}/setcustomstate',
  query: CustomStateQuery,
} as const satisfies Operation;

/** What `querycustomstate` answers where none is set. */
export const NO_CUSTOM_STATE = 65_535;

export const CustomStateResult = Type.Object({
  agentcustomstate: Type.String({ pattern: '^[0-9]{1,5}$', examples: ['65535'] }),
});
export type CustomStateResult = Static<typeof CustomStateResult>;

export const queryCustomState = {
  ...SETTING,
  logName: 'queryCustomState',
  method: 'GET',
  path: '/onlineagent/{agentid}/querycustomstate',
  result: CustomStateResult,
} as const satisfies Operation;

export const ForwardingBody = Type.Object({ phonenum: text({ ...PHONE, keyMandatory: true }) });
export type ForwardingBody = Static<typeof ForwardingBody>;

/** Where contacts go that the agent does not take; an empty number: nowhere else. */
export const setForwarding = {
  ...SETTING,
  logName: 'setForwarding',
  path: '/onlineagent/{agentid}/setforwarding',
  body: ForwardingBody,
  parameterCode: '000-006',
  resultCodes: [...SESSION_CODES, '000-006'],
} as const satisfies Operation;

export const setAgentSelfRecord = {
  ...SETTING,
  logName: 'setAgentSelfRecord',
  path: '/onlineagent/{agentid}/setselfrecord/{recordflag:[01]}/{recordbeforetalking:[01]}',
} as const satisfies Operation;

export const BindPhoneBody = Type.Object({
  phonenum: text({ ...PHONE, valueMandatory: true, refusal: '100-013' }),
});
export type BindPhoneBody = Static<typeof BindPhoneBody>;

/** Gives the session another phone, by the rules of a sign-in. */
export const bindAgentPhone = {
  ...SETTING,
  logName: 'bindAgentPhone',
  path: '/onlineagent/{agentid}/bindphone',
  body: BindPhoneBody,
  parameterCode: '000-006',
  resultCodes: [...SESSION_CODES, '000-006', '100-003', '100-009', '100-013', '100-014'],
} as const satisfies Operation;
