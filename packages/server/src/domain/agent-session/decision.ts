import type { DirectoryNumber, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentEvent } from './agent-event.ts';
import type { AgentInterval } from './agent-interval.ts';
import type { AgentRecord, EndedSession, NewCredential, ReplacedToken } from './agent-record.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { PostedBulletin } from './bulletin.ts';
import type { BegunPush } from './event-push.ts';
import type { NoteBox } from './note.ts';

/** Why a command was not done. A refusal is a value; nothing has changed. */
export type Refusal =
  | { readonly kind: 'credentialChanged' }
  | { readonly kind: 'alreadySignedIn' }
  | { readonly kind: 'displacementForbidden' }
  | { readonly kind: 'phoneOutsideRange'; readonly number: DirectoryNumber }
  | { readonly kind: 'phoneInUse'; readonly number: DirectoryNumber }
  | { readonly kind: 'seatsExhausted'; readonly seat: 'agent' | 'video'; readonly limit: number }
  | { readonly kind: 'sessionOver' }
  | { readonly kind: 'noSuchAgent' }
  /** So many notes wait for the agent already. */
  | { readonly kind: 'noteBoxFull'; readonly limit: number }
  /** The session showed a sign of life, or its token was renewed, since somebody found this due. */
  | { readonly kind: 'notDue' }
  | { readonly kind: 'notPossibleNow' }
  /** The agent's log has gone on since the author of the command looked at it. */
  | { readonly kind: 'changedMeanwhile' }
  /** The agent talks, and did not say that the contact may be dropped. */
  | { readonly kind: 'contactGoesOn' };

/** What a command does: the record as it is afterwards, and what is to be written beside it. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly record: AgentRecord;
  /** In order; the last one's sequence is `record.head`. */
  readonly events: readonly AgentEvent[];
  readonly ended: EndedSession | null;
  /** The time in a state that ends with this. */
  readonly interval: AgentInterval | null;
  readonly audit: readonly AuditEntry[];
  /** The phone that a session begins with; absent where it has none, and where no session begins. */
  readonly phone?: PhoneClaim;
  readonly replacedToken?: ReplacedToken;
  /** What waits for the agent afterwards, where that changes. */
  readonly noteBox?: NoteBox;
  readonly newCredential?: NewCredential;
  readonly begunPush?: BegunPush;
  /** The bulletin that is put up. */
  readonly posted?: PostedBulletin;
}

/** A phone that a session takes: from nobody, from others who lose it, or beside others. */
export interface PhoneClaim {
  readonly number: DirectoryNumber;
  readonly hold: PhoneHold;
  /** Agents whose sessions lose the phone and keep everything else (rule SI-61). */
  readonly takenFrom: readonly WorkNumber[];
}

/** `alone`: nobody else may hold the phone, and a unique constraint says so. `shared`: others may. */
export type PhoneHold = 'alone' | 'shared';

export type Decision = Accepted | { readonly kind: 'refused'; readonly refusal: Refusal };

export function refused(refusal: Refusal): Decision {
  return { kind: 'refused', refusal };
}
