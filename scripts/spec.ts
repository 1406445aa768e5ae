/**
 * `npm run spec`: every rule of docs/spec has a test that names it, and every test names rules that exist.
 * A rule begins with its bold id (`**SI-12** text`); a test names it in its title (`[SI-12]`).
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findImports } from './module-imports.ts';
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

/** The ids named in the string literals of one file; comments name nothing. */
export function findNamedRules(source: string, fileName: string): string[] {
  const texts = [...nodesOf(parseTypeScript(source, fileName))].flatMap(({ type, value }) => {
    if (type === 'Literal' && typeof value === 'string') return [value];
    if (type === 'TemplateElement') return [rawText(value)];
    return [];
  });
  return [...new Set(texts.flatMap((text) => allIds(text, NAMED_RULE)))];
}

/** Of the files below the test folders, those that run: each *.test.ts, and the suites it imports. */
export function filesThatRun(sources: ReadonlyMap<string, string>): string[] {
  const running = new Set<string>();
  const visit = (path: string) => {
    const source = sources.get(path);
    if (source === undefined || running.has(path)) return;
    running.add(path);
    for (const { target } of findImports(path, source)) visit(target);
  };
  for (const path of sources.keys()) {
    if (path.endsWith('.test.ts')) visit(path);
  }
  return [...running];
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
  const documents = readFiles('docs/spec/*.md');
  const sources = readFiles('{packages/*/test,tests}/**/*.ts');
  const rules = [...documents.values()].flatMap(findRules);
  const named = filesThatRun(sources).flatMap((path) => findNamedRules(sources.get(path) ?? '', path));
  const { text, isSound } = describeReport(compareRules(rules, named));
  console.log(text);
  process.exitCode = isSound ? 0 : 1;
}

function readFiles(pattern: string): ReadonlyMap<string, string> {
  const root = join(import.meta.dirname, '..');
  const paths = globSync(pattern, { cwd: root }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

if (import.meta.main) main();
