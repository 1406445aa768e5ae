import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addCounts, countStep, countVitest, summaryLine } from '../../scripts/test-summary.ts';
import { runCommand } from './support/command.ts';
import { repositoryRoot } from './support/repository.ts';
import { withTemporaryFolder, writeShellScript } from './support/temporary-folder.ts';

interface FileOutcome {
  readonly status: 'passed' | 'failed';
  readonly tests: readonly ('passed' | 'failed' | 'skipped' | 'todo')[];
}

function reportOf(...files: readonly FileOutcome[]): string {
  const testResults = files.map(({ status, tests }) => ({
    name: 'a.test.ts',
    status,
    message: '',
    assertionResults: tests.map((testStatus) => ({ fullName: 'a test', status: testStatus })),
  }));
  return JSON.stringify({ numTotalTests: 0, success: true, testResults });
}

it('[OP-11] sums the tests that passed and failed; those skipped are neither', () => {
  const report = reportOf(
    { status: 'passed', tests: ['passed', 'passed', 'skipped', 'todo'] },
    { status: 'failed', tests: ['passed', 'failed'] },
  );

  expect(countVitest(report, 1)).toEqual({ passed: 3, failed: 1 });
});

it.each([
  ['a file that does not load', reportOf({ status: 'failed', tests: [] }), { passed: 0, failed: 1 }],
  [
    'a hook that throws',
    reportOf({ status: 'failed', tests: ['skipped'] }, { status: 'passed', tests: ['passed'] }),
    { passed: 1, failed: 1 },
  ],
  ['an error outside all tests', reportOf({ status: 'passed', tests: ['passed'] }), { passed: 1, failed: 1 }],
  ['a run of no file', reportOf(), { passed: 0, failed: 1 }],
  ['a run of no test', reportOf({ status: 'passed', tests: ['skipped'] }), { passed: 0, failed: 1 }],
  ['no report', undefined, { passed: 0, failed: 1 }],
  ['half a report', reportOf().slice(0, 20), { passed: 0, failed: 1 }],
  ['a report of another shape', '{"testResults":[{"status":"passed"}]}', { passed: 0, failed: 1 }],
])('[OP-11] counts %s as failed', (_name, report, count) => {
  expect(countVitest(report, 1)).toEqual(count);
});

it('[OP-11] counts a run of nothing as failed even when vitest ended well', () => {
  expect(countVitest(reportOf(), 0)).toEqual({ passed: 0, failed: 1 });
});

it('[OP-11] counts each other step as one and says the sum in one line', () => {
  const counts = [countStep(0), countStep(2), { passed: 10, failed: 3 }];

  expect(summaryLine(addCounts(counts))).toBe('11 passed, 4 failed');
});

interface TestCommand {
  readonly prints: string;
  readonly exits: number;
}

/** Runs .ci/run with an npm that prints and exits as told, and says something after a failure as npm does. */
function runCi({ prints, exits }: TestCommand): Promise<{ exitCode: number | null; lastLine: string }> {
  return withTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, '.ci'));
    copyFileSync(join(repositoryRoot, '.ci/run'), join(folder, '.ci/run'));
    writeShellScript(join(folder, 'bin/npm'), [
      '[ "$*" = test ] || exit 9',
      `printf '${prints}'`,
      `[ ${exits} = 0 ] || echo "npm error" >&2`,
      `exit ${exits}`,
    ]);
    const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
    const { exitCode, output } = await runCommand(['bash', join(folder, '.ci/run')], { cwd: folder, env });
    return { exitCode, lastLine: output.trimEnd().split('\n').at(-1) ?? '' };
  });
}

it.each<[string, TestCommand, { exitCode: number; lastLine: string }]>([
  [
    'passes on a good run',
    { prints: 'noise\\n7 passed, 0 failed\\n', exits: 0 },
    { exitCode: 0, lastLine: '7 passed, 0 failed' },
  ],
  [
    "passes on a failed run's code and count",
    { prints: '7 passed, 2 failed\\n', exits: 3 },
    { exitCode: 3, lastLine: '7 passed, 2 failed' },
  ],
  [
    'fails when the count is not the last line',
    { prints: '7 passed, 0 failed\\nnoise\\n', exits: 0 },
    { exitCode: 1, lastLine: '0 passed, 1 failed' },
  ],
  [
    'fails when there is no count',
    { prints: 'not set up', exits: 1 },
    { exitCode: 1, lastLine: '0 passed, 1 failed' },
  ],
  [
    'fails when nothing passed',
    { prints: '0 passed, 0 failed\\n', exits: 0 },
    { exitCode: 1, lastLine: '0 passed, 0 failed' },
  ],
  [
    'fails when the count says so and the code does not',
    { prints: '30 passed, 10 failed\\n', exits: 0 },
    { exitCode: 1, lastLine: '30 passed, 10 failed' },
  ],
])('[OP-12] .ci/run %s', async (_name, command, outcome) => {
  expect(await runCi(command)).toEqual(outcome);
});
