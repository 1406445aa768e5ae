import { getAgentEvent } from './agent-event.ts';
import {
  bindAgentPhone,
  queryCustomState,
  setAgentAutoAnswer,
  setAgentAutoEnterIdle,
  setAgentSelfRecord,
  setCustomState,
  setForwarding,
  setTalkRight,
} from './agent-settings.ts';
import {
  cancelBusy,
  cancelRest,
  cancelWork,
  getAgentStatus,
  rest,
  sayBusy,
  sayFree,
  sayWork,
} from './agent-state.ts';
import {
  forceLogout,
  forceLogoutWithReason,
  handShake,
  heartbeat,
  logout,
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
  rest,
  cancelRest,
  sayWork,
  cancelWork,
  setAgentAutoAnswer,
  setAgentAutoEnterIdle,
  setTalkRight,
  setCustomState,
  queryCustomState,
  setForwarding,
  setAgentSelfRecord,
  bindAgentPhone,
  getAgentEvent,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
