/** `npm test [-- what vitest shall run]`: every check of the repository, summed in one last line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCounts, type Count, countStep, countVitest, summaryLine } from './test-summary.ts';

const root = join(import.meta.dirname, '..');
const steps = ['lint', 'types', 'spec'];

let running: ChildProcess | undefined;
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    running?.kill(signal);
    process.kill(process.pid, signal);
  });
}

const counts = new Map<string, Count>();
for (const step of steps) {
  counts.set(step, countStep(await run('npm', ['run', '--silent', step])));
}
counts.set('vitest', await runVitest(process.argv.slice(2)));

for (const [name, count] of counts) console.log(`${name.padEnd(8)}${summaryLine(count)}`);
const total = addCounts([...counts.values()]);
console.log(summaryLine(total));
process.exitCode = total.failed === 0 ? 0 : 1;

async function runVitest(args: readonly string[]): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  const report = join(folder, 'report.json');
  try {
    const exitCode = await run(process.execPath, [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ]);
    return countVitest(existsSync(report) ? readFileSync(report, 'utf8') : undefined, exitCode);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    running = child;
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
}
