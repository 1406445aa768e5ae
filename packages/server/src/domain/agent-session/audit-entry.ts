import type { DirectoryNumber, SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { SignInSettings, SignOutReason } from './agent-record.ts';

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
      };
}
