import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RUNNING_FOLDER } from '../../../src/main.ts';
import { ownCertificateFiles } from '../../../src/platform/self-made-certificate.ts';
import { within } from './waiting.ts';

/** Settings of one process, as the environment names them; the data folder is mandatory. */
export type ProcessSettings = Readonly<Record<string, string>> & { readonly ROLLCALL_DATA_DIR: string };

/** How a process ended: its exit code, or the signal that ended it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server process of its own, as an operator would start one. */
export interface RollcallProcess {
  readonly pid: number;
  readonly port: number;
  /** The certificate it made for itself, PEM. */
  readonly certificate: string;
  /** `SIGTERM`; resolves when the process has ended. */
  stop(): Promise<ProcessEnd>;
  /** `SIGKILL`; resolves when the process has ended. */
  kill(): Promise<ProcessEnd>;
}

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'bin', 'rollcall.js');
const READY = /is ready at https:\/\/[^\s/]+:(\d+)\//;
const START_MS = 30_000;
const STOP_MS = 20_000;

/** Processes that are not known to have ended: a test run that is broken off leaves none behind. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts `rollcall start`; resolves when it says that it is ready. */
export async function startRollcall(settings: ProcessSettings): Promise<RollcallProcess> {
  const running = run(['start'], { ROLLCALL_PORT: '0', ROLLCALL_HOST: '127.0.0.1', ...settings });
  const { child, said, ended } = running;
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return within(STOP_MS, `the end of server process ${child.pid} after ${signal}`, ended);
  };
  try {
    const ready = await within(
      START_MS,
      'the server to be ready',
      Promise.race([said(READY), failed(running)]),
    );
    const { certificateFile } = ownCertificateFiles(settings.ROLLCALL_DATA_DIR);
    return {
      pid: child.pid ?? 0,
      port: Number(ready[1]),
      certificate: readFileSync(certificateFile, 'utf8'),
      stop: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
    };
  } catch (fault) {
    await end('SIGKILL');
    throw fault;
  }
}

/** Runs a command to its end; gives what it printed. */
export async function runCommand(settings: ProcessSettings, ...args: readonly string[]): Promise<string> {
  const running = run(args, settings);
  const { code } = await within(START_MS, `the end of rollcall ${args[0]}`, running.ended);
  if (code !== 0) throw new ProcessFault(`rollcall ${args[0]} ended with code ${code}: ${running.errors()}`);
  return running.output();
}

/** Runs `rollcall import`; gives the passwords that it generated, by work number. */
export async function importSite(
  settings: ProcessSettings,
  siteFile: string,
): Promise<ReadonlyMap<number, string>> {
  const output = await runCommand(settings, 'import', siteFile);
  const lines = output.matchAll(/^ {2}(\d+) {2}(\S+) {2}/gm);
  return new Map([...lines].map(([, workNumber, password]) => [Number(workNumber), password ?? '']));
}

/** The process ended though it should have gone on. */
class ProcessFault extends Error {
  override readonly name = 'ProcessFault';
}

interface Running {
  readonly child: ChildProcess;
  /** Resolves when the output so far matches. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<ProcessEnd>;
  output(): string;
  errors(): string;
}

function run(args: readonly string[], settings: Readonly<Record<string, string>>): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_'));
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...Object.fromEntries(inherited), ROLLCALL_LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  living.add(child);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match === null) return;
        child.stdout.off('data', look);
        resolve(match);
      };
      child.stdout.on('data', look);
    });
  return { child, said, ended: endOf(child), output: () => output, errors: () => errors };
}

async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  living.delete(child);
  // A killed server cannot take away the mark by which setup knows that a server runs from this folder.
  rmSync(join(RUNNING_FOLDER, String(child.pid)), { force: true });
  return { code, signal };
}

async function failed({ ended, output, errors }: Running): Promise<never> {
  const { code, signal } = await ended;
  throw new ProcessFault(
    `the server ended with ${code ?? signal} before it was ready: ${output()}${errors()}`,
  );
}
