import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import { type Operation, SESSION_CODES } from './operation.ts';
import { EPOCH_MS_TEXT } from './result-values.ts';

const SIGN_OUT_CODES: readonly ResultCode[] = [...SESSION_CODES, '000-007', '100-008'];

export const logout = {
  logName: 'logout',
  method: 'DELETE',
  path: '/onlineagent/{agentid}/logout',
  access: 'anySession',
  parameterCode: '000-002',
  resultCodes: [...SIGN_OUT_CODES, '100-010'],
} as const satisfies Operation;

export const forceLogout = {
  ...logout,
  logName: 'forceLogout',
  path: '/onlineagent/{agentid}/forcelogout',
  resultCodes: SIGN_OUT_CODES,
} as const satisfies Operation;

/** Reasons that a client may give for its sign-out. */
const OWN_REASON = '[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]';

export const forceLogoutWithReason = {
  ...logout,
  logName: 'forceLogoutWithReason',
  path: `/onlineagent/{agentid}/forcelogoutwithreason/{reason:${OWN_REASON}}`,
  patternCode: '100-005',
  resultCodes: [...SIGN_OUT_CODES, '100-005'],
} as const satisfies Operation;

/** What `handshake` and `heartbeat` answer: when the session began. */
export const LoginTimeResult = Type.Object({ loginTime: EPOCH_MS_TEXT });
export type LoginTimeResult = Static<typeof LoginTimeResult>;

export const handShake = {
  logName: 'handShake',
  method: 'POST',
  path: '/onlineagent/{agentid}/handshake',
  access: 'session',
  parameterCode: '000-002',
  refusalNotBeforeMs: 500,
  renewsToken: true,
  resultCodes: SESSION_CODES,
  result: LoginTimeResult,
} as const satisfies Operation;

export const heartbeat = {
  ...handShake,
  logName: 'heartbeat',
  method: 'PUT',
  path: '/onlineagent/{agentid}/heartbeat',
} as const satisfies Operation;

/** Gives the session a fresh token, said with the headers of a sign-in. */
export const updateGuid = {
  logName: 'updateGuid',
  method: 'PUT',
  path: '/onlineagent/{agentid}/updateGuid',
  givesToken: true,
  access: 'session',
  parameterCode: '000-002',
  resultCodes: SESSION_CODES,
} as const satisfies Operation;
