import type { AgentState } from '../domain/agent-session/agent-state.ts';

/** The number by which old clients know each state (rule AS-1). */
const STATUS: Readonly<Record<AgentState['kind'], number>> = {
  notReady: 3,
  ready: 4,
  wrapUp: 5,
  engaged: 7,
  resting: 8,
};
const SIGNED_OUT_STATUS = 2;
/** A rest that was asked for and is not granted yet. */
const REST_PENDING = 9;

/** The same states as older clients count them (rule QU-5). */
const CTI_STATUS: Readonly<Record<Exclude<AgentState['kind'], 'engaged'>, number>> = {
  ready: 1,
  wrapUp: 6,
  notReady: 7,
  resting: 8,
};
const CTI_ENGAGED = { offered: 2, talking: 4 } as const;
const CTI_SIGNED_OUT = 0;

/** `agentState` and `status` on the wire; null: signed out. */
export function statusNumber(state: AgentState | null): number {
  if (state === null) return SIGNED_OUT_STATUS;
  const hasRestPending = 'pending' in state && state.pending?.kind === 'resting';
  return hasRestPending ? REST_PENDING : STATUS[state.kind];
}

/** `ctiStatus` on the wire; null: signed out. */
export function ctiStatusNumber(state: AgentState | null): number {
  if (state === null) return CTI_SIGNED_OUT;
  return state.kind === 'engaged' ? CTI_ENGAGED[state.phase] : CTI_STATUS[state.kind];
}
