import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { systemClock } from '../../packages/server/src/platform/clock.ts';
import { measureFlushMs } from '../../packages/server/src/platform/disk-flush.ts';

/** What a figure depends on beside the code. Never a name or a path of the machine. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Median time to make a small write durable in the folder of the stores. */
  readonly flushMs: number;
  /** Mean number of busy processes in the minute before the run; others' work makes figures worthless. */
  readonly loadBefore: number;
}

export function describeMachine(folder: string): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    flushMs: Math.round(measureFlushMs(folder, systemClock) * 100) / 100,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
