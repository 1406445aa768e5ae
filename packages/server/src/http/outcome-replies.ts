import type { ResultCode } from '@rollcall/contract';
import type { Refusal } from '../domain/agent-session/decision.ts';
import type { SubmitOutcome } from '../services/agent-transactions.ts';
import { DONE, fault, type Refused, type Reply, refuse } from './call.ts';

/** The code of each refusal; one of them differs between the sign-ins. */
const REFUSAL_CODES: Readonly<Record<Exclude<Refusal['kind'], 'phoneOutsideRange'>, ResultCode>> = {
  credentialChanged: '100-004',
  alreadySignedIn: '100-002',
  displacementForbidden: '100-015',
  phoneInUse: '100-003',
  seatsExhausted: '100-003',
  sessionOver: '100-006',
  noSuchAgent: '300-003',
  noteBoxFull: '100-003',
  notPossibleNow: '100-009',
  contactGoesOn: '100-010',
  changedMeanwhile: '100-009',
  // Nobody is answered so: what is not due any more is left alone by whoever found it due.
  notDue: '100-009',
};

const UNKNOWN_OUTCOME =
  'the store lost its connection while this was written; whether it was done is not known: read the present state';

/** The answer to a refused command. A message may name the caller's own phone, never its holder. */
export function replyToRefusal(refusal: Refusal, codes: { phoneOutsideRange: ResultCode }): Refused {
  if (refusal.kind === 'phoneOutsideRange') {
    return refuse(codes.phoneOutsideRange, `phonenum ${refusal.number} is outside the range of this VDN`);
  }
  const code = REFUSAL_CODES[refusal.kind];
  switch (refusal.kind) {
    case 'phoneInUse':
      return refuse(code, `the phone ${refusal.number} is in use`);
    case 'seatsExhausted':
      return refuse(code, `all ${refusal.limit} ${refusal.seat} seats of the licence are in use`);
    default:
      return refuse(code);
  }
}

/** The answer when the store could not say whether a command was written (rule TX-8). */
export const OUTCOME_UNKNOWN: Refused = refuse('100-007', UNKNOWN_OUTCOME);

/** The answer to a command of a session whose success carries no result. */
export function replyToCommand(
  outcome: SubmitOutcome,
  codes: { phoneOutsideRange: ResultCode } = { phoneOutsideRange: '100-014' },
): Reply {
  switch (outcome.kind) {
    case 'accepted':
      return DONE;
    case 'refused':
      return replyToRefusal(outcome.refusal, codes);
    case 'unknown':
      return OUTCOME_UNKNOWN;
    case 'fault':
      return fault(outcome.cause);
  }
}
