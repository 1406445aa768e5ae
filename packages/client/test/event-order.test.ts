import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs } from '../src/back-off.ts';
import { placeBefore, stepBetween } from '../src/event-position.ts';

describe('two places in a log', () => {
  it('are in order where they are of one epoch and next to each other [CL-15]', () => {
    const sequence = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(sequence, sequence, fc.boolean(), (from, to, isSameEpoch) => {
        const step = stepBetween(`e1.${from}`, `${isSameEpoch ? 'e1' : 'e2'}.${to}`);
        const wanted = to === from + 1 ? 'next' : to <= from ? 'repeated' : 'apart';
        expect(step).toBe(isSameEpoch ? wanted : 'apart');
      }),
    );
    expect(stepBetween('e.9', 'e.10')).toBe('next');
    expect([placeBefore('e.10', 2), placeBefore('e.1', 2)]).toEqual(['e.8', 'e.0']);
  });
});

describe('the pause before the next try', () => {
  it('doubles up to ten seconds, and each client takes its own part of it [CL-18]', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((failures) => backOffMs(failures, () => 1));
    expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    expect(backOffMs(1, () => 0)).toBe(125);
    expect(backOffMs(9, () => 0.5)).toBe(7_500);
  });
});
