import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  judge,
  type Mutant,
  provable,
  readMutant,
  readMutants,
  titlePattern,
} from '../../scripts/mutant-patches.ts';
import { filesThatRun, findNamedRules } from '../../scripts/spec.ts';
import { runCommand } from './support/command.ts';
import { findRepositoryFiles, readRepositoryFile, repositoryRoot } from './support/repository.ts';

const FEWEST_MUTANTS = 30;
const RUN_TIMEOUT_MS = 120_000;
const mutants = readMutants(repositoryRoot);
const testSources = new Map(
  findRepositoryFiles('packages/*/test/**/*.ts').map((path) => [path, readRepositoryFile(path)] as const),
);

describe('the mutants', () => {
  it('are at least thirty [OP-22]', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(FEWEST_MUTANTS);
  });

  it('apply to the working tree as it is [OP-22]', () => {
    const refused = mutants.flatMap(({ name, patch }) => {
      const check = spawnSync('git', ['apply', '--check', patch], { cwd: repositoryRoot, encoding: 'utf8' });
      return check.status === 0 ? [] : [`${name}: ${check.error?.message ?? check.stderr}`];
    });
    expect(refused).toEqual([]);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s changes one line of the server, and names tests of the rule that it breaks [OP-22]',
    (_name, { changes, rule, tests }) => {
      expect(changes.files).toEqual([expect.stringMatching(/^packages\/(server|contract)\/src\/.+\.ts$/)]);
      expect(Math.max(changes.removed, changes.added)).toBe(1);
      for (const path of tests) expect(rulesOf(path)).toContain(rule);
    },
  );

  it(
    'are tried on a copy, whose tests have to fail [OP-21]',
    async () => {
      const run = await runMutants('agent-time-runs-back');

      expect(run.output).toMatch(/^killed +agent-time-runs-back in \d+ s by: .*\[TX-6\]/m);
      expect(run.output).toMatch(/^1 of 1 mutants killed$/m);
      expect(run.exitCode).toBe(0);
    },
    RUN_TIMEOUT_MS,
  );

  it('that nobody knows are no reason to run anything [OP-21]', async () => {
    expect(await runMutants('no-such-mutant')).toMatchObject({ exitCode: 2 });
  });
});

/** The rules that one file of tests names, itself or through the suites that it imports. */
function rulesOf(path: string): string[] {
  const own = new Map([...testSources].filter(([other]) => other === path || !other.endsWith('.test.ts')));
  return filesThatRun(own).flatMap((file) => findNamedRules(own.get(file) ?? '', file));
}

function runMutants(...names: readonly string[]) {
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, ...(HOME ? { HOME } : {}), ...(TMPDIR ? { TMPDIR } : {}) };
  return runCommand([process.execPath, 'scripts/mutants.ts', ...names], { cwd: repositoryRoot, env });
}

const PATCH = `# breaks: LK-3
# tests: a/one.test.ts a/two.test.ts
--- a/packages/server/src/a.ts
+++ b/packages/server/src/a.ts
@@ -1,2 +1,2 @@
-const ten = 10;
+const ten = 11;
 // the end
`;
const MUTANT: Mutant = {
  name: 'ten-is-eleven',
  patch: 'mutants/ten-is-eleven.patch',
  rule: 'LK-3',
  tests: ['a/one.test.ts', 'a/two.test.ts'],
  changes: { files: ['packages/server/src/a.ts'], removed: 1, added: 1 },
};

describe('a patch', () => {
  it('says what it breaks, which tests have to notice it, and what it changes [OP-22]', () => {
    expect(readMutant('mutants/ten-is-eleven.patch', PATCH)).toEqual(MUTANT);
    expect(() => readMutant('x.patch', PATCH.replace('# breaks: LK-3\n', ''))).toThrow(
      /x\.patch has to begin/,
    );
    expect('some title [LK-3]').toMatch(new RegExp(titlePattern(['SI-1', 'LK-3'])));
    expect('some title [LK-4]').not.toMatch(new RegExp(titlePattern(['SI-1', 'LK-3', 'K-4'])));
  });
});

interface FileOfTests {
  readonly name?: string;
  readonly status?: 'passed' | 'failed';
  readonly tests: readonly (readonly [fullName: string, status: string])[];
}

function reportOf(...files: readonly FileOfTests[]): string {
  const testResults = files.map(({ name = '/tmp/copy/a/one.test.ts', status = 'passed', tests }) => {
    return { name, status, assertionResults: tests.map(([fullName, of]) => ({ fullName, status: of })) };
  });
  return JSON.stringify({ testResults });
}

describe('the verdict on a mutant', () => {
  it.each<[string, string | undefined, ReturnType<typeof judge>]>([
    [
      'killed by a failed test of its rule',
      reportOf({
        status: 'failed',
        tests: [
          ['the tenth [LK-3]', 'failed'],
          ['else [LK-3]', 'passed'],
        ],
      }),
      { kind: 'killed', by: 'the tenth [LK-3]' },
    ],
    ['survived where its tests passed', reportOf({ tests: [['[LK-3]', 'passed']] }), { kind: 'survived' }],
    ['none without a report', undefined, { kind: 'none' }],
    ['none by half a report', reportOf({ tests: [] }).slice(0, 12), { kind: 'none' }],
    ['none by a file that did not load', reportOf({ status: 'failed', tests: [] }), { kind: 'none' }],
    [
      'none by a hook that threw',
      reportOf({ status: 'failed', tests: [['[LK-3]', 'skipped']] }),
      { kind: 'none' },
    ],
    [
      'none by a failed test of another rule',
      reportOf({ status: 'failed', tests: [['[LK-4]', 'failed']] }),
      { kind: 'none' },
    ],
    ['none where no test of its rule ran', reportOf({ tests: [['[LK-4]', 'passed']] }), { kind: 'none' }],
  ])('is %s [OP-21]', (_what, report, verdict) => {
    expect(judge(report, 'LK-3')).toEqual(verdict);
  });

  it('needs tests of the rule that pass without it, in each file that it names [OP-21]', () => {
    const one = {
      tests: [
        ['[LK-3]', 'passed'],
        ['[LK-4]', 'failed'],
      ],
    } as const;
    const two = { name: '/tmp/copy/a/two.test.ts', tests: [['[LK-3]', 'passed']] } as const;
    const red = {
      ...two,
      tests: [
        ['[LK-3]', 'passed'],
        ['again [LK-3]', 'failed'],
      ],
    } as const;

    expect(provable([MUTANT], reportOf(one, two))).toEqual([MUTANT]);
    expect(provable([MUTANT], reportOf(one, red))).toEqual([]);
    expect(provable([MUTANT], reportOf(one))).toEqual([]);
    expect(provable([MUTANT], '')).toEqual([]);
  });
});
