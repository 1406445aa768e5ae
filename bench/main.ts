/** `npm run bench`: measures the targets, prints a table and writes it to bench/results. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '../packages/server/src/config/version.ts';
import { type Bench, FULL, QUICK } from './bench.ts';
import { measureColdSignIns } from './measures/cold-sign-ins.ts';
import { measureEventLatency } from './measures/event-latency.ts';
import { measureForcing } from './measures/forcing.ts';
import { measureHeldPolls } from './measures/held-polls.ts';
import { measureSignIns } from './measures/sign-ins.ts';
import { measureStateChanges } from './measures/state-changes.ts';
import { MEASUREMENTS, type Measurement, type Options, readOptions, USAGE, UsageFault } from './options.ts';
import { Cleanup } from './processes/cleanup.ts';
import { tellsCpuTime } from './processes/cpu-time.ts';
import { describeMachine } from './report/machine.ts';
import { type Report, reportPage, reportTable } from './report/report.ts';
import { isSound, type Row } from './report/row.ts';

const MEASURES: Readonly<Record<Measurement, (bench: Bench) => Promise<readonly Row[]>>> = {
  P1: measureColdSignIns,
  P2: measureSignIns,
  P3: measureStateChanges,
  P4: measureEventLatency,
  P5: measureHeldPolls,
  P7: measureForcing,
};
const RESULTS = join(import.meta.dirname, 'results');

/** Measures what is asked for and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!tellsCpuTime())
    throw new UsageFault('CPU time and memory of a server are read from /proc, which only Linux has');
  const report = await measure(options);
  console.log(`\n${reportTable(report.rows)}\n`);
  if (isWorthKeeping(options)) console.log(`Written to ${write(report, options)}.`);
  return report.rows.every(isSound) ? 0 : 1;
}

async function measure({ only, quick, store, profileFolder }: Options): Promise<Report> {
  const cleanup = new Cleanup();
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const machine = describeMachine(folder);
    const say = (sentence: string) => console.log(sentence);
    const bench: Bench = { store, scale: quick ? QUICK : FULL, folder, profileFolder, cleanup, say };
    const rows: Row[] = [];
    for (const name of only) rows.push(...(await MEASURES[name](bench)));
    const date = new Date().toISOString().slice(0, 10);
    return { date, version: VERSION, store, machine, rows };
  } finally {
    cleanup.run();
  }
}

/** A short or a profiled run measures too little, or something else. */
function isWorthKeeping({ quick, profileFolder }: Options): boolean {
  return !quick && profileFolder === undefined;
}

/** Writes the report as a page and as JSON; gives the page's place in the repository. */
function write(report: Report, { only }: Options): string {
  const part = only.length === MEASUREMENTS.length ? '' : `-${only.join('-').toLowerCase()}`;
  const name = `${report.date}-${report.store}${part}`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.md`), reportPage(report));
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  return `bench/results/${name}.md`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (fault) {
  const isUsage = fault instanceof UsageFault;
  console.error(isUsage ? `${fault.message}\n${USAGE}` : fault);
  process.exitCode = isUsage ? 2 : 1;
}
