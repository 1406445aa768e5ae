import {
  describeGatewayApi,
  isMandatory,
  type JsonSchema,
  OPERATIONS,
  type OpenApiOperation,
  type Operation,
  type ParameterSchema,
  parametersIn,
} from '@rollcall/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { coerce } from '../../src/http/coercion.ts';

const FORMS: readonly unknown[] = [
  ...[
    undefined,
    null,
    '',
    ' ',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '11',
    '04',
    '4.0',
    '-1',
    '1e1',
    '200',
    '249',
    '251',
  ],
  ...['true', 'TRUE', 'False', 'yes', '1;5', '291;292', '1;', '127.0.0.1', '127.0.0.1.', '1.2.3.256', 'a b'],
  ...[
    'k3v9.17',
    'k3v9.017',
    '40038',
    '4003\u0000',
    'ü',
    '🙂',
    '291',
    '99',
    'a-b_c',
    'a/b',
    '65534',
    '999999999',
  ],
  ...[15, 24, 25, 32, 33, 50, 51, 64, 65, 200, 201, 512, 513, 4_000, 4_001, 65_537].flatMap((length) => [
    'x'.repeat(length),
    '🙂'.repeat(length),
  ]),
  ...[true, false, 0, 1, -1, 2, 3, 4, 5, 11, 65_534, 65_535, 4.5, 1e20, 2 ** 53 - 1, 2 ** 53],
  ...[[], [1], ['1', 2], ['01'], [1.5], [null], [''], new Array(1_001).fill(1), {}, { a: 1 }],
];

/** The document's operations by their ids. */
const DESCRIBED: ReadonlyMap<string, OpenApiOperation> = new Map(
  Object.values(describeGatewayApi('0.1.0').paths).flatMap((item) =>
    Object.values(item).map((operation) => [operation.operationId, operation] as const),
  ),
);
const ajv = new Ajv2020({ strict: false });

interface Case {
  readonly title: string;
  readonly name: string;
  readonly parameter: ParameterSchema;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly inQuery: boolean;
}

function casesOf({ logName, body, query }: Operation): readonly Case[] {
  const described = DESCRIBED.get(logName);
  const inBody = described?.requestBody?.content['application/json'].schema;
  return parametersIn(body ?? query ?? Type.Object({})).map(([name, parameter]) => {
    const inQuery = described?.parameters.find(
      (each) => 'name' in each && each.name === name && each.in === 'query',
    );
    const told = inQuery !== undefined && 'schema' in inQuery ? inQuery : undefined;
    return {
      title: `${logName} ${name}`,
      name,
      parameter,
      schema: told?.schema ?? inBody?.properties?.[name] ?? {},
      isRequired: told?.required ?? inBody?.required?.includes(name) === true,
      inQuery: told !== undefined,
    };
  });
}

const CASES = Object.values(OPERATIONS).flatMap(casesOf);

describe('a parameter of a request', () => {
  it.each(CASES)('$title is taken in exactly the forms that the document has [OA-4]', (each) => {
    const { name, parameter, schema, isRequired, inQuery } = each;
    expect(isRequired).toBe(isMandatory(parameter));
    const fits = ajv.compile(schema);
    // What is in a query is text.
    const forms = inQuery ? FORMS.filter((form) => form === undefined || typeof form === 'string') : FORMS;
    for (const form of forms) {
      const given = form === undefined ? {} : { [name]: form };
      const isTaken = coerce(Type.Object({ [name]: parameter }), given).kind === 'values';
      const isDescribed = form === undefined ? !isRequired : fits(form);
      const isRangeAsText = parameter.type === 'integer' && typeof form === 'string' && isDescribed;
      if (!isRangeAsText) expect(isDescribed, JSON.stringify(form)?.slice(0, 80)).toBe(isTaken);
      else if (parameter.enum !== undefined) expect(isTaken).toBe(true);
    }
  });
});
