import { describe, expect, it } from 'vitest';
import {
  BASE_PATH,
  FAMILIES,
  LATER_FAMILIES,
  LATER_OPERATIONS,
  laterCodes,
  OPERATIONS,
  parsePathTemplate,
  RESULT_CODES,
  WIRE_EVENT_TYPES,
} from '../src/index.ts';
import { readDocument, shownPath, tableRows } from './documents.ts';

const operations = Object.values(OPERATIONS);
/** Codes that the transport answers without looking at an operation. */
const TRANSPORT_CODES = ['000-002', '000-006'];

const ASKED_FOR = {
  password: 'password',
  account: 'account, password',
  session: 'token',
  anySession: 'token, also of an ended session',
  peer: 'a trusted peer',
} as const;

describe('the catalogue of result codes', () => {
  it('holds exactly the codes that some operation or the transport may answer [SI-35]', () => {
    const answered = new Set([
      ...operations.flatMap(({ resultCodes }) => resultCodes),
      ...LATER_OPERATIONS.flatMap(laterCodes),
      ...TRANSPORT_CODES,
    ]);
    expect([...answered].toSorted()).toEqual(Object.keys(RESULT_CODES).toSorted());
    const names = Object.values(RESULT_CODES).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is documented code by code, with message and remedy', () => {
    const documented = readDocument('api.md');
    for (const [code, { message, remedy }] of Object.entries(RESULT_CODES)) {
      if (code !== '0') expect(documented).toContain(`| ${code} | ${message} | ${remedy} |`);
    }
  });

  it('loginex lists the codes that its rule lists [SI-35]', () => {
    const rule = /\*\*SI-35\*\*[^:]*: ([^.]*)\./s.exec(readDocument('spec/sign-in.md'))?.[1] ?? '';
    expect(OPERATIONS.loginEx.resultCodes).toEqual(rule.split(/,\s+/));
  });
});

describe('the events', () => {
  it('are each documented', () => {
    const rows = readDocument('api.md').match(/^\| (?:QC_)?Agent\w+(?= \| )/gm) ?? [];
    expect(rows.toSorted()).toEqual(WIRE_EVENT_TYPES.map((type) => `| ${type}`).toSorted());
  });
});

describe('the operations', () => {
  const documented = () =>
    tableRows('api.md', '| operation | method and path | asks for | codes beside `0` |');

  it.each(operations)('$logName is documented with its path, what it asks for and its codes', (operation) => {
    const { logName, method, path, access, resultCodes } = operation;
    const codes = resultCodes.filter((code) => code !== '0').toSorted();
    expect(documented()).toContainEqual([
      logName,
      `\`${method} ${shownPath(path)}\``,
      ASKED_FOR[access],
      codes.join(', '),
    ]);
  });

  it('are the only ones in the table', () => {
    expect(documented()).toHaveLength(operations.length);
  });

  it('have paths of known families, and no two the same method and shape [WI-8]', () => {
    const shapes = [...operations, ...LATER_OPERATIONS].map(({ method, path }) => {
      const segments = parsePathTemplate(path).map((part) => (part.kind === 'literal' ? part.text : '*'));
      expect([...FAMILIES], path).toContain(segments[0]);
      return `${method} ${segments.join('/')}`;
    });
    expect(new Set(shapes).size).toBe(shapes.length);
    expect(BASE_PATH).toBe('/agentgateway/resource');
    expect(LATER_FAMILIES.some((family) => FAMILIES.some((known) => known === (family as string)))).toBe(
      false,
    );
  });
});
