import { getAgentEvent } from './agent-event.ts';
import {
  cancelBusy,
  forceLogout,
  forceLogoutWithReason,
  getAgentStatus,
  handShake,
  heartbeat,
  logout,
  sayBusy,
  sayFree,
  updateGuid,
} from './online-agent.ts';
import type { Operation } from './operation.ts';
import { modifyAccountPwd, modifyAccountPwdEx } from './password.ts';
import {
  forceLogin,
  forceLoginEx,
  forceLoginExWithoutPhone,
  login,
  loginByAccount,
  loginEx,
} from './sign-in.ts';

/** Every operation that this release offers, by its log name. */
export const OPERATIONS = {
  login,
  forceLogin,
  loginEx,
  forceLoginEx,
  forceLoginExWithoutPhone,
  loginByAccount,
  logout,
  forceLogout,
  forceLogoutWithReason,
  handShake,
  heartbeat,
  updateGuid,
  modifyAccountPwd,
  modifyAccountPwdEx,
  getAgentStatus,
  sayFree,
  sayBusy,
  cancelBusy,
  getAgentEvent,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
