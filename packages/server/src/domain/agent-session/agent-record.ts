import type {
  DirectoryNumber,
  SessionId,
  TenantId,
  TokenHash,
  WorkNumber,
} from '@rollcall/contract/identifiers';
import type { AgentState } from './agent-state.ts';
import type { PushTarget } from './event-push.ts';

/** Why a session ended. The numbers of the reports stand in `sign-out-reasons.ts`. */
export type SignOutReason = 'bySelf' | 'displaced' | 'leaseOver' | 'bySupervisor';

/** The values of a sign-in other than its password, defaults applied (rule SI-9). */
export interface SignInSettings {
  readonly phoneNumber: DirectoryNumber | null;
  readonly autoAnswer: boolean;
  readonly autoEnterReady: boolean;
  readonly releasePhone: boolean;
  readonly agentType: 'pcAndPhone' | 'pcAndVideoPhone';
  readonly initialState: 'ready' | 'notReady' | 'wrapUp';
  readonly claimedIp: string;
  readonly entryAddress: string | null;
  readonly phoneLinkage: boolean;
  readonly registerTextChat: boolean;
  readonly registerMail: boolean;
  readonly videoNumber: string | null;
  /** A supervisor wants to be told when watched agents sign in and out. */
  readonly watchSignIns: boolean;
  /** Name of the trusted peer through whose listener the sign-in came; absent: through none. */
  readonly viaPeer?: string;
  /** To whom the session's events are sent; absent: the client polls. */
  readonly eventPush?: Pick<PushTarget, 'form' | 'receiver'>;
}

/** What a session goes by: the values of its sign-in, and what its agent has set since. */
export interface SessionSettings extends SignInSettings {
  /** Name of the node that took the sign-in. */
  readonly node: string;
  /** May be offered contacts. */
  readonly takesContacts: boolean;
  /** Is offered nothing until the password is changed. */
  readonly mustChangePassword: boolean;
  /** A number of the site's own beside the state; null: none. */
  readonly customState: number | null;
  /** Where contacts go that the agent does not take; null: nowhere else. */
  readonly forwardTo: DirectoryNumber | null;
  readonly selfRecording: { readonly isOn: boolean; readonly beforeTalking: boolean };
  /** The skill queues that the agent serves, out of those that the site gives it. */
  readonly skillQueues: readonly number[];
  /** A supervisor's own changes of whom it is told about (rule SV-12). */
  readonly watched: { readonly added: readonly WorkNumber[]; readonly removed: readonly WorkNumber[] };
}

/** What an agent may set beside the values of its sign-in, before it has. */
export const UNCHANGED_SETTINGS = {
  takesContacts: true,
  customState: null,
  forwardTo: null,
  selfRecording: { isOn: false, beforeTalking: false },
  skillQueues: [],
  watched: { added: [], removed: [] },
} as const satisfies Partial<SessionSettings>;

/** What an agent may set while it is signed in, without a word to anybody. */
export type SettingsChanges = Partial<
  Pick<
    SessionSettings,
    | 'autoAnswer'
    | 'autoEnterReady'
    | 'takesContacts'
    | 'customState'
    | 'forwardTo'
    | 'selfRecording'
    | 'skillQueues'
    | 'phoneLinkage'
    | 'watched'
  >
>;

/** Which seats of the tenant's licence a session holds. */
export type SeatClaim = 'none' | 'agent' | 'agentAndVideo';

/** One live sign-in of one agent. */
export interface AgentSession {
  readonly id: SessionId;
  readonly tokenHash: TokenHash;
  /** Epoch ms at which the present token was given out; equal to `signedInAt` until it is renewed. */
  readonly tokenIssuedAt: number;
  /** Epoch ms. */
  readonly signedInAt: number;
  /** Position of the session's own first event in the agent's log. */
  readonly firstSequence: number;
  readonly state: AgentState;
  /** Epoch ms at which the present state, with its present reason, began: the ledger's open interval. */
  readonly stateSince: number;
  readonly seats: SeatClaim;
  readonly settings: SessionSettings;
  /** Feed position of the newest event of another agent that this session was told of; 0: of none (rule FO-5). */
  readonly toldUpTo: number;
}

/** The mark of a session that registered for text chat on the events of its begin and its end. */
export function textChatMark({ registerTextChat }: SignInSettings): { readonly textChat?: true } {
  return registerTextChat ? { textChat: true } : {};
}

/** Everything about one agent that a command may read or change. */
export interface AgentRecord {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  readonly enabled: boolean;
  /** Changes whenever the password, or what hangs on it, changes. */
  readonly credentialVersion: number;
  /** Sequence of the newest event in the agent's log; 0 while the log is empty. */
  readonly head: number;
  /** Epoch ms of the last change; the agent's time never runs behind it. */
  readonly changedAt: number;
  /** Place of the newest bulletin of its tenant that the agent was given, or that was passed over as not for it. */
  readonly bulletinsUpTo: number;
  readonly session: AgentSession | null;
}

/** A password that replaces the present one. */
export interface NewCredential {
  readonly workNumber: WorkNumber;
  readonly credentialVersion: number;
  /** PHC string. */
  readonly passwordHash: string;
  /** Epoch ms; null: it never expires. */
  readonly validUntil: number | null;
}

/** A token of a session that a newer one has replaced. It opens the session for a while longer. */
export interface ReplacedToken {
  readonly tokenHash: TokenHash;
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  /** Epoch ms. */
  readonly goodUntil: number;
}

/** A session that is over. Its token opens the rest of its own events for a day. */
export interface EndedSession {
  readonly id: SessionId;
  readonly workNumber: WorkNumber;
  readonly tokenHash: TokenHash;
  readonly signedInAt: number;
  readonly endedAt: number;
  readonly reason: SignOutReason;
  readonly firstSequence: number;
  readonly lastSequence: number;
}
