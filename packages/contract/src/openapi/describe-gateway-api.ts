import { BASE_PATH, FAMILIES } from '../operations/operation.ts';
import { isMandatory, parametersIn } from '../operations/parameters.ts';
import { acceptedSchema } from './accepted-schema.ts';
import { type DescribedOperation, describedOperations } from './described-operation.ts';
import { exampleBody, exampleNamed } from './example.ts';
import { ANSWER_HEADERS, answersOf, TRANSPORT_RESPONSES } from './gateway-answers.ts';
import { GATEWAY_SCHEMAS } from './gateway-schemas.ts';
import { LAST_EVENT_ID } from './last-event-id.ts';
import {
  LICENSE,
  type OpenApiDocument,
  type OpenApiMedia,
  type OpenApiMethod,
  type OpenApiOperation,
  type OpenApiParameter,
  type OpenApiPathItem,
  type OpenApiReference,
} from './open-api.ts';
import { openApiPath, pathParameters } from './path-parameters.ts';

const DESCRIPTION = `Signing agents in and out, their states and their events.

Every answer of a known path is HTTP 200 with an envelope, \`{"message":"","retcode":"0"}\`; look at \`retcode\`, never at
the message. Exceptions are 405, 413, and 404 for a path outside of the families, each with an envelope too.

A sign-in gives a token in its headers; send it as \`Guid\` with every later call of that agent, or let the cookie be sent.

Requests may be written as old clients write them: numbers and booleans also as text, \`null\` or an empty text for a
value that is left out, unknown keys ignored, any \`Content-Type\` or none. Repeated slashes count as one.

\`x-answer\` tells how this release answers an operation: \`done\`; \`noCalls\`, a query about calls, of which there are
none; \`noCall\`, refused because there is no call; \`notOffered\`. Nothing is
offered below \`/agentconf\`, \`/eccconfig\` and \`/multimediaconf\`.`;

const TAGS: Readonly<Record<(typeof FAMILIES)[number], string>> = {
  agentevent: 'Reading events',
  agentgroup: 'Agents and groups of the VDN',
  calldata: 'Data of calls',
  onlineagent: 'Signing in and out, states and settings',
  qualitycontrol: 'Supervision',
  querymonitor: 'The installation',
  queuedevice: 'Skill queues',
  recordplay: 'Recording and playing',
  textchat: 'Text chat',
  voicecall: 'Calls',
};

/** The gateway API as an OpenAPI document, made from the contract (rules OA-1 to OA-5). */
export function describeGatewayApi(version: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Rollcall gateway API', version, description: DESCRIPTION, license: LICENSE },
    servers: [{ url: BASE_PATH, description: 'This server' }],
    tags: FAMILIES.map((name) => ({ name, description: TAGS[name] })),
    paths: pathsOf(describedOperations()),
    components: {
      schemas: GATEWAY_SCHEMAS.schemas(),
      securitySchemes: {
        guid: { type: 'apiKey', in: 'header', name: 'Guid', description: 'The token of a sign-in.' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'JSESSIONID', description: 'The same, from pages.' },
      },
      headers: ANSWER_HEADERS,
      parameters: { Guid: GUID, LastEventId: LAST_EVENT_ID },
      responses: TRANSPORT_RESPONSES,
    },
  };
}

const GUID: OpenApiParameter = {
  name: 'Guid',
  in: 'header',
  required: false,
  description: 'The token of a sign-in; may be left out where the cookie is sent, and by trusted peers.',
  schema: { type: 'string' },
};

function pathsOf(operations: readonly DescribedOperation[]): Readonly<Record<string, OpenApiPathItem>> {
  const paths: Record<string, Partial<Record<OpenApiMethod, OpenApiOperation>>> = {};
  for (const operation of operations) {
    const path = openApiPath(operation.path);
    const item = paths[path] ?? {};
    paths[path] = item;
    item[operation.method.toLowerCase() as OpenApiMethod] = openApiOperation(operation);
  }
  return paths;
}

function openApiOperation(operation: DescribedOperation): OpenApiOperation {
  const { id, summary, family, access, answer } = operation;
  const hasToken = access === 'session' || access === 'anySession';
  return {
    operationId: id,
    summary,
    description: descriptionOf(operation),
    tags: [family],
    security: hasToken ? [{ guid: [] }, { cookie: [] }] : [],
    parameters: parametersOf(operation, hasToken),
    ...bodyOf(operation),
    responses: answersOf(operation),
    'x-answer': answer,
  };
}

function descriptionOf({ access, refusalNotBeforeMs, renewsToken }: DescribedOperation): string {
  const asksFor = {
    password: "Asks for the agent's password.",
    account: 'Asks for an account name and its password.',
    session: "Asks for the token of the agent's session.",
    anySession: "Asks for the token of the agent's session, or of one that has ended.",
    peer: 'Asks for nothing, and is for trusted peers on their listeners alone.',
  }[access];
  return [
    asksFor,
    ...(refusalNotBeforeMs === undefined
      ? []
      : [`A refusal comes after ${refusalNotBeforeMs} ms, not sooner.`]),
    ...(renewsToken === true ? ['May give a fresh token in `Set-GUID`, where the site renews tokens.'] : []),
  ].join(' ');
}

function parametersOf(
  { path, query, isStream }: DescribedOperation,
  hasToken: boolean,
): readonly (OpenApiParameter | OpenApiReference)[] {
  const inQuery = query === undefined ? [] : parametersIn(query);
  return [
    ...pathParameters(path),
    ...inQuery.map(([name, parameter]) => ({
      name,
      in: 'query' as const,
      required: isMandatory(parameter),
      schema: acceptedSchema(parameter, 'query'),
      ...(parameter.shown === undefined ? exampleNamed(name) : { example: parameter.shown }),
    })),
    ...(isStream === true ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
    ...(hasToken ? [{ $ref: '#/components/parameters/Guid' }] : []),
  ];
}

function bodyOf({ body }: DescribedOperation): Pick<OpenApiOperation, 'requestBody'> | undefined {
  if (body === undefined) return undefined;
  const media = body === 'anyObject' ? ANY_OBJECT : acceptedBody(parametersIn(body));
  return { requestBody: { required: true, content: { 'application/json': media } } };
}

const ANY_OBJECT: OpenApiMedia = {
  schema: { type: 'object', description: 'A JSON object; nobody looks at what it holds.' },
  examples: { empty: { value: {} } },
};

function acceptedBody(parameters: ReturnType<typeof parametersIn>): OpenApiMedia {
  const required = parameters.filter(([, parameter]) => isMandatory(parameter)).map(([name]) => name);
  const mayHavePhone = parameters.some(([name]) => name === 'phonenum');
  const shown = mayHavePhone ? [...new Set([...required, 'phonenum'])] : required;
  return {
    schema: {
      type: 'object',
      required,
      properties: Object.fromEntries(
        parameters.map(([name, parameter]) => [name, acceptedSchema(parameter, 'body')]),
      ),
    },
    examples: { usual: { value: exampleBody(shown) } },
  };
}
