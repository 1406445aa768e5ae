/**
 * `npm run mutants [-- name …]`: breaks a copy of the server, one line at a time, and runs the tests that have to
 * notice it. The patches are in packages/server/test/mutants.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, type Mutant, provable, readMutants, titlePattern } from './mutant-patches.ts';
import { copyWorkingTree } from './working-tree.ts';

const ROOT = join(import.meta.dirname, '..');
/** Packages of this repository; in `node_modules` they are links back into it. */
const OWN_SCOPE = '@rollcall';
const LONGEST_RUN_MS = 180_000;
/** The tests of all mutants together, nothing broken yet. */
const LONGEST_FIRST_RUN_MS = 900_000;
const END_MS = 10_000;
const END_OF_OUTPUT = 2_000;

const folder = mkdtempSync(join(tmpdir(), 'rollcall-mutants-'));
const copy = join(folder, 'repository');
let running: ChildProcess | undefined;

/** Tries the mutants that are named, or all; gives the exit code. */
async function main(names: readonly string[]): Promise<number> {
  const all = readMutants(ROOT);
  const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    console.error(`there is no mutant ${unknown.join(', ')} in packages/server/test/mutants`);
    return 2;
  }
  const mutants = all.filter(({ name }) => names.length === 0 || names.includes(name));
  copyWorkingTree(ROOT, copy);
  linkPackages();
  console.log(`Running the tests of ${mutants.length} mutants before anything is broken.`);
  const sound = await findSound(mutants);
  let killed = 0;
  for (const mutant of sound) killed += (await isKilled(mutant)) ? 1 : 0;
  console.log(`${killed} of ${mutants.length} mutants killed`);
  return killed === mutants.length ? 0 : 1;
}

/** The packages of the repository that is copied, linked; its own ones lead into the copy. */
function linkPackages(): void {
  const packages = join(ROOT, 'node_modules');
  mkdirSync(join(copy, 'node_modules', OWN_SCOPE), { recursive: true });
  for (const name of readdirSync(packages)) {
    if (name === OWN_SCOPE || name.startsWith('.rollcall-')) continue;
    symlinkSync(join(packages, name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(packages, OWN_SCOPE))) {
    const link = readlinkSync(join(packages, OWN_SCOPE, name));
    symlinkSync(link, join(copy, 'node_modules', OWN_SCOPE, name));
  }
}

/** A test that fails without any mutant would seem to kill each: those mutants are told and left out. */
async function findSound(mutants: readonly Mutant[]): Promise<readonly Mutant[]> {
  const run = await runTests(mutants, { limitMs: LONGEST_FIRST_RUN_MS, more: [] });
  const sound = provable(mutants, run.report ?? '');
  for (const { name, rule, tests } of mutants.filter((mutant) => !sound.includes(mutant))) {
    console.log(
      `NOT TRIED       ${name}: without it, tests of [${rule}] fail or are missing in ${tests.join(', ')}`,
    );
  }
  if (sound.length < mutants.length) console.log(run.endOfOutput());
  return sound;
}

async function isKilled(mutant: Mutant): Promise<boolean> {
  const { name, rule } = mutant;
  const fault = applyPatch(mutant);
  if (fault !== undefined) {
    console.log(`DOES NOT APPLY  ${name}: ${fault}`);
    return false;
  }
  const beganMs = performance.now();
  const run = await runTests([mutant], { limitMs: LONGEST_RUN_MS, more: ['--bail=1'] });
  applyPatch(mutant, '--reverse');
  const seconds = `${Math.round((performance.now() - beganMs) / 1_000)} s`;
  const verdict = judge(run.report, rule);
  switch (verdict.kind) {
    case 'killed':
      console.log(`killed          ${name} in ${seconds} by: ${verdict.by}`);
      return true;
    case 'survived':
      console.log(`SURVIVED        ${name}: in ${seconds} every test of [${rule}] passed`);
      return false;
    case 'none':
      console.log(
        `NO VERDICT      ${name}: after ${seconds} tests of [${rule}] have neither failed nor all passed\n${run.endOfOutput()}`,
      );
      return false;
  }
}

/** Gives what git has to say when the patch does not apply. */
function applyPatch({ patch }: Mutant, ...options: readonly string[]): string | undefined {
  // A repository around the temporary folder is not to be taken for the one that is patched.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: folder };
  const args = ['apply', ...options, join(ROOT, patch)];
  const { status, stderr } = spawnSync('git', args, { cwd: copy, env, encoding: 'utf8' });
  return status === 0 ? undefined : stderr.trim();
}

interface TestRun {
  /** Vitest's JSON report; undefined when it wrote none, or was ended because it took too long. */
  readonly report: string | undefined;
  endOfOutput(): string;
}

async function runTests(
  mutants: readonly Mutant[],
  { limitMs, more }: { readonly limitMs: number; readonly more: readonly string[] },
): Promise<TestRun> {
  const report = join(folder, 'report.json');
  const output = join(folder, 'output');
  rmSync(report, { force: true });
  const descriptor = openSync(output, 'w');
  const files = [...new Set(mutants.flatMap(({ tests }) => tests))];
  const titles = titlePattern([...new Set(mutants.map(({ rule }) => rule))]);
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=json', `--outputFile=${report}`, '-t', titles, ...more, ...files];
  // A group of its own, so that the servers of its tests end with it.
  const child = spawn(process.execPath, args, {
    cwd: copy,
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  running = child;
  const ended = once(child, 'close');
  const timers = [
    setTimeout(() => endGroup(child, 'SIGTERM'), limitMs),
    setTimeout(() => endGroup(child, 'SIGKILL'), limitMs + END_MS),
  ];
  await ended;
  for (const timer of timers) clearTimeout(timer);
  running = undefined;
  return {
    report: existsSync(report) ? readFileSync(report, 'utf8') : undefined,
    endOfOutput: () => readFileSync(output, 'utf8').slice(-END_OF_OUTPUT),
  };
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    if (running !== undefined) endGroup(running, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  });
}
try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
