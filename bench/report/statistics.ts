/** The middle value; of an even number, the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? Number.NaN)) / 2 : upper;
}

/** The smallest value that so large a part of all does not exceed, 0.99 for the 99th percentile. NaN without values. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

/** Measurements of a subject, each with one of its reference before and one after: r s r s r. */
export interface Interleaved {
  readonly subjects: readonly number[];
  /** One more than subjects. */
  readonly references: readonly number[];
}

/** Medians of both sides, and how the subject stands to its reference. */
export interface Comparison {
  readonly figure: number;
  readonly reference: number;
  /** Median, lowest and highest of each subject's ratio to the mean of the references beside it. */
  readonly ratio: number;
  readonly lowestRatio: number;
  readonly highestRatio: number;
}

/** Compares each measurement with its neighbours, so that a machine that becomes slower in between does not count. */
export function compare({ subjects, references }: Interleaved): Comparison {
  const ratios = subjects.map((subject, index) => {
    const before = references[index] ?? Number.NaN;
    const after = references[index + 1] ?? Number.NaN;
    return subject / ((before + after) / 2);
  });
  return {
    figure: median(subjects),
    reference: median(references),
    ratio: median(ratios),
    lowestRatio: Math.min(...ratios),
    highestRatio: Math.max(...ratios),
  };
}

/** Measures in turn: the reference first and last, the subject `repetitions` times in between. */
export async function interleave(
  repetitions: number,
  reference: () => Promise<number>,
  subject: () => Promise<number>,
): Promise<Interleaved> {
  const references = [await reference()];
  const subjects: number[] = [];
  while (subjects.length < repetitions) {
    subjects.push(await subject());
    references.push(await reference());
  }
  return { subjects, references };
}
