import type { Faults } from '../driver/tally.ts';
import type { Measurement } from '../options.ts';
import type { Comparison, Interleaved } from './statistics.ts';

/** The bound of a ratio. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the report. */
export interface Row extends Comparison {
  readonly measurement: Measurement;
  readonly what: string;
  readonly referenceIs: string;
  readonly unit: 'per second' | 'µs CPU each' | 'KiB each' | 'ms';
  /** Null where the store has no target. */
  readonly target: Bound | null;
  readonly measured: Interleaved;
  readonly faults: Faults;
  /** Bytes of one answer of the subject and of its reference, which must not differ; null: not compared. */
  readonly answerBytes: { readonly subject: number; readonly reference: number } | null;
}

/** Whether the ratio keeps its bound; null without one. */
export function isMet({ ratio, target }: Pick<Row, 'ratio' | 'target'>): boolean | null {
  if (target === null) return null;
  return 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost;
}

/** Whether nothing happened that must not. */
export function isSound({ faults }: Pick<Row, 'faults'>): boolean {
  return faults.refused + faults.missingEvents + faults.repeatedEvents === 0;
}
