import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';
import { cpuMsOf } from './cpu-time.ts';
import { COLLECT_SIGNAL, residentKiBOf } from './memory.ts';

const READY = /ready at https:\/\/127\.0\.0\.1:(\d+)\//;
const STOP_MS = 10_000;
const END_OF_LOG = 2_000;

export interface ServerOptions {
  /** Names its log in `folder`. */
  readonly name: string;
  readonly folder: string;
  /** Arguments of Node: options, script, arguments of the script. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cleanup: Cleanup;
}

/** A server did not start, or ended before it was told to; the message holds the end of its log. */
export class ServerFault extends Error {
  override readonly name = 'ServerFault';
}

/** A server in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #pid: number;
  readonly port: number;

  private constructor(child: ChildProcess, pid: number, port: number) {
    this.#child = child;
    this.#pid = pid;
    this.port = port;
  }

  /** Starts it and resolves once it has printed where it listens. Its log goes to a file, as a service's does. */
  static async start({ name, folder, args, environment, cleanup }: ServerOptions): Promise<ServerProcess> {
    const logFile = join(folder, `${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', log],
      env: { PATH: process.env.PATH ?? '', ...environment },
    });
    closeSync(log);
    cleanup.add(() => child.kill('SIGKILL'));
    const port = await readPort(child);
    if (port === undefined || child.pid === undefined) {
      throw new ServerFault(`${name} did not start: ${readFileSync(logFile, 'utf8').slice(-END_OF_LOG)}`);
    }
    return new ServerProcess(child, child.pid, port);
  }

  /** User and system time of the whole process so far. */
  cpuMs(): number {
    return cpuMsOf(this.#pid);
  }

  /** Memory of the process that is in RAM, in KiB. */
  residentKiB(): number {
    return residentKiBOf(this.#pid);
  }

  /** Has a server that was started so collect its garbage; it does so soon. */
  collectGarbage(): void {
    this.#child.kill(COLLECT_SIGNAL);
  }

  /** Ends it with TERM; a server that does not end is killed. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      throw new ServerFault('a server ended by itself while it was measured');
    }
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  }
}

async function readPort({ stdout }: ChildProcess): Promise<number | undefined> {
  if (stdout === null) return undefined;
  let printed = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    const port = READY.exec(printed)?.[1];
    if (port === undefined) continue;
    stdout.resume();
    return Number(port);
  }
  return undefined;
}
