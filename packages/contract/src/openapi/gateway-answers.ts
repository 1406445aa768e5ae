import { BATCH_PLACE_PATTERN } from '../events/batch-place.ts';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { StreamBeginning, StreamEnd } from '../events/event-stream.ts';
import { WireEvent } from '../events/wire-event.ts';
import { RESULT_CODES, type ResultCode } from '../result-codes.ts';
import type { DescribedOperation } from './described-operation.ts';
import { exampleOf } from './example.ts';
import { GATEWAY_SCHEMAS } from './gateway-schemas.ts';
import type {
  JsonSchema,
  OpenApiHeader,
  OpenApiMedia,
  OpenApiReference,
  OpenApiResponse,
} from './open-api.ts';

/** What a stream looks like; its blocks are described by the schemas that the text names. */
const EVENT_STREAM: OpenApiMedia = {
  schema: {
    type: 'string',
    description:
      'Server-sent events. First a block `recovered` with `StreamBeginning`, then a block an event with `WireEvent`, its ' +
      '`id` being its position; last a block `end` with `StreamEnd`.',
    contentMediaType: 'text/event-stream',
    contentSchema: {
      oneOf: [StreamBeginning, WireEvent, StreamEnd].map((schema) => GATEWAY_SCHEMAS.referring(schema)),
    },
  },
  examples: {
    begun: {
      value: `event: recovered\ndata: {"recovered":true}\n\nid: f801cb75711c.14\ndata: ${JSON.stringify(exampleOf(WireEvent))}\n\n`,
    },
  },
};

const TOKEN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.[A-Za-z0-9_-]+';

const header = (description: string, pattern: string): OpenApiHeader => ({
  description,
  schema: { type: 'string', pattern: `^${pattern}$` },
});

/** Headers that answers carry beside those of HTTP. */
export const ANSWER_HEADERS: Readonly<Record<string, OpenApiHeader>> = {
  'Set-GUID': header('The token, as `JSESSIONID=<token>.<node>`.', `JSESSIONID=${TOKEN}`),
  Guid: header('The token, as the header `Guid` of later calls wants it.', TOKEN),
  'Set-Cookie': header(
    'The same token for pages; `Secure` where the client speaks HTTPS.',
    `JSESSIONID=${TOKEN}; Path=/agentgateway;(?: Secure;)? HttpOnly; SameSite=Strict`,
  ),
  'Event-Position': header(
    "The event's place in its agent's log, `<epoch>.<sequence>`; of a trusted peer's batch, its place.",
    `(?:${POSITION_PATTERN.slice(1, -1)}|${BATCH_PLACE_PATTERN.slice(1, -1)})`,
  ),
  'Retry-After': header('Seconds to wait before the sign-in is tried again.', '[0-9]+'),
  Allow: header('The methods that the path has.', '[A-Z]+(?:, [A-Z]+)*'),
};

/** What the transport answers before an operation is looked at. */
export const TRANSPORT_RESPONSES: Readonly<Record<string, OpenApiResponse>> = {
  WrongMethod: {
    description: 'The path was called with a method that it does not have.',
    headers: headersNamed(['Allow']),
    content: { 'application/json': refusalOnly('000-002') },
  },
  TooLarge: {
    description: 'The body has more than 64 KiB.',
    content: { 'application/json': refusalOnly('000-006') },
  },
};

/** Every answer of an operation, by its HTTP status. */
export function answersOf(
  operation: DescribedOperation,
): Readonly<Record<string, OpenApiResponse | OpenApiReference>> {
  const headers = headerNames(operation);
  const hasSize = operation.method === 'PUT' || operation.method === 'POST';
  return {
    200: {
      description: 'Done, or refused: `retcode` tells.',
      ...(headers.length === 0 ? {} : { headers: headersNamed(headers) }),
      content: {
        'application/json': envelope(operation),
        ...(operation.isStream === true ? { 'text/event-stream': EVENT_STREAM } : {}),
      },
    },
    405: { $ref: '#/components/responses/WrongMethod' },
    ...(hasSize ? { 413: { $ref: '#/components/responses/TooLarge' } } : {}),
  };
}

function headerNames({
  access,
  givesToken,
  renewsToken,
  event,
  isStream,
}: DescribedOperation): readonly string[] {
  return [
    ...(givesToken === true ? ['Set-GUID', 'Guid', 'Set-Cookie'] : []),
    ...(renewsToken === true ? ['Set-GUID'] : []),
    ...(event === undefined || isStream === true ? [] : ['Event-Position']),
    ...(access === 'password' || access === 'account' ? ['Retry-After'] : []),
  ];
}

function headersNamed(names: readonly string[]): Readonly<Record<string, OpenApiReference>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function envelope(operation: DescribedOperation): OpenApiMedia {
  const refusals = operation.codes.filter((code) => code !== '0');
  const refusal = refusalSchema(refusals);
  // The last one is the operation's own, where it has one.
  const shown = refusals.at(-1);
  const examples = shown === undefined ? {} : { refused: { value: refusalExample(shown) } };
  if (!operation.codes.includes('0')) return { schema: refusal, examples };
  return {
    schema: { oneOf: [successSchema(operation), refusal] },
    examples: { done: { value: successExample(operation) }, ...examples },
  };
}

function successSchema({ result, event }: DescribedOperation): JsonSchema {
  return {
    type: 'object',
    required: ['message', 'retcode', ...(result === undefined ? [] : ['result'])],
    properties: {
      message: { type: 'string', const: '' },
      retcode: { type: 'string', const: '0' },
      ...(result === undefined ? {} : { result: GATEWAY_SCHEMAS.referring(result) }),
      ...(event === undefined ? {} : { event: GATEWAY_SCHEMAS.referring(event) }),
    },
  };
}

function refusalSchema(codes: readonly ResultCode[]): JsonSchema {
  const meanings = codes.map((code) => `- ${code}: ${RESULT_CODES[code].message}`);
  return {
    type: 'object',
    required: ['message', 'retcode'],
    properties: {
      message: { type: 'string', description: 'Says what happened; its words may change.' },
      retcode: { type: 'string', enum: codes, description: meanings.join('\n') },
    },
  };
}

function successExample({ result, event }: DescribedOperation): object {
  return {
    message: '',
    retcode: '0',
    ...(result === undefined ? {} : { result: exampleOf(result) }),
    ...(event === undefined ? {} : { event: exampleOf(event) }),
  };
}

function refusalExample(code: ResultCode): object {
  return { message: RESULT_CODES[code].message, retcode: code };
}

function refusalOnly(code: ResultCode): OpenApiMedia {
  return { schema: refusalSchema([code]), examples: { refused: { value: refusalExample(code) } } };
}
