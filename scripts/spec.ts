/**
 * `npm run spec`: every rule of docs/spec has a test that names it, and every test names rules that exist.
 * A rule begins with its bold id (`**SI-12** text`); a test names it in its title (`[SI-12]`).
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodesOf, parseTypeScript } from './syntax-tree.ts';

const ID = '[A-Z]{2}-\\d+(?:\\.\\d+)?';
const RULE_AT_LINE_START = new RegExp(`^\\s*(?:[-*+]\\s+|\\d+\\.\\s+)?\\*\\*(${ID})\\*\\*`);
const RULE_IN_TABLE_CELL = new RegExp(`\\|\\s*\\*\\*(${ID})\\*\\*`, 'g');
const NAMED_RULE = new RegExp(`\\[(${ID})\\]`, 'g');

export interface SpecReport {
  readonly ruleCount: number;
  readonly untested: readonly string[];
  readonly unknown: readonly string[];
  readonly duplicate: readonly string[];
}

/** The ids of the rules in one document, in order, repeats included. */
export function findRules(markdown: string): string[] {
  return withoutCodeBlocks(markdown)
    .split('\n')
    .flatMap((line) => {
      const [, id] = RULE_AT_LINE_START.exec(line) ?? [];
      return id === undefined ? allIds(line, RULE_IN_TABLE_CELL) : [id];
    });
}

/** The ids named in the string literals of one test file; comments name nothing. */
export function findNamedRules(source: string, fileName: string): string[] {
  const texts = [...nodesOf(parseTypeScript(source, fileName))].flatMap(({ type, value }) => {
    if (type === 'Literal' && typeof value === 'string') return [value];
    if (type === 'TemplateElement') return [rawText(value)];
    return [];
  });
  return [...new Set(texts.flatMap((text) => allIds(text, NAMED_RULE)))];
}

export function compareRules(rules: readonly string[], named: readonly string[]): SpecReport {
  const known = new Set(rules);
  const tested = new Set(named);
  return {
    ruleCount: known.size,
    untested: [...known].filter((id) => !tested.has(id)),
    unknown: [...tested].filter((id) => !known.has(id)),
    duplicate: [...new Set(rules.filter((id, index) => rules.indexOf(id) !== index))],
  };
}

export function describeReport(report: SpecReport): { readonly text: string; readonly isSound: boolean } {
  if (report.ruleCount === 0) return { text: 'no rules in docs/spec', isSound: false };
  const findings = [
    ['rules without a test', report.untested],
    ['rules named by a test, but not in docs/spec', report.unknown],
    ['rules stated twice', report.duplicate],
  ] as const;
  const lines = findings
    .filter(([, ids]) => ids.length > 0)
    .map(([finding, ids]) => `${finding}: ${ids.join(', ')}`);
  const isSound = lines.length === 0;
  return { text: isSound ? `${report.ruleCount} rules, each named by a test` : lines.join('\n'), isSound };
}

function withoutCodeBlocks(markdown: string): string {
  return markdown.replace(/^ *(```+|~~~+).*\n[\s\S]*?^ *\1.*$/gm, '');
}

function allIds(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id ?? '');
}

function rawText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}

function main(): void {
  const root = join(import.meta.dirname, '..');
  const read = (pattern: string): [string, string][] =>
    globSync(pattern, { cwd: root })
      .sort()
      .map((file) => [file, readFileSync(join(root, file), 'utf8')]);
  const rules = read('docs/spec/*.md').flatMap(([, markdown]) => findRules(markdown));
  const tests = read('{packages/*/test,tests}/**/*.test.ts');
  const { text, isSound } = describeReport(
    compareRules(
      rules,
      tests.flatMap(([file, source]) => findNamedRules(source, file)),
    ),
  );
  console.log(text);
  process.exitCode = isSound ? 0 : 1;
}

if (import.meta.main) main();
