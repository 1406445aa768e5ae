/** Random numbers that a printed seed repeats. */
export interface SeededRandom {
  readonly seed: number;
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number;
  /** One of the values; throws on an empty list. */
  oneOf<Value>(values: readonly Value[]): Value;
}

/** The seed that ROLLCALL_SEED asks for, or another at each run. */
export function chosenSeed(): number {
  return Number(process.env.ROLLCALL_SEED ?? Date.now() % 2 ** 31);
}

/** Mulberry32. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    seed,
    below,
    oneOf: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError('nothing to choose from');
      return value;
    },
  };
}
