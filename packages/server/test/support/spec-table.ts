import { readFileSync } from 'node:fs';

/** Rows of the table under a heading of a document in docs/spec: the column heads, then the rows, without the rule. */
export function specTable(document: string, heading: string): readonly (readonly string[])[] {
  const spec = readFileSync(new URL(`../../../../docs/spec/${document}`, import.meta.url), 'utf8');
  const [, section = ''] = spec.split(`\n## ${heading}\n`);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
