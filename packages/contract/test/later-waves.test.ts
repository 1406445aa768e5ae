import { describe, expect, it } from 'vitest';
import { LATER_OPERATIONS, type LaterAnswer, OPERATIONS } from '../src/index.ts';
import { shownPath, tableRows } from './documents.ts';

function shownAnswer(answer: LaterAnswer): string {
  switch (answer.kind) {
    case 'empty':
      return `result \`${JSON.stringify(answer.result)}\``;
    case 'noCall':
      return `\`${answer.code}\``;
    case 'notOffered':
      return 'not offered';
  }
}

function nameOf({ path, logName }: { readonly path: string; readonly logName: string }): string {
  return `${path.split('/')[1]} ${logName}`;
}

describe('the operations that this release does not do', () => {
  it('are the rows of the rules, each with its answer [OC-1]', () => {
    const ruled = tableRows('spec/operations.md', '| answer | family | operations |').flatMap(
      ([answer, family, names = '']) => names.split(', ').map((name) => `${family} ${name}: ${answer}`),
    );
    const known = LATER_OPERATIONS.map((later) => `${nameOf(later)}: ${shownAnswer(later.answer)}`);
    expect(known.toSorted()).toEqual(ruled.toSorted());
  });

  it('have each one name in their family, which no operation has that is done [OC-1]', () => {
    const names = [...LATER_OPERATIONS, ...Object.values(OPERATIONS)].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it('on recordings and playbacks have each a code to themselves [OC-2]', () => {
    const codes = LATER_OPERATIONS.flatMap(({ path, answer }) =>
      path.startsWith('/recordplay/') && answer.kind === 'noCall' ? [answer.code] : [],
    );
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('are documented with path, body and answer', () => {
    const rows = tableRows('api.md', '| operation | method and path | body | answer |');
    const known = LATER_OPERATIONS.map(({ logName, method, path, hasBody, answer }) => [
      logName,
      `\`${method} ${shownPath(path)}\``,
      hasBody ? 'JSON' : '–',
      shownAnswer(answer),
    ]);
    expect(rows).toEqual(known);
  });
});
