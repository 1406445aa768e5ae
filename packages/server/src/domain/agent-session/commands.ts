import type {
  DirectoryNumber,
  SessionId,
  TenantId,
  TokenHash,
  WorkNumber,
} from '@rollcall/contract/identifiers';
import type { SeatClaim, SettingsChanges, SignInSettings } from './agent-record.ts';
import type { RecordedAct } from './audit-entry.ts';
import type { Bulletin } from './bulletin.ts';
import type { PushTarget } from './event-push.ts';
import type { Note } from './note.ts';

interface AgentCommand {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
}

/** Begin a session. Carries what was verified, so that a change in between is noticed. */
export interface SignIn extends AgentCommand {
  readonly kind: 'signIn';
  /** Version of the credential that the password was verified against. */
  readonly credentialVersion: number;
  /** A forced sign-in ends a live session of the same agent. */
  readonly forced: boolean;
  readonly sessionId: SessionId;
  readonly tokenHash: TokenHash;
  readonly seats: SeatClaim;
  readonly settings: SignInSettings;
  /** Where the session's events are to be sent; absent: nowhere. */
  readonly push?: PushTarget;
  /** Name of the node that takes it. */
  readonly node: string;
  /** The password must be changed before contacts are offered. */
  readonly mustChangePassword: boolean;
  readonly trustsSilence: TrustInSilence;
  /** Address of the connection's other end; goes into the audit trail beside the claimed one. */
  readonly peerAddress: string;
}

/**
 * Store times at which a node believes that a silent session is suspect; null: it stood still itself, and its own
 * absence is nobody's silence. Another time shows that the store's clock was set.
 */
export type TrustInSilence = { readonly from: number; readonly to: number } | null;

interface SessionCommand extends AgentCommand {
  /** The session that the caller's token opened; refused when it is no longer the live one. */
  readonly sessionId: SessionId;
}

export interface SignOut extends SessionCommand {
  readonly kind: 'signOut';
  /** Drops a contact that the agent handles (rule AS-18). */
  readonly forced: boolean;
  /** Reason number that the client gave; null: none. */
  readonly clientReason: number | null;
}

export interface BecomeReady extends SessionCommand {
  readonly kind: 'becomeReady';
}

export interface BecomeNotReady extends SessionCommand {
  readonly kind: 'becomeNotReady';
  readonly reason: number;
  /** Replace the reason of a not-ready state that lasts. */
  readonly prolong: boolean;
}

export interface CancelNotReady extends SessionCommand {
  readonly kind: 'cancelNotReady';
}

export interface Rest extends SessionCommand {
  readonly kind: 'rest';
  readonly reason: number;
  /** Length, ms. */
  readonly forMs: number;
  /** Give a rest that lasts a new end and reason. */
  readonly prolong: boolean;
}

export interface CancelRest extends SessionCommand {
  readonly kind: 'cancelRest';
}

export interface BeginWrapUp extends SessionCommand {
  readonly kind: 'beginWrapUp';
}

export interface EndWrapUp extends SessionCommand {
  readonly kind: 'endWrapUp';
}

/** A contact waits for the agent to take it. */
export interface OfferContact extends SessionCommand {
  readonly kind: 'offerContact';
}

export interface AnswerContact extends SessionCommand {
  readonly kind: 'answerContact';
}

/** The contact is over, whether it was answered or not. */
export interface EndContact extends SessionCommand {
  readonly kind: 'endContact';
}

/** Something is due at this time, if it still is when the command is decided (rule AS-20). */
export interface MeetDeadline extends SessionCommand {
  readonly kind: 'meetDeadline';
  /** Epoch ms of the store. */
  readonly deadline: number;
}

/** A supervisor's command about another agent's live session, whichever that is when it is decided. */
interface SupervisionCommand extends AgentCommand {
  /** Who gives it; null: the holder of the site token. */
  readonly by: WorkNumber | null;
  /** Only while the agent's log ends here, so that nothing is overwritten that its author did not see; null: always. */
  readonly ifHead: number | null;
}

export interface ForceReady extends SupervisionCommand {
  readonly kind: 'forceReady';
}

export interface ForceNotReady extends SupervisionCommand {
  readonly kind: 'forceNotReady';
}

export interface ForceRest extends SupervisionCommand {
  readonly kind: 'forceRest';
  readonly reason: number;
  /** Length, ms. */
  readonly forMs: number;
}

export interface ForceSignOut extends SupervisionCommand {
  readonly kind: 'forceSignOut';
}

/** What a supervisor may do to another's session. */
export type Supervision = ForceReady | ForceNotReady | ForceRest | ForceSignOut;

/** The commands that the table of transitions decides. */
export type StateCommand =
  | BecomeReady
  | BecomeNotReady
  | CancelNotReady
  | Rest
  | CancelRest
  | BeginWrapUp
  | EndWrapUp
  | OfferContact
  | AnswerContact
  | EndContact
  | MeetDeadline
  | ForceReady
  | ForceNotReady
  | ForceRest;

/** Set what the session goes by (rules AS-15, AS-16). */
export interface ChangeSettings extends SessionCommand {
  readonly kind: 'changeSettings';
  readonly changes: SettingsChanges;
}

/** Write down what the session's agent asked for. */
export interface RecordAct extends SessionCommand {
  readonly kind: 'recordAct';
  readonly act: RecordedAct;
}

/** Use another phone (rule AS-17). */
export interface BindPhone extends SessionCommand {
  readonly kind: 'bindPhone';
  readonly phoneNumber: DirectoryNumber;
  readonly trustsSilence: TrustInSilence;
}

/** End a session whose lease is over, if it still is when the command is decided (rule LE-4). */
export interface EndLease extends SessionCommand {
  readonly kind: 'endLease';
}

/** Give a session a new token; the present one stays good for a while (rules TK-2 to TK-5). */
export interface RenewToken extends SessionCommand {
  readonly kind: 'renewToken';
  /** The token that the caller showed. */
  readonly shown: TokenHash;
  readonly next: TokenHash;
  /** `whenDue`: only when the present token is old enough. `now`: the client asked for it. */
  readonly when: 'now' | 'whenDue';
}

/** Take a new password. Carries the version of the one that was verified, so that a change in between is noticed. */
export interface ChangePassword extends SessionCommand {
  readonly kind: 'changePassword';
  readonly credentialVersion: number;
  /** PHC string. */
  readonly passwordHash: string;
  /** Milliseconds for which the new password is valid; null: it never expires. */
  readonly validForMs: number | null;
}

/** Give an agent a note, now or with its next sign-in (rules NB-3, NB-4). */
export interface DeliverNote extends AgentCommand {
  readonly kind: 'deliverNote';
  readonly note: Note;
}

/** Put up a bulletin for agents of the tenant (rule NB-6). */
export interface PostBulletin extends SessionCommand {
  readonly kind: 'postBulletin';
  readonly bulletin: Bulletin;
}

/** Give a signed-in agent the bulletins for it up to a place; what it was given already is left out (rule NB-10). */
export interface TakeBulletins extends AgentCommand {
  readonly kind: 'takeBulletins';
  readonly upTo: number;
}

/** The begin or the end of another agent's session. */
export interface WatchedSignIn {
  /** The event's own, in the tenant's feed. */
  readonly position: number;
  readonly change: 'signedIn' | 'signedOut';
  readonly agent: WorkNumber;
  readonly name: string;
  /** The session was registered for text chat. */
  readonly textChat: boolean;
}

/** Tell an inspector of sign-ins and sign-outs, in the order of the feed; what it was told already is left out. */
export interface TellOfWatched extends SessionCommand {
  readonly kind: 'tellOfWatched';
  readonly signIns: readonly WatchedSignIn[];
}

/** A command changes the record of exactly one agent. */
export type Command =
  | SignIn
  | SignOut
  | EndLease
  | RenewToken
  | ChangePassword
  | ChangeSettings
  | BindPhone
  | RecordAct
  | DeliverNote
  | TellOfWatched
  | PostBulletin
  | TakeBulletins
  | ForceSignOut
  | StateCommand;
