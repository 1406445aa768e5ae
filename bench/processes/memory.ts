import { readFileSync } from 'node:fs';

/** Tells a server that `collect-garbage.ts` was loaded into to collect its garbage. */
export const COLLECT_SIGNAL = 'SIGUSR2';

/** Memory of a process that is in RAM, in KiB: heap, buffers, what TLS holds, code. Linux only. */
export function residentKiBOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** How many files this process may have open; servers that it starts inherit it. Linux only. */
export function mostOpenFiles(): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
}
