import { describe, expect, it } from 'vitest';
import { compareRules, describeReport, filesThatRun, findNamedRules, findRules } from '../../scripts/spec.ts';

// Ids are put together here, since this file's own text is searched for ids in brackets too.
const bold = (id: string) => `**${id}**`;
const named = (id: string) => `[${id}]`;

describe('[OP-17] rules and the tests that name them', () => {
  it('[OP-17] finds rules in list items, paragraphs and table cells', () => {
    const markdown = [
      '# A title',
      `- ${bold('SI-1')} A list item.`,
      `  1. ${bold('SI-2.3')} A numbered item.`,
      '',
      `${bold('WI-4')} A paragraph that mentions ${bold('WI-5')} in passing.`,
      `| ${bold('DL-6')} | text |`,
      `| text | ${bold('DL-7')} text |`,
      `| see ${bold('DL-8')} | text |`,
    ].join('\n');

    expect(findRules(markdown)).toEqual(['SI-1', 'SI-2.3', 'WI-4', 'DL-6', 'DL-7']);
  });

  it('[OP-17] takes an example in a code block for no rule', () => {
    const markdown = ['```markdown', `${bold('SI-1')} An example.`, '```', `${bold('SI-2')} A rule.`];

    expect(findRules(markdown.join('\n'))).toEqual(['SI-2']);
  });

  it('[OP-17] finds ids in titles, tables of cases and template strings, but not in comments', () => {
    const source = [
      `// ${named('AA-1')}`,
      `/* ${named('AA-2')} */`,
      `it('${named('AA-3')} ${named('AA-4')} a title with https://in.it', () => {});`,
      `it.each([['${named('AA-5')} a case', 1]])('%s', (n: string) => {});`,
      `it(\`${named('AA-6.1')} a \${word}\`, () => {});`,
      `const list = ${named('AA-7')};`,
    ].join('\n');

    expect(findNamedRules(source, 'sample.test.ts')).toEqual(['AA-3', 'AA-4', 'AA-5', 'AA-6.1']);
  });

  it('[OP-17] counts a shared suite only when a test file imports it', () => {
    const sources = new Map([
      ['test/storage/a.test.ts', "import { suite } from './suite.ts';"],
      ['test/storage/suite.ts', "export { part } from '../parts/part.ts';\nimport '../../src/gone.ts';"],
      ['test/parts/part.ts', ''],
      ['test/storage/forgotten-suite.ts', ''],
    ]);

    expect(filesThatRun(sources)).toEqual([
      'test/storage/a.test.ts',
      'test/storage/suite.ts',
      'test/parts/part.ts',
    ]);
  });

  it('[OP-17] reports rules without a test, unknown rules and rules stated twice', () => {
    const report = compareRules(['SI-1', 'SI-2', 'SI-1'], ['SI-2', 'SI-9']);

    expect(report).toEqual({ ruleCount: 2, untested: ['SI-1'], unknown: ['SI-9'], duplicate: ['SI-1'] });
    expect(describeReport(report)).toEqual({
      isSound: false,
      text: [
        'rules without a test: SI-1',
        'rules named by a test, but not in docs/spec: SI-9',
        'rules stated twice: SI-1',
      ].join('\n'),
    });
  });

  it('[OP-17] is content when each rule is named, and never with no rules at all', () => {
    expect(describeReport(compareRules(['SI-1'], ['SI-1']))).toEqual({
      isSound: true,
      text: '1 rules, each named by a test',
    });
    expect(describeReport(compareRules([], []))).toEqual({ isSound: false, text: 'no rules in docs/spec' });
  });
});
