import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOfNewPassword } from '../../src/domain/password-rules.ts';

const context = { oldPassword: 'Old-pass1', workNumber: 30_125, name: 'Ada Lovelace1' };
const faultOf = (password: string, changes: Partial<typeof context> = {}) => {
  const fault = faultOfNewPassword(password, { ...context, ...changes });
  return fault === null ? null : fault.kind === 'rule' ? fault.rule : fault.kind;
};

describe('the rules of a new password', () => {
  it.each([
    ['7 characters', 'Abcde-7', 'length'],
    ['8 characters', 'Abcde-78', null],
    ['32 characters', `Ab-${'xyz8'.repeat(7)}x`, null],
    ['33 characters', `Ab-${'xyz8'.repeat(7)}xy`, 'length'],
    ['8 characters beyond the first plane', '😀A😁b😂C😃d', null],
    ['7 characters beyond the first plane', '😀A😁b😂C😃', 'length'],
    ['the old one', 'Old-pass1', 'sameAsOld'],
    ['the name, whatever its case', 'ada lovelACE1', 'sameAsName'],
    ['the name backwards', '1ecalevol adA', 'sameAsName'],
    ['two classes', 'abcdefg8', 'classes'],
    ['three classes without a digit', 'Abcdefg-', null],
    ['three classes without a capital', 'abcdef-8', null],
    ['three in a row', 'Abcddd-8', 'repeats'],
    ['two in a row', 'Abccdd-8', null],
    ['three digits of the number', 'Abcd-301', 'workNumber'],
    ['three digits within the number', 'Abcd-125', 'workNumber'],
    ['digits of the number in another order', 'Abcd-521', null],
    ['two digits of the number', 'Abcd-30x', null],
  ])('%s [PW-9] [PW-10]', (_, password, fault) => {
    expect(faultOf(password)).toBe(fault);
  });

  it('nothing is said of a class, a repeat or a run unless it is there [PW-10]', () => {
    const seed = Number(process.env.ROLLCALL_SEED ?? Date.now() % 2 ** 31);
    process.stdout.write(`password rules: seed ${seed} (repeat with ROLLCALL_SEED=${seed})\n`);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 101, max: 999_999 }),
        (text, workNumber) => {
          const fault = faultOf(text, { workNumber });
          const length = [...text].length;
          expect(fault === 'length').toBe(length < 8 || length > 32);
          if (fault === 'repeats')
            expect([...text].some((each, at, all) => each === all[at + 1] && each === all[at + 2])).toBe(
              true,
            );
          const runs = [...String(workNumber)]
            .map((_, at) => String(workNumber).slice(at, at + 3))
            .filter((run) => run.length === 3);
          if (fault === null) expect(runs.some((run) => text.includes(run))).toBe(false);
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });
});
