/** When something happened: not before, not after; ms of one clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Certainty = 'yes' | 'no' | 'either';

/** The span so much later. */
export function later({ from, to }: Span, ms: number): Span {
  return { from: from + ms, to: to + ms };
}
