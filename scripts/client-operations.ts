import {
  describeGatewayApi,
  isMandatory,
  OPERATIONS,
  type Operation,
  type OperationName,
  type ParameterSchema,
  parametersIn,
  parsePathTemplate,
  RESULT_CODES,
  SESSION_CODES,
  WIRE_EVENT_TYPES,
} from '@rollcall/contract';
import { CLIENT_NAMES, COVERED_OPERATIONS } from './client-names.ts';
import { SchemaTypes } from './schema-types.ts';

const FOLDER = 'packages/client/src/generated';
const HEAD =
  '// Made by `npm run generate` from the contract; change that, or scripts/client-names.ts, not this file.\n';

/** The client's part that is made from the contract: texts by their paths from the root of the repository. */
export function clientFiles(): Readonly<Record<string, string>> {
  return {
    [`${FOLDER}/operations.ts`]: operationsFile(),
    [`${FOLDER}/result-codes.ts`]: resultCodesFile(),
    [`${FOLDER}/event-types.ts`]: eventTypesFile(),
  };
}

/** One parameter of an operation, by the client's name. */
interface Parameter {
  readonly name: string;
  readonly wire: string;
  readonly place: 'path' | 'query' | 'body';
  readonly type: string;
  readonly isMandatory: boolean;
}

interface ClientOperation {
  readonly name: string;
  readonly wireName: OperationName;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
}

/** Every operation that is a function of the client. */
export function clientOperations(): readonly ClientOperation[] {
  return (Object.keys(OPERATIONS) as OperationName[])
    .filter((wireName) => COVERED_OPERATIONS[wireName] === undefined)
    .map((wireName) => ({
      name: CLIENT_NAMES[wireName]?.name ?? wireName,
      wireName,
      operation: OPERATIONS[wireName],
      parameters: parametersOf(wireName, OPERATIONS[wireName]),
    }));
}

function parametersOf(wireName: OperationName, { path, query, body }: Operation): readonly Parameter[] {
  const renamed = Object.entries(CLIENT_NAMES[wireName]?.parameters ?? {});
  const parameter = (wire: string, rest: Omit<Parameter, 'name' | 'wire'>): Parameter => {
    const [name, own] = renamed.find(([, each]) => each.wire === wire) ?? [wire, undefined];
    return { ...rest, name, wire, type: own?.type ?? rest.type };
  };
  const [, ...inPath] = parsePathTemplate(path).filter((part) => part.kind === 'parameter');
  return [
    ...inPath.map(({ name, pattern }) =>
      parameter(name, { place: 'path', type: pathType(pattern), isMandatory: true }),
    ),
    ...parametersIn(query ?? NOTHING).map(([wire, schema]) =>
      parameter(wire, { place: 'query', type: inputType(schema), isMandatory: isMandatory(schema) }),
    ),
    ...parametersIn(body ?? NOTHING).map(([wire, schema]) =>
      parameter(wire, { place: 'body', type: inputType(schema), isMandatory: isMandatory(schema) }),
    ),
  ];
}

const NOTHING = { properties: {} } as Parameters<typeof parametersIn>[0];

/** What only digits fit is a number. */
function pathType(pattern: RegExp | undefined): string {
  return pattern !== undefined && /^[^.a-zA-Z]+$/.test(pattern.source.replace('^(?:', ''))
    ? 'number'
    : 'string';
}

function inputType({ type, enum: choices, pattern }: ParameterSchema): string {
  if (choices !== undefined) return choices.join(' | ');
  switch (type) {
    case 'integer':
      return 'number';
    case 'array':
      return 'readonly number[]';
    case 'string':
      return pattern?.includes('[0-9]') === true ? 'string | number' : 'string';
    case 'boolean':
      return 'boolean';
  }
}

function operationsFile(): string {
  const types = new SchemaTypes();
  const operations = clientOperations();
  const functions = operations.map((operation) => functionText(operation, types));
  const rows = operations.map(rowText);
  return `${HEAD}import type { CallOptions } from '../gateway-call.ts';
import type { OperationRow } from '../operation-calls.ts';

${types
  .interfaces()
  .map((text) => `${text}\n`)
  .join('\n')}
/** What a session can do, one function an operation; the session's own agent is the one that does it. */
export interface Operations {
${functions.join('\n')}}

/** How each is sent. */
export const OPERATION_ROWS: Readonly<Record<keyof Operations, OperationRow>> = {
${rows.join('')}};
`;
}

function functionText(client: ClientOperation, types: SchemaTypes): string {
  const { name, wireName, operation, parameters } = client;
  const own = operation.resultCodes.filter((code) => !SESSION_CODES.some((common) => common === code));
  const codes = own.length === 0 ? '' : ` May refuse with ${own.join(', ')}.`;
  const wire = `${wireName}, \`${operation.method} ${shownPath(operation)}\``;
  const result = operation.result === undefined ? 'void' : types.typeOf(operation.result);
  return `  /**
   * ${SUMMARIES.get(wireName)}.
   *
   * On the wire: ${wire}.${codes}
   */
  ${name}(${inputText(parameters)}options?: CallOptions): Promise<${result}>;
`;
}

function inputText(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const mark = parameters.some(({ isMandatory: isNeeded }) => isNeeded) ? '' : '?';
  const fields = parameters.map(
    ({ name, type, isMandatory: isNeeded }) => `readonly ${name}${isNeeded ? '' : '?'}: ${type}`,
  );
  return `input${mark}: { ${fields.join('; ')} }, `;
}

function rowText({ name, wireName, operation, parameters }: ClientOperation): string {
  const { method } = operation;
  const names = (place: Parameter['place']) =>
    parameters.filter((each) => each.place === place).map((each) => `${each.name}: '${each.wire}'`);
  const part = (place: 'query' | 'body') =>
    names(place).length === 0 ? '' : `, ${place}: { ${names(place).join(', ')} }`;
  const path = rowPath(operation, parameters);
  return `  ${name}: { wireName: '${wireName}', method: '${method}', path: '${path}'${part('query')}${part('body')} },\n`;
}

/** The path with the client's names in it, the caller left out: `{}` stands for it. */
function rowPath({ path }: Operation, parameters: readonly Parameter[]): string {
  let isFirst = true;
  return parsePathTemplate(path)
    .map((part) => {
      if (part.kind === 'literal') return `/${part.text}`;
      if (isFirst) {
        isFirst = false;
        return '/{}';
      }
      return `/{${parameters.find(({ place, wire }) => place === 'path' && wire === part.name)?.name}}`;
    })
    .join('');
}

function shownPath({ path }: Operation): string {
  return parsePathTemplate(path)
    .map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`))
    .join('');
}

const SUMMARIES: ReadonlyMap<string, string> = new Map(
  Object.values(describeGatewayApi('').paths).flatMap((item) =>
    Object.values(item).map(({ operationId, summary }) => [operationId, summary ?? '']),
  ),
);

function resultCodesFile(): string {
  const rows = Object.entries(RESULT_CODES)
    .filter(([code]) => code !== '0')
    .map(
      ([code, { name, message, remedy }]) =>
        `  '${code}': {\n    name: '${name}',\n    meaning: ${JSON.stringify(message)},\n    remedy: ${JSON.stringify(remedy)},\n  },\n`,
    );
  return `${HEAD}
/** Every code with which the gateway API refuses: what it means, and what to do. */
export const RESULT_CODES = {
${rows.join('')}} as const;

export type ResultCode = keyof typeof RESULT_CODES;
`;
}

function eventTypesFile(): string {
  const rows = WIRE_EVENT_TYPES.map((type) => `  '${type}',\n`);
  return `${HEAD}
/** Names of the events that a server of this release sends. A later one may send others. */
export const EVENT_TYPES = [
${rows.join('')}] as const;

export type EventType = (typeof EVENT_TYPES)[number];
`;
}
