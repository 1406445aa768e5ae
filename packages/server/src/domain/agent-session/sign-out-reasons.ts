import type { SignOutReason } from './agent-record.ts';

/** The number under which each end of a session is recorded (rule SO-4). */
export const SIGN_OUT_REASON_NUMBERS: Readonly<Record<SignOutReason, number>> = {
  leaseOver: 256,
  bySupervisor: 257,
  bySelf: 258,
  displaced: 264,
};
