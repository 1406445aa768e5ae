import { LATER_OPERATIONS, OPERATIONS } from '@rollcall/contract';
import { expect, it } from 'vitest';
import { COMPATIBILITY_PATH, compatibilityPage } from '../../scripts/compatibility.ts';
import { DEVIATIONS } from '../../scripts/deviations.ts';
import { findRules } from '../../scripts/spec.ts';
import { findRepositoryFiles, readRepositoryFile } from './support/repository.ts';

const page = readRepositoryFile(COMPATIBILITY_PATH);

it('[OA-11] the page on compatibility is up to date; else run npm run generate', () => {
  expect(page).toBe(compatibilityPage());
});

it('[OA-11] the page on compatibility has one row for every operation', () => {
  const rows = page.match(/^\| \w+ \| \w+ \| `(GET|PUT|POST|DELETE) \S+` \| /gm) ?? [];
  expect(rows).toHaveLength(Object.keys(OPERATIONS).length + LATER_OPERATIONS.length);
});

it('[OA-11] the page on compatibility names rules that exist, and each deviation has one', () => {
  const known = findRepositoryFiles('docs/spec/*.md').flatMap((path) => findRules(readRepositoryFile(path)));
  const named = page.match(/\b[A-Z]{2}-\d+\b/g) ?? [];
  expect(named.filter((rule) => !known.includes(rule))).toEqual([]);
  for (const { subject, rules } of DEVIATIONS) expect(rules, subject).not.toEqual([]);
});
