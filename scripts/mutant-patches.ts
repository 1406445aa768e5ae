import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readFileReports } from './test-summary.ts';

/** One change of one line that breaks a rule: a patch, with the tests that have to notice it named above it. */
export interface Mutant {
  readonly name: string;
  /** The patch's path from the root of the repository. */
  readonly patch: string;
  /** Id of the rule that it breaks; tests of other rules are not asked. */
  readonly rule: string;
  /** Files of tests, from the root of the repository. */
  readonly tests: readonly string[];
  /** Files that it changes, and how many lines it takes away and adds. */
  readonly changes: { readonly files: readonly string[]; readonly removed: number; readonly added: number };
}

/** A patch does not say which rule it breaks or which tests have to notice it. */
class PatchFault extends Error {
  override readonly name = 'PatchFault';
}

/** All mutants of the repository at `root`, by name. */
export function readMutants(root: string): Mutant[] {
  const patches = globSync('packages/server/test/mutants/*.patch', { cwd: root }).sort();
  return patches.map((patch) => readMutant(patch, readFileSync(join(root, patch), 'utf8')));
}

/** Reads one patch. Throws {@link PatchFault} when its first lines are not `# breaks:` and `# tests:`. */
export function readMutant(patch: string, text: string): Mutant {
  const [, rule, tests] = /^# breaks: ([A-Z]{2}-\d+)\n# tests: (\S.*)\n/.exec(text) ?? [];
  if (rule === undefined || tests === undefined) {
    throw new PatchFault(`${patch} has to begin with "# breaks: <rule>" and "# tests: <files>"`);
  }
  const lines = text.split('\n');
  const count = (sign: '-' | '+') => lines.filter((line) => line.startsWith(sign)).length;
  const files = lines.filter((line) => line.startsWith('+++ b/')).map((line) => line.slice('+++ b/'.length));
  // The two lines that name a file begin with the signs too.
  const changes = { files, removed: count('-') - files.length, added: count('+') - files.length };
  return { name: basename(patch, '.patch'), patch, rule, tests: tests.split(' '), changes };
}

/** The pattern of titles that name one of the rules. */
export function titlePattern(rules: readonly string[]): string {
  return `\\[(?:${rules.join('|')})\\]`;
}

/** What the tests said of a change. */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'survived' }
  /** No test failed, and that proves nothing: none ran, a file did not load, or a hook threw. */
  | { readonly kind: 'none' };

/** Reads the verdict from vitest's JSON report; undefined: it wrote none. Only a test that failed kills. */
export function judge(report: string | undefined, rule: string): Verdict {
  const files = report === undefined ? undefined : readFileReports(report);
  const tests = (files ?? []).flatMap((file) => file.assertionResults);
  const ofRule = tests.filter(({ fullName }) => fullName.includes(`[${rule}]`));
  const failed = ofRule.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'killed', by: failed.fullName };
  const isSound = files?.every(({ status }) => status === 'passed') === true;
  return isSound && ofRule.some(({ status }) => status === 'passed')
    ? { kind: 'survived' }
    : { kind: 'none' };
}

/** Of these mutants, those whose rule has a test that passes in each of the files named, as a report tells. */
export function provable(mutants: readonly Mutant[], report: string): readonly Mutant[] {
  const files = readFileReports(report) ?? [];
  return mutants.filter(({ rule, tests }) =>
    tests.every((path) => {
      const file = files.find(({ name }) => name.endsWith(`/${path}`));
      const ofRule = file?.assertionResults.filter(({ fullName }) => fullName.includes(`[${rule}]`)) ?? [];
      return ofRule.length > 0 && ofRule.every(({ status }) => status === 'passed');
    }),
  );
}
