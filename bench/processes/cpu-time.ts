import { readFileSync } from 'node:fs';

/** Linux tells times in hundredths of a second to every program. */
const MS_PER_TICK = 10;
/** Fields of the process's state line, counted behind the name in brackets. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** User and system time of a process and all its threads, in ms, in steps of 10 ms. Linux only. */
export function cpuMsOf(pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) * MS_PER_TICK;
}

/** Whether this system tells a process's CPU time. */
export function tellsCpuTime(): boolean {
  return process.platform === 'linux';
}
