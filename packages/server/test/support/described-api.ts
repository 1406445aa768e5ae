import {
  hasShapeOf,
  type OpenApiDocument,
  type OpenApiMedia,
  type OpenApiOperation,
  type OpenApiResponse,
  type PathSegment,
  parsePathTemplate,
} from '@rollcall/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parseJsonObject } from '../../src/http/request-body.ts';

/** A request of a test and what came of it, as far as a document speaks of them. */
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

interface ApiParts {
  readonly document: OpenApiDocument;
  readonly basePath: string;
  readonly operations: readonly { readonly method: string; readonly path: string }[];
  /** Whether what was asked for was done, so that the request has to fit too. */
  readonly isDone: (exchange: Exchange) => boolean;
}

/** Headers of ours; those of HTTP are not told. */
const OWN_HEADERS = [
  'set-guid',
  'guid',
  'set-cookie',
  'event-position',
  'retry-after',
  'allow',
  'www-authenticate',
];
const JSON_TYPE = 'application/json';
const ajv = new Ajv2020({ strict: false, inlineRefs: false });
const compiled = new WeakMap<object, ValidateFunction>();

/** One API and the document that has to describe what is exchanged with it. */
export class DescribedApi {
  readonly #document: OpenApiDocument;
  readonly #base: readonly string[];
  /** The ones without parameters first: they stand before what has their shape. */
  readonly #known: readonly Known[];
  readonly #isDone: ApiParts['isDone'];
  readonly #schemas = new WeakMap<OpenApiMedia, object>();

  constructor({ document, basePath, operations, isDone }: ApiParts) {
    this.#document = document;
    this.#base = basePath.split('/').slice(1);
    this.#isDone = isDone;
    this.#known = operations
      .map(({ method, path }) => ({ method: method.toUpperCase(), template: parsePathTemplate(path) }))
      .toSorted((one, other) => parameterCount(one) - parameterCount(other));
  }

  /** The parts of a path below the base; undefined where it lies elsewhere, or cannot be read. */
  segmentsOf(path: string): readonly string[] | undefined {
    const [address = ''] = path.split('?', 1);
    try {
      const all = address.split('/').flatMap((part) => (part === '' ? [] : [decodeURIComponent(part)]));
      return this.#base.every((part, index) => all[index] === part)
        ? all.slice(this.#base.length)
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Throws {@link NotDescribed} where the exchange and the document differ; gives whether it was with a known operation. */
  check(exchange: Exchange): boolean {
    const segments = this.segmentsOf(exchange.path);
    const known = segments && this.#known.find((each) => isAddressed(each, exchange.method, segments));
    if (segments === undefined || known === undefined) return false;
    const operation = this.#operationOf(known);
    const place = `${exchange.method} ${operation.operationId}`;
    const response = this.#response(operation, exchange.status);
    if (response === undefined) throw new NotDescribed(`${place}: status ${exchange.status}`);
    this.#checkAnswer(place, response, exchange);
    if (!this.#isDone(exchange)) return true;
    this.#checkParameters(place, operation, { known, segments, path: exchange.path });
    const media = operation.requestBody?.content[JSON_TYPE];
    if (media !== undefined) {
      check(`${place}: body`, this.#schemaOf(media, 'open'), parseJsonObject(exchange.body));
    }
    return true;
  }

  #operationOf({ method, template }: Known): OpenApiOperation {
    const path = template
      .map((part) => (part.kind === 'literal' ? `/${part.text}` : `/{${part.name}}`))
      .join('');
    const operation = this.#document.paths[path]?.[method.toLowerCase() as 'get'];
    if (operation === undefined) throw new NotDescribed(`${method} ${path} is not in the document`);
    return operation;
  }

  #response({ responses }: OpenApiOperation, status: number): OpenApiResponse | undefined {
    const response = responses[status];
    if (response === undefined || !('$ref' in response)) return response;
    return this.#document.components.responses?.[nameIn(response.$ref)];
  }

  #checkAnswer(place: string, response: OpenApiResponse, { status, rawHeaders, text }: Exchange): void {
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
      const isType = name.toLowerCase() === 'content-type';
      if (isType && value !== JSON_TYPE) throw new NotDescribed(`${place}: answer ${status} is ${value}`);
      if (!OWN_HEADERS.includes(name.toLowerCase())) continue;
      const header = response.headers?.[name] && this.#document.components.headers?.[name];
      if (header === undefined) throw new NotDescribed(`${place}: header ${name}: ${value}`);
      check(`${place}: header ${name}`, header.schema, value);
    }
    // Tests want to know of a key that the document does not have; clients are to pass over it.
    const media = response.content[JSON_TYPE];
    if (media === undefined) throw new NotDescribed(`${place}: answer ${status} is no JSON`);
    const schema = this.#schemaOf(media, 'closed');
    check(`${place}: answer ${status}`, schema, JSON.parse(text));
  }

  #checkParameters(place: string, operation: OpenApiOperation, { known, segments, path }: Asked): void {
    const inPath = new Map(
      known.template.flatMap((part, index) =>
        part.kind === 'parameter' ? [[part.name, segments[index]]] : [],
      ),
    );
    const [, query = ''] = path.split(/\?(.*)/s, 2);
    const inQuery = new Map(new URLSearchParams(query));
    for (const parameter of operation.parameters) {
      if ('$ref' in parameter) continue;
      const { name, in: where, required, schema } = parameter;
      const value = where === 'path' ? inPath.get(name) : inQuery.get(name);
      if (value !== undefined) check(`${place}: ${name}`, schema, value);
      else if (required) throw new NotDescribed(`${place}: ${name} is missing`);
    }
  }

  /** The schema without references, made once: the same part of a document is always asked for alike. */
  #schemaOf(media: OpenApiMedia, keys: 'open' | 'closed'): object {
    const schema = this.#schemas.get(media) ?? this.#inlined(media.schema, keys);
    this.#schemas.set(media, schema);
    return schema;
  }

  #inlined(part: unknown, keys: 'open' | 'closed'): object {
    if (typeof part !== 'object' || part === null) return part as never;
    if (Array.isArray(part)) return part.map((each) => this.#inlined(each, keys));
    const { $ref } = part as { readonly $ref?: string };
    if ($ref !== undefined) return this.#inlined(this.#document.components.schemas[nameIn($ref)], keys);
    const parts = Object.fromEntries(
      Object.entries(part).map(([key, value]) => [key, this.#inlined(value, keys)]),
    );
    const isClosed = keys === 'closed' && Object.hasOwn(parts, 'properties');
    return isClosed ? { ...parts, additionalProperties: false } : parts;
  }
}

interface Asked {
  readonly known: Known;
  readonly segments: readonly string[];
  readonly path: string;
}

function parameterCount({ template }: Known): number {
  return template.filter(({ kind }) => kind === 'parameter').length;
}

function isAddressed({ method, template }: Known, asked: string, segments: readonly string[]): boolean {
  return method === asked && hasShapeOf(segments, template);
}

function nameIn(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

function check(place: string, schema: object, value: unknown): void {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return;
  const shown = JSON.stringify(value)?.slice(0, 400);
  throw new NotDescribed(`${place}: ${ajv.errorsText(validate.errors)} in ${shown}`);
}
