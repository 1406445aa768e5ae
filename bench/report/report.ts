import type { StoreKind } from '../options.ts';
import type { Machine } from './machine.ts';
import { isMet, isSound, type Row } from './row.ts';

/** One run: what it measured, where and when. */
export interface Report {
  readonly date: string;
  readonly version: string;
  readonly store: StoreKind;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

const HEADINGS = ['', 'what', 'figure', 'reference', 'ratio', 'lowest to highest', 'target', 'met'];

/** The report as a page. */
export function reportPage(report: Report): string {
  const { date, version, store, machine, rows } = report;
  const { cores, cpu, memoryGiB, system, node, flushMs, loadBefore } = machine;
  return `# Benchmark of ${date}, ${store}

Rollcall ${version}, ${node}, ${system}, ${cores} cores of ${cpu}, ${memoryGiB} GiB. A flush of the disk takes
${flushMs} ms. Load of the machine before the run: ${loadBefore}.

${reportTable(rows)}

${rows.map((row) => `- ${row.measurement}, ${row.what}: ${describeReference(row)}`).join('\n')}
`;
}

/** The rows as a table that reads well on a terminal and is Markdown. */
export function reportTable(rows: readonly Row[]): string {
  const lines = [HEADINGS, ...rows.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const text = [HEADINGS, rule, ...lines.slice(1)].map((line) => {
    return `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  });
  return text.join('\n');
}

function cellsOf(row: Row): string[] {
  const { measurement, what, figure, reference, unit, ratio, lowestRatio, highestRatio } = row;
  return [
    measurement,
    what,
    `${rounded(figure)} ${unit}`,
    rounded(reference),
    ratio.toFixed(2),
    `${lowestRatio.toFixed(2)} to ${highestRatio.toFixed(2)}`,
    describeTarget(row),
    describeMet(row),
  ];
}

function rounded(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

function describeTarget({ target }: Row): string {
  if (target === null) return '–';
  return 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
}

function describeMet(row: Row): string {
  const { refused, missingEvents, repeatedEvents } = row.faults;
  if (!isSound(row)) {
    return `no: ${refused} refused, ${missingEvents} events missing, ${repeatedEvents} repeated`;
  }
  const met = isMet(row);
  return met === null ? '–' : met ? 'yes' : 'no';
}

function describeReference({ referenceIs, answerBytes }: Row): string {
  if (answerBytes === null) return `the reference is ${referenceIs}.`;
  const { subject, reference } = answerBytes;
  const difference =
    subject === reference
      ? `answers of ${subject} bytes on both sides`
      : `**answers of ${subject} bytes beside ${reference}: the reference no longer fits**`;
  return `the reference is ${referenceIs}; ${difference}.`;
}
