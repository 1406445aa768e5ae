import type { DirectoryNumber, SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { SignInSettings, SignOutReason } from './agent-record.ts';
import type { AgentState } from './agent-state.ts';
import type { BulletinTarget } from './bulletin.ts';

/** One line of the append-only audit trail. */
export interface AuditEntry {
  readonly tenantId: TenantId;
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  /** Epoch ms. */
  readonly at: number;
  readonly act:
    | {
        readonly kind: 'signIn';
        readonly forced: boolean;
        readonly settings: SignInSettings;
        readonly peerAddress: string;
        /** Agents who lost the phone to this session. */
        readonly phoneTakenFrom?: readonly WorkNumber[];
      }
    | { readonly kind: 'passwordChanged' }
    | RecordedAct
    | { readonly kind: 'bulletinPosted'; readonly place: number; readonly target: BulletinTarget }
    /** A supervisor changed the state; `by` null: the holder of the site token did. */
    | { readonly kind: 'forced'; readonly by: WorkNumber | null; readonly to: AgentState }
    | {
        readonly kind: 'phoneBound';
        readonly number: DirectoryNumber;
        readonly takenFrom: readonly WorkNumber[];
      }
    | {
        readonly kind: 'signOut';
        readonly reason: SignOutReason;
        /** The number of the reports (rule SO-4). */
        readonly reasonNumber: number;
        /** Who ended it, where another did. */
        readonly by?: WorkNumber | null;
      };
}

/** Something that a session's agent asked for and that changes nothing of the agent; written down all the same. */
export type RecordedAct =
  | { readonly kind: 'leaseSettingAsked'; readonly flag: string }
  | { readonly kind: 'mostChatsAsked'; readonly chats: number; readonly agents: string };
