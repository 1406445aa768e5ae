/** Which row of the specification's table of moves an act is. */
export const OWN_ACTS = {
  sayfree: 'sayfree',
  saybusy: 'saybusy?reason=201',
  rest: 'rest/60/2',
  work: 'work',
  cancelbusy: 'cancelbusy',
  cancelrest: 'cancelrest',
  cancelwork: 'cancelwork',
} as const;
export const FORCED_ACTS = {
  ready: "an inspector's forceidle",
  notReady: "an inspector's forcebusy",
  rest: "an inspector's forcerest",
  signOut: "an inspector's forcelogout",
} as const;
export const SIGN_IN = 'signs in';

export type OwnAct = keyof typeof OWN_ACTS;
export type ForcedAct = keyof typeof FORCED_ACTS;

/** One act on the agent, its own or an inspector's. */
export interface Act {
  readonly by: number;
  readonly what: OwnAct | ForcedAct | typeof SIGN_IN;
  readonly isForced: boolean;
  /** What the act names, so that its event can be told from every other act's. */
  readonly reason: number | null;
  /** Only if the log ends here; null: always. */
  readonly ifHead: number | null;
}

export type Outcome = 'done' | 'refused' | 'changedMeanwhile' | 'sessionOver';

/** An act with what its author was told. */
export interface Answered extends Act {
  readonly outcome: Outcome;
  /** Where the agent's log ended behind it; null where the answer does not say. */
  readonly head: number | null;
}
