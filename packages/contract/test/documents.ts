import { readFileSync } from 'node:fs';
import { parsePathTemplate } from '../src/index.ts';

/** The text of a page below docs/. */
export function readDocument(path: string): string {
  return readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
}

/** The cells of each row of the table that has this header; none where no table has it. */
export function tableRows(path: string, header: string): readonly (readonly string[])[] {
  const lines = readDocument(path).split('\n');
  const place = lines.indexOf(header);
  if (place < 0) return [];
  const below = lines.slice(place + 2);
  const rows = below.slice(0, below.indexOf(''));
  return rows.map((row) => row.slice(2, -2).split(' | '));
}

/** A path template without its patterns. */
export function shownPath(template: string): string {
  return parsePathTemplate(template)
    .map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`))
    .join('');
}
