/** How long a session lives without a sign of its client; see docs/spec/leases.md. */
export interface LeaseLengths {
  /** Without any request of its client for so long, a session ends. */
  readonly lifeS: number;
  /** Without its events being read for so long, a session is suspect. */
  readonly attentionS: number;
  /** Without a handshake or heartbeat for so long, a session whose events are sent is suspect. */
  readonly pushAttentionS: number;
  /** No session lasts longer, whatever its client does. */
  readonly longestS: number;
}

/** The rules that one tenant set for its agents. */
export interface TenantPolicy {
  /** Whether a forced sign-in may end a live session of the same agent. */
  readonly displacement: 'allowed' | 'forbidden';
  /** Phone numbers an agent may sign in with; null: any. Compared as numbers, both ends included. */
  readonly phoneRange: { readonly from: number; readonly to: number } | null;
  /** What becomes of a sign-in whose phone is held by a session that is not suspect. */
  readonly phoneInUse: 'refuse' | 'takeOver' | 'share';
  readonly licence: { readonly agentSeats: number; readonly videoSeats: number };
  readonly lease: LeaseLengths;
  /** Seconds after which a wrap-up ends by itself; null: it does not. */
  readonly wrapUpLimitS: number | null;
  /** Whether an agent whose phone hangs up after calls always goes into wrap-up. */
  readonly wrapUpAfterHangUp: 'on' | 'off';
}
