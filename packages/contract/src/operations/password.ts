import { type Static, Type } from 'typebox';
import { type Operation, SESSION_CODES } from './operation.ts';
import { text } from './parameters.ts';

/** As long as a body may be; how long a password may be is said after the old one was found right. */
const OLD_PASSWORD = text({ maxLength: 32, keyMandatory: true });
const NEW_PASSWORD = text({ maxLength: 65_536, keyMandatory: true });

export const ChangePasswordBody = Type.Object({ oldPassword: OLD_PASSWORD, newPassword: NEW_PASSWORD });
export type ChangePasswordBody = Static<typeof ChangePasswordBody>;

export const ChangePasswordQuery = Type.Object({ oldpassword: OLD_PASSWORD, newpassword: NEW_PASSWORD });
export type ChangePasswordQuery = Static<typeof ChangePasswordQuery>;

/** Changes the caller's own password; its session goes on. */
export const modifyAccountPwdEx = {
  logName: 'modifyAccountPwdEx',
  method: 'POST',
  path: '/onlineagent/{agentid}/modifyaccountpwdex',
  access: 'session',
  body: ChangePasswordBody,
  parameterCode: '110-002',
  resultCodes: [
    ...SESSION_CODES,
    '000-006',
    '110-002',
    '110-003',
    '110-017',
    '110-018',
    '110-019',
    '110-020',
  ],
} as const satisfies Operation;

/** The same, as older clients ask for it. */
export const modifyAccountPwd = {
  logName: 'modifyAccountPwd',
  method: 'POST',
  path: '/onlineagent/{agentid}/modifyaccountpwd',
  access: 'session',
  query: ChangePasswordQuery,
  parameterCode: '110-002',
  resultCodes: [...SESSION_CODES, '110-002', '110-003', '110-017', '110-018', '110-019', '110-020'],
} as const satisfies Operation;
