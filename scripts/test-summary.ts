/** What `npm test` makes of its runners: one count each, one line at the end. */

export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** What vitest's JSON report says of one file of tests. */
export interface FileReport {
  /** The file's path. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

export function countStep(exitCode: number): Count {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Counts a run of vitest by its JSON report, `undefined` when it wrote none. A file that fails without a failed
 * test (it does not load, a hook throws), an error outside all tests, and a run of nothing are failures too.
 */
export function countVitest(report: string | undefined, exitCode: number): Count {
  const files = report === undefined ? undefined : readFileReports(report);
  if (files === undefined) return { passed: 0, failed: 1 };
  const passed = sum(files, (file) => countTests(file, 'passed'));
  const failedTests = sum(files, (file) => countTests(file, 'failed'));
  const failedFiles = files.filter((file) => file.status === 'failed' && countTests(file, 'failed') === 0);
  const failed = failedTests + failedFiles.length;
  const failedOtherwise = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: failedOtherwise ? 1 : failed };
}

export function addCounts(counts: readonly Count[]): Count {
  return { passed: sum(counts, (count) => count.passed), failed: sum(counts, (count) => count.failed) };
}

export function summaryLine({ passed, failed }: Count): string {
  return `${passed} passed, ${failed} failed`;
}

function countTests(file: FileReport, status: string): number {
  return file.assertionResults.filter((test) => test.status === status).length;
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

/** The files of a JSON report; undefined when it is cut off or has another shape. */
export function readFileReports(json: string): readonly FileReport[] | undefined {
  let report: unknown;
  try {
    report = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!hasField(report, 'testResults') || !Array.isArray(report.testResults)) return undefined;
  const files: readonly unknown[] = report.testResults;
  return files.every(isFileReport) ? files : undefined;
}

function isFileReport(value: unknown): value is FileReport {
  return (
    hasText(value, 'name') &&
    hasText(value, 'status') &&
    hasField(value, 'assertionResults') &&
    Array.isArray(value.assertionResults) &&
    value.assertionResults.every((test) => hasText(test, 'status') && hasText(test, 'fullName'))
  );
}

function hasText<Name extends string>(value: unknown, name: Name): value is Record<Name, string> {
  return hasField(value, name) && typeof value[name] === 'string';
}

function hasField<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value;
}
