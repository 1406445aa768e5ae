import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { within } from './waiting.ts';

/** One system call that was made, with the path of the file that it was made on. */
export interface TracedCall {
  readonly process: number;
  readonly name: string;
  readonly path: string;
}

export interface Trace {
  /** Lets the processes go on untraced; gives what they called meanwhile. */
  stop(): Promise<readonly TracedCall[]>;
}

/** strace is not there, or may not do its work. */
export class StraceFault extends Error {
  override readonly name = 'StraceFault';
}

const FLUSHES = ['fsync', 'fdatasync', 'sync_file_range', 'msync', 'sync', 'syncfs'];
const WRITES = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'ftruncate', 'fallocate'];
const ATTACH_MS = 15_000;

export function isFlush({ name }: TracedCall): boolean {
  return FLUSHES.includes(name);
}

/**
 * Traces the flushes and writes of a process, its threads, and every process that these begin from now on.
 *
 * @param file where strace keeps its notes; its folder must exist.
 */
export async function traceWrites(pid: number, file: string): Promise<Trace> {
  if (spawnSync('strace', ['-V']).error !== undefined) {
    throw new StraceFault('this test needs strace: install the Debian package `strace`');
  }
  const calls = `trace=${[...FLUSHES, ...WRITES].join(',')}`;
  const tracer = spawn(
    'strace',
    ['-f', '-y', '-e', calls, '-e', 'signal=none', '-o', file, '-p', String(pid)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  const ended = once(tracer, 'close');
  const attached = new Promise<void>((resolve, reject) => {
    tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/attached/.test(said)) resolve();
    });
    ended.then(() => reject(new StraceFault(`strace could not attach to process ${pid}: ${said}`)), reject);
  });
  // It is said again by the waiting below, or comes after the trace was stopped.
  attached.catch(() => undefined);
  try {
    await within(ATTACH_MS, 'strace to attach', attached);
  } catch (fault) {
    tracer.kill('SIGKILL');
    throw fault;
  }
  return {
    stop: async () => {
      tracer.kill('SIGINT');
      await within(ATTACH_MS, 'strace to let go', ended);
      return readCalls(file);
    },
  };
}

const CALL = /^(\d+)\s+(\w+)\((?:\d+<([^>]*)>)?/;

/** A call that others interrupt stands on two lines; only its first has its name before a bracket. */
function readCalls(file: string): TracedCall[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, process, name, path] = CALL.exec(line) ?? [];
      return process === undefined || name === undefined
        ? []
        : [{ process: Number(process), name, path: path ?? '' }];
    });
}
