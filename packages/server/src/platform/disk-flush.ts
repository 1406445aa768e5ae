import { closeSync, fdatasyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';

const TRIES = 5;

/** Median milliseconds that the disk below a folder takes to make a small write durable. */
export function measureFlushMs(folder: string, clock: Clock): number {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `.flush-${process.pid}`);
  const descriptor = openSync(file, 'w');
  try {
    const durations = Array.from({ length: TRIES }, () => {
      const beganMs = clock.monotonicMs();
      writeSync(descriptor, 'x');
      fdatasyncSync(descriptor);
      return clock.monotonicMs() - beganMs;
    });
    return durations.sort((a, b) => a - b)[Math.floor(TRIES / 2)] ?? 0;
  } finally {
    closeSync(descriptor);
    rmSync(file, { force: true });
  }
}
