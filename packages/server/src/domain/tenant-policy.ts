/** The rules that one tenant set for its agents. */
export interface TenantPolicy {
  /** Whether a forced sign-in may end a live session of the same agent. */
  readonly displacement: 'allowed' | 'forbidden';
  /** Phone numbers an agent may sign in with; null: any. Compared as numbers, both ends included. */
  readonly phoneRange: { readonly from: number; readonly to: number } | null;
  readonly licence: { readonly agentSeats: number; readonly videoSeats: number };
}
