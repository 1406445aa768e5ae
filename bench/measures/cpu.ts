import { setTimeout as sleep } from 'node:timers/promises';
import type { Scale } from '../bench.ts';
import type { ServerProcess } from '../processes/server-process.ts';
import { type Interleaved, interleave } from '../report/statistics.ts';

/** Server CPU time of some operations. */
export interface Sample {
  readonly operations: number;
  readonly cpuMs: number;
}

/** One server under load: each round brings it back to where it began. */
export interface Side {
  round(): Promise<Sample>;
}

/** Time for a server to finish what is left to do after its last answer, such as closing connections. */
const SETTLE_MS = 50;

/** The CPU time that a server takes while `work` keeps it busy; `work` gives how many operations it did. */
export async function sampleCpu(server: ServerProcess, work: () => Promise<number>): Promise<Sample> {
  const before = server.cpuMs();
  const operations = await work();
  await sleep(SETTLE_MS);
  return { operations, cpuMs: server.cpuMs() - before };
}

export interface CpuPlan extends Pick<Scale, 'repetitions' | 'warmUpMs'> {
  /** Of one repetition, at least. */
  readonly operations: number;
}

/** CPU microseconds an operation on both sides, each warmed by its own loop first. */
export async function compareCpu(
  { subject, reference }: { subject: Side; reference: Side },
  plan: CpuPlan,
): Promise<Interleaved> {
  for (const side of [reference, subject]) await warmUp(side, plan.warmUpMs);
  return interleave(
    plan.repetitions,
    () => cpuMicrosecondsEach(reference, plan.operations),
    () => cpuMicrosecondsEach(subject, plan.operations),
  );
}

async function warmUp(side: Side, warmUpMs: number): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < warmUpMs) await side.round();
}

async function cpuMicrosecondsEach(side: Side, atLeast: number): Promise<number> {
  let operations = 0;
  let cpuMs = 0;
  while (operations < atLeast) {
    const sample = await side.round();
    operations += sample.operations;
    cpuMs += sample.cpuMs;
  }
  return (cpuMs * 1_000) / operations;
}
