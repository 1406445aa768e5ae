import { describe, expect, it } from 'vitest';
import { isMet, isSound } from '../../bench/report/row.ts';
import { compare, interleave, median, percentile } from '../../bench/report/statistics.ts';

describe('the figures of a benchmark', () => {
  it('the median is the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  it('a percentile is the value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile([3, 9], 0.99)).toBe(9);
    expect(percentile([], 0.99)).toBeNaN();
  });

  it('each measurement is compared with the references beside it, so a machine that slows down does not count', async () => {
    const speeds = [10, 20, 30];
    const taken = await interleave(
      2,
      async () => speeds[0] ?? 0,
      async () => 2 * (speeds.shift() ?? 0),
    );
    expect(taken).toEqual({ subjects: [20, 40], references: [10, 20, 30] });
    expect(compare({ subjects: [15, 25], references: [10, 20, 30] })).toEqual({
      figure: 20,
      reference: 20,
      ratio: 1,
      lowestRatio: 1,
      highestRatio: 1,
    });
  });

  it('a bound is kept at its edge, and one fault makes a run unsound', () => {
    expect(isMet({ ratio: 1.6, target: { atMost: 1.6 } })).toBe(true);
    expect(isMet({ ratio: 1.61, target: { atMost: 1.6 } })).toBe(false);
    expect(isMet({ ratio: 0.84, target: { atLeast: 0.85 } })).toBe(false);
    expect(isMet({ ratio: 9, target: null })).toBeNull();
    expect(isSound({ faults: { refused: 0, missingEvents: 0, repeatedEvents: 0 } })).toBe(true);
    expect(isSound({ faults: { refused: 0, missingEvents: 0, repeatedEvents: 1 } })).toBe(false);
  });
});
