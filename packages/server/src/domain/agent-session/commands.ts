import type { SessionId, TenantId, TokenHash, WorkNumber } from '@rollcall/contract/identifiers';
import type { SeatClaim, SignInSettings } from './agent-record.ts';

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
  /** Address of the connection's other end; goes into the audit trail beside the claimed one. */
  readonly peerAddress: string;
}

interface SessionCommand extends AgentCommand {
  /** The session that the caller's token opened; refused when it is no longer the live one. */
  readonly sessionId: SessionId;
}

export interface SignOut extends SessionCommand {
  readonly kind: 'signOut';
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

/** A command changes the record of exactly one agent. */
export type Command = SignIn | SignOut | BecomeReady | BecomeNotReady | CancelNotReady;
