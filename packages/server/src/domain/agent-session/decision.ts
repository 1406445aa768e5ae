import type { DirectoryNumber } from '@rollcall/contract/identifiers';
import type { AgentEvent } from './agent-event.ts';
import type { AgentRecord, EndedSession } from './agent-record.ts';
import type { AuditEntry } from './audit-entry.ts';

/** Why a command was not done. A refusal is a value; nothing has changed. */
export type Refusal =
  | { readonly kind: 'credentialChanged' }
  | { readonly kind: 'alreadySignedIn' }
  | { readonly kind: 'displacementForbidden' }
  | { readonly kind: 'phoneOutsideRange'; readonly number: DirectoryNumber }
  | { readonly kind: 'phoneInUse'; readonly number: DirectoryNumber }
  | { readonly kind: 'seatsExhausted'; readonly seat: 'agent' | 'video'; readonly limit: number }
  | { readonly kind: 'sessionOver' }
  | { readonly kind: 'notPossibleNow' };

/** What a command does: the record as it is afterwards, and what is to be written beside it. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly record: AgentRecord;
  /** In order; the last one's sequence is `record.head`. */
  readonly events: readonly AgentEvent[];
  readonly ended: EndedSession | null;
  readonly audit: readonly AuditEntry[];
}

export type Decision = Accepted | { readonly kind: 'refused'; readonly refusal: Refusal };

export function refused(refusal: Refusal): Decision {
  return { kind: 'refused', refusal };
}
