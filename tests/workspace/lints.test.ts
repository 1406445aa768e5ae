import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from './support/command.ts';
import { repositoryRoot } from './support/repository.ts';
import { createTemporaryFolder, writeFile } from './support/temporary-folder.ts';

interface Finding {
  readonly category: string;
  readonly severity: string;
  readonly location: { readonly path: string };
}

const longBody = (lines: number) => Array.from({ length: lines }, () => '  touch();').join('\n');

interface Source {
  /** Folder under packages/server. */
  readonly where: string;
  readonly source: string;
}

interface Planted extends Source {
  readonly lint: string;
}

const PLANTED: readonly Planted[] = [
  { where: 'src/domain', source: 'export const now = Date.now();', lint: 'noJsRestrictedProperties' },
  { where: 'src/domain', source: 'export const { now } = Date;', lint: 'noJsRestrictedProperties' },
  { where: 'src/domain', source: 'export const dice = Math.random();', lint: 'noJsRestrictedProperties' },
  { where: 'src/domain', source: 'export const now = new Date();', lint: 'plugin' },
  { where: 'src/domain', source: 'export const now = Date();', lint: 'plugin' },
  { where: 'src/domain', source: 'export const id = crypto.randomUUID();', lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: 'export const now = performance.now();', lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: 'export const user = process.argv;', lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: 'setTimeout(() => {}, 1);', lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: 'globalThis.setInterval(() => {}, 1);', lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: "console.log('a');", lint: 'noRestrictedGlobals' },
  { where: 'src/domain', source: "import 'node:fs';", lint: 'noRestrictedImports' },
  {
    where: 'src/services',
    source: "import { randomBytes } from 'node:crypto';\nrandomBytes(1);",
    lint: 'noRestrictedImports',
  },
  {
    where: 'src/services',
    source: "import { setTimeout } from 'node:timers/promises';\nawait setTimeout(1);",
    lint: 'noRestrictedImports',
  },
  { where: 'src/services', source: 'export const now = Date.now();', lint: 'noJsRestrictedProperties' },
  { where: 'src/http', source: 'export const port = process.env.PORT;', lint: 'noProcessEnv' },
  { where: 'src/http', source: 'export const value: any = 1;', lint: 'noExplicitAny' },
  { where: 'src/http', source: 'async function go(): Promise<void> {}\ngo();', lint: 'noFloatingPromises' },
  {
    where: 'src/http',
    source: 'async function go(): Promise<void> {}\n[1].forEach(async () => go());',
    lint: 'noMisusedPromises',
  },
  {
    where: 'src/http',
    source: 'export const f = (a: 1, b: 1, c: 1, d: 1) => [a, b, c, d];',
    lint: 'useMaxParams',
  },
  {
    where: 'src/http',
    source: `export function f(touch: () => void) {\n${longBody(61)}\n}`,
    lint: 'noExcessiveLinesPerFunction',
  },
  { where: 'src/http', source: 'touch();\n'.repeat(401), lint: 'noExcessiveLinesPerFile' },
  { where: 'test', source: 'touch();\n'.repeat(601), lint: 'noExcessiveLinesPerFile' },
  {
    where: 'test',
    source: "import { it } from 'vitest';\nit.only('a test', () => {});",
    lint: 'noFocusedTests',
  },
  {
    where: 'test',
    source: "import { it } from 'vitest';\nit.skip('a test', () => {});",
    lint: 'noSkippedTests',
  },
];

const ALLOWED: readonly Source[] = [
  { where: 'src/domain', source: 'export const start = new Date(0).toISOString();' },
  { where: 'src/domain', source: `export function f(touch: () => void) {\n${longBody(60)}\n}` },
  { where: 'src/platform', source: 'export const now = Date.now() + Math.random();' },
  { where: 'src/config', source: 'export const port = process.env.PORT;' },
  { where: 'test', source: `export function f(touch: () => void) {\n${longBody(61)}\n}` },
];

function inFiles<Case extends Source>(name: string, cases: readonly Case[]) {
  return cases.map((each, index) => ({
    ...each,
    begins: each.source.split('\n', 1)[0],
    path: `packages/server/${each.where}/${name}-${index}.test.ts`,
  }));
}

describe('[OP-19] the lints', () => {
  const folder = createTemporaryFolder();
  const planted = inFiles('planted', PLANTED);
  const allowed = inFiles('allowed', ALLOWED);
  let findings: readonly Finding[];

  const lintsThatFind = (path: string) =>
    findings
      .filter(({ location }) => location.path === path)
      .map(({ category }) => category.split('/').at(-1));

  beforeAll(async () => {
    for (const copied of ['biome.json', '.gitignore', 'tools/lint']) {
      cpSync(join(repositoryRoot, copied), join(folder, copied), { recursive: true });
    }
    for (const { path, source } of [...planted, ...allowed]) writeFile(join(folder, path), `${source}\n`);
    writeFile(join(folder, 'packages/server/src/http/a.ts'), "export { b } from './b.ts';\n");
    writeFile(
      join(folder, 'packages/server/src/http/b.ts'),
      "export { a } from './a.ts';\nexport const b = 1;\n",
    );
    findings = await lint(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(planted)('[OP-19] find by $lint what is planted in $where: $begins', ({ path, lint: name }) => {
    expect(lintsThatFind(path)).toContain(name);
  });

  it('[OP-19] find an import cycle', () => {
    expect(lintsThatFind('packages/server/src/http/a.ts')).toContain('noImportCycles');
  });

  it.each(allowed)('[OP-19] allow in $where: $begins', ({ path }) => {
    expect(lintsThatFind(path)).toEqual([]);
  });
});

/** Lints a folder as `npm run lint` does; only what would fail that command counts as found. */
async function lint(folder: string): Promise<readonly Finding[]> {
  const biome = join(repositoryRoot, 'node_modules/@biomejs/biome/bin/biome');
  const reportFile = join(folder, 'report.json');
  await runCommand(
    [
      process.execPath,
      biome,
      'lint',
      '--reporter=json',
      `--reporter-file=${reportFile}`,
      '--max-diagnostics=none',
    ],
    { cwd: folder, env: process.env },
  );
  const report: { diagnostics: readonly Finding[] } = JSON.parse(readFileSync(reportFile, 'utf8'));
  return report.diagnostics.filter(({ severity }) => severity === 'error' || severity === 'warning');
}
