import { getAgentEvent } from './agent-event.ts';
import { cancelBusy, forceLogout, getAgentStatus, logout, sayBusy, sayFree } from './online-agent.ts';
import type { Operation } from './operation.ts';
import { forceLoginEx, loginEx } from './sign-in.ts';

/** Every operation that this release offers, by its log name. */
export const OPERATIONS = {
  loginEx,
  forceLoginEx,
  logout,
  forceLogout,
  getAgentStatus,
  sayFree,
  sayBusy,
  cancelBusy,
  getAgentEvent,
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
