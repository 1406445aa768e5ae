import {
  BASE_PATH,
  describeGatewayApi,
  hasShapeOf,
  LATER_OPERATIONS,
  OPERATIONS,
  type OpenApiMedia,
  type OpenApiOperation,
  type OpenApiResponse,
  type PathSegment,
  parsePathTemplate,
} from '@rollcall/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parseJsonObject } from '../../src/http/request-body.ts';

/** A request of a test and what came of it, as far as the document speaks of them. */
export interface Exchange {
  readonly method: string;
  /** The whole path, query included. */
  readonly path: string;
  readonly body: Buffer;
  readonly status: number;
  /** Names and values alternating. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

/** An answer, or a request that was done, does not fit the document. */
export class NotDescribed extends Error {
  override readonly name = 'NotDescribed';
}

interface Known {
  readonly method: string;
  readonly template: readonly PathSegment[];
}

/** The ones without parameters first: they stand before what has their shape. */
const KNOWN: readonly Known[] = [...Object.values(OPERATIONS), ...LATER_OPERATIONS]
  .map(({ method, path }) => ({ method, template: parsePathTemplate(path) }))
  .toSorted((one, other) => parameterCount(one) - parameterCount(other));

function parameterCount({ template }: Known): number {
  return template.filter(({ kind }) => kind === 'parameter').length;
}

/** Headers of ours; those of HTTP are not told. */
const OWN_HEADERS = ['set-guid', 'guid', 'set-cookie', 'event-position', 'retry-after', 'allow'];
const DOCUMENT = describeGatewayApi('0.1.0');

/** Compares an exchange with the gateway's document; throws {@link NotDescribed} where they differ. */
export function checkDescribed(exchange: Exchange): void {
  const [address = '', query = ''] = exchange.path.split(/\?(.*)/s, 2);
  const segments = segmentsBelowBase(address);
  const known = segments && KNOWN.find((each) => isAddressed(each, exchange.method, segments));
  if (segments === undefined || known === undefined) return;
  const operation = operationOf(known);
  const place = `${exchange.method} ${operation.operationId}`;
  const response = resolved(operation.responses[exchange.status], DOCUMENT.components.responses);
  if (response === undefined) throw new NotDescribed(`${place}: status ${exchange.status}`);
  checkAnswer(place, response, exchange);
  if (JSON.parse(exchange.text).retcode !== '0') return;
  checkParameters(place, operation, { known, segments, query });
  const media = operation.requestBody?.content['application/json'];
  if (media !== undefined) check(`${place}: body`, media.schema, parseJsonObject(exchange.body));
}

function isAddressed({ method, template }: Known, asked: string, segments: readonly string[]): boolean {
  return method === asked && hasShapeOf(segments, template);
}

function segmentsBelowBase(address: string): readonly string[] | undefined {
  const base = BASE_PATH.split('/').slice(1);
  try {
    const all = address.split('/').flatMap((part) => (part === '' ? [] : [decodeURIComponent(part)]));
    return base.every((part, index) => all[index] === part) ? all.slice(base.length) : undefined;
  } catch {
    return undefined;
  }
}

function operationOf({ method, template }: Known): OpenApiOperation {
  const path = template
    .map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`))
    .join('');
  const operation = DOCUMENT.paths[path]?.[method.toLowerCase() as 'get'];
  if (operation === undefined) throw new NotDescribed(`${method} ${path} is not in the document`);
  return operation;
}

function resolved<Part extends object>(
  part: Part | { readonly $ref: string } | undefined,
  named: Readonly<Record<string, Part>> | undefined,
): Part | undefined {
  return part !== undefined && '$ref' in part ? named?.[part.$ref.split('/').at(-1) ?? ''] : part;
}

function checkAnswer(place: string, response: OpenApiResponse, { status, rawHeaders, text }: Exchange): void {
  check(`${place}: answer ${status}`, closed(response.content['application/json']), JSON.parse(text));
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!OWN_HEADERS.includes(name.toLowerCase())) continue;
    const header = response.headers?.[name] && DOCUMENT.components.headers?.[name];
    if (header === undefined) throw new NotDescribed(`${place}: header ${name}: ${value}`);
    check(`${place}: header ${name}`, header.schema, value);
  }
}

interface Asked {
  readonly known: Known;
  readonly segments: readonly string[];
  readonly query: string;
}

function checkParameters(
  place: string,
  operation: OpenApiOperation,
  { known, segments, query }: Asked,
): void {
  const inPath = new Map(
    known.template.flatMap((part, index) =>
      part.kind === 'parameter' ? [[part.name, segments[index]]] : [],
    ),
  );
  const inQuery = new Map(new URLSearchParams(query));
  for (const parameter of operation.parameters) {
    if ('$ref' in parameter) continue;
    const { name, in: where, required, schema } = parameter;
    const value = where === 'path' ? inPath.get(name) : inQuery.get(name);
    if (value !== undefined) check(`${place}: ${name}`, schema, value);
    else if (required) throw new NotDescribed(`${place}: ${name} is missing`);
  }
}

const ajv = new Ajv2020({ strict: false, inlineRefs: false });
const compiled = new WeakMap<object, ValidateFunction>();
const closedMedia = new WeakMap<OpenApiMedia, object>();

/** Tests want to know of a key that the document does not have; clients are to pass over it. */
function closed(media: OpenApiMedia): object {
  const known = closedMedia.get(media) ?? (closeObjects(media.schema) as object);
  closedMedia.set(media, known);
  return known;
}

function closeObjects(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(closeObjects);
  const { $ref } = part as { readonly $ref?: string };
  if ($ref !== undefined) return closeObjects(DOCUMENT.components.schemas[$ref.split('/').at(-1) ?? '']);
  const parts = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closeObjects(value)]));
  return Object.hasOwn(parts, 'properties') ? { ...parts, additionalProperties: false } : parts;
}

function check(place: string, schema: object, value: unknown): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return;
  const shown = JSON.stringify(value)?.slice(0, 400);
  throw new NotDescribed(`${place}: ${ajv.errorsText(validate.errors)} in ${shown}`);
}
