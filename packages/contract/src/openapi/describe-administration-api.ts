import {
  ADMINISTRATION_CALLS,
  ADMINISTRATION_PATH,
  type AdministrationCallDescription,
  AdministrationRefusal,
  DayRow,
  DaysAnswer,
  IntervalRow,
  SiteAnswer,
  TimelineAnswer,
} from '../administration/administration-calls.ts';
import { ForceAgentsAnswer, ForceAgentsBody, ForcedAgent } from '../administration/force-agents.ts';
import { PushReceiverRow, PushReceiversAnswer } from '../administration/push-receivers.ts';
import { VdnFeedAgent, VdnFeedBeginning, VdnFeedBlock } from '../administration/vdn-feed.ts';
import {
  AddWebhookBody,
  ChangeWebhookBody,
  DeadLetterRow,
  DeadLettersAnswer,
  RemovedWebhookAnswer,
  ReplayAnswer,
  ReplayBody,
  RotateSecretBody,
  WebhookAnswer,
  WebhookRow,
  WebhookSecretAnswer,
  WebhooksAnswer,
} from '../administration/webhooks.ts';
import { StreamEnd } from '../events/event-stream.ts';
import { exampleOf } from './example.ts';
import { LAST_EVENT_ID } from './last-event-id.ts';
import { SchemaNames } from './named-schemas.ts';
import {
  LICENSE,
  type OpenApiDocument,
  type OpenApiHeader,
  type OpenApiMedia,
  type OpenApiOperation,
  type OpenApiParameter,
  type OpenApiResponse,
} from './open-api.ts';

const DESCRIPTION = `What operators and inspectors ask about the site, and do to many agents at once.

Every call carries a token as \`Authorization: Bearer <token>\`: the site token, which sees everything, or the session token
of a signed-in inspector, which sees its own VDN. A refusal is \`{"error":…,"message":…}\`.`;

const TAG = 'site';
const NAMES = new SchemaNames({
  AddWebhookBody,
  AdministrationRefusal,
  ChangeWebhookBody,
  DayRow,
  DaysAnswer,
  DeadLetterRow,
  DeadLettersAnswer,
  ForceAgentsAnswer,
  ForceAgentsBody,
  ForcedAgent,
  IntervalRow,
  PushReceiverRow,
  PushReceiversAnswer,
  RemovedWebhookAnswer,
  ReplayAnswer,
  ReplayBody,
  RotateSecretBody,
  SiteAnswer,
  StreamEnd,
  TimelineAnswer,
  WebhookAnswer,
  WebhookRow,
  WebhookSecretAnswer,
  WebhooksAnswer,
  VdnFeedAgent,
  VdnFeedBeginning,
  VdnFeedBlock,
});

/** The administration API as an OpenAPI document (rule OA-1). */
export function describeAdministrationApi(version: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Rollcall administration API', version, description: DESCRIPTION, license: LICENSE },
    servers: [{ url: ADMINISTRATION_PATH, description: 'This server' }],
    tags: [{ name: TAG, description: 'The site and the time of its agents' }],
    paths: pathItems(),
    components: {
      schemas: NAMES.schemas(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: "The site token, or an inspector's session token.",
        },
      },
      headers: HEADERS,
      responses: Object.fromEntries(
        Object.values(REFUSALS).map((refusal) => [refusal.name, refusalResponse(refusal)]),
      ),
    },
  };
}

function pathItems(): OpenApiDocument['paths'] {
  const byPath = Map.groupBy(ADMINISTRATION_CALLS, ({ path }) => path);
  return Object.fromEntries(
    [...byPath].map(([path, calls]) => [
      path,
      Object.fromEntries(calls.map((call) => [call.method, operationOf(call)])),
    ]),
  );
}

const HEADERS: Readonly<Record<string, OpenApiHeader>> = {
  'WWW-Authenticate': { description: 'How to prove who calls.', schema: { type: 'string', const: 'Bearer' } },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string', pattern: '^[0-9]+$' } },
};

const REFUSALS = {
  400: {
    name: 'BadRequest',
    error: 'badRequest',
    description: 'A parameter is not valid; the message says which.',
  },
  401: {
    name: 'Unauthorized',
    error: 'unauthorized',
    description: 'No token that opens something came.',
    header: 'WWW-Authenticate',
  },
  403: { name: 'Forbidden', error: 'forbidden', description: 'The token is good, but not for this.' },
  404: {
    name: 'NotFound',
    error: 'notFound',
    description: 'There is no such VDN, or it has no such agent or webhook.',
  },
  503: {
    name: 'Unavailable',
    error: 'unavailable',
    description: 'The server starts, or its store does not answer.',
    header: 'Retry-After',
  },
} as const satisfies Readonly<Record<number, RefusalDescription>>;

interface RefusalDescription {
  readonly name: string;
  readonly error: string;
  readonly description: string;
  readonly header?: string;
}

function refusalResponse({ description, error, header }: RefusalDescription): OpenApiResponse {
  const value = { ...(exampleOf(AdministrationRefusal) as object), error };
  const media = { schema: NAMES.referring(AdministrationRefusal), examples: { refused: { value } } };
  return {
    description,
    ...(header === undefined ? {} : { headers: { [header]: { $ref: `#/components/headers/${header}` } } }),
    content: { 'application/json': media },
  };
}

function mediaOf(answer: AdministrationCallDescription['answer']): OpenApiMedia {
  return { schema: NAMES.referring(answer), examples: { done: { value: exampleOf(answer) } } };
}

/** Every block of a stream, whose first and last ones are not told by its answer. */
function streamOf(answer: AdministrationCallDescription['answer']): OpenApiResponse['content'] {
  const contentSchema = {
    oneOf: [VdnFeedBeginning, answer, StreamEnd].map((schema) => NAMES.referring(schema)),
  };
  const begun = `event: recovered\ndata: ${JSON.stringify(exampleOf(VdnFeedBeginning))}\n\n`;
  const changes = `event: changes\nid: f801cb75711c.1208\ndata: ${JSON.stringify(exampleOf(answer))}\n\n`;
  return {
    'text/event-stream': {
      schema: { type: 'string', contentMediaType: 'text/event-stream', contentSchema },
      examples: { begun: { value: begun + changes } },
    },
  };
}

function operationOf(call: AdministrationCallDescription): OpenApiOperation {
  const { id, summary, description, body, answer, isStream, refusals } = call;
  return {
    operationId: id,
    summary,
    description,
    tags: [TAG],
    security: [{ bearer: [] }],
    parameters: parametersOf(call),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: NAMES.referring(body.schema),
                examples: { sent: { value: body.example } },
              },
            },
          },
        }),
    responses: {
      200: {
        description: 'Done.',
        content: isStream === true ? streamOf(answer) : { 'application/json': mediaOf(answer) },
      },
      ...Object.fromEntries(
        refusals.map((status) => [status, { $ref: `#/components/responses/${REFUSALS[status].name}` }]),
      ),
    },
  };
}

const PATH_PARAMETERS: Readonly<Record<string, Omit<OpenApiParameter, 'in' | 'name'>>> = {
  vdn: { required: true, schema: { type: 'string', pattern: '^[1-9][0-9]{0,4}$' }, example: '1' },
  agent: { required: true, schema: { type: 'string', pattern: '^[1-9][0-9]{2,5}$' }, example: '291' },
  webhook: { required: true, schema: { type: 'string', pattern: '^[1-9][0-9]{0,14}$' }, example: '3' },
};

function parametersOf({ path, query, isStream }: AdministrationCallDescription): readonly OpenApiParameter[] {
  const inPath = Object.entries(PATH_PARAMETERS).filter(([name]) => path.includes(`{${name}}`));
  return [
    ...inPath.map(([name, parameter]) => ({ name, in: 'path' as const, ...parameter })),
    ...Object.entries(query).map(([name, parameter]) => ({
      name,
      in: 'query' as const,
      required: false,
      ...parameter,
    })),
    ...(isStream === true ? [LAST_EVENT_ID] : []),
  ];
}
