import type { AdministrationCallDescription } from './administration-calls.ts';
import {
  AddWebhookBody,
  ChangeWebhookBody,
  DeadLettersAnswer,
  RemovedWebhookAnswer,
  ReplayAnswer,
  ReplayBody,
  RotateSecretBody,
  WebhookAnswer,
  WebhookSecretAnswer,
  WebhooksAnswer,
} from './webhooks.ts';

/** What the calls about webhooks are sent and answer. */
export interface WebhookCallSchemas {
  readonly body:
    | typeof AddWebhookBody
    | typeof ChangeWebhookBody
    | typeof RotateSecretBody
    | typeof ReplayBody;
  readonly answer:
    | typeof WebhooksAnswer
    | typeof WebhookSecretAnswer
    | typeof WebhookAnswer
    | typeof RemovedWebhookAnswer
    | typeof DeadLettersAnswer
    | typeof ReplayAnswer;
}

const WEBHOOK_PATH = '/vdns/{vdn}/webhooks/{webhook}';
const REFUSALS = [400, 401, 403, 404, 503] as const;

/** The calls about webhooks (docs/spec/webhooks.md). */
export const WEBHOOK_CALLS: readonly AdministrationCallDescription[] = [
  {
    id: 'listWebhooks',
    method: 'get',
    path: '/vdns/{vdn}/webhooks',
    summary: 'Lists the webhooks of a VDN',
    description: 'With how far each has received the feed, and what is known of its failures.',
    query: {},
    answer: WebhooksAnswer,
    refusals: [401, 403, 404, 503],
  },
  {
    id: 'addWebhook',
    method: 'post',
    path: '/vdns/{vdn}/webhooks',
    summary: 'Adds a webhook',
    description:
      'It is sent all events of the VDN that come from now on, or those behind the feed position `from`. The secret is ' +
      'shown in this answer alone. For the site token.',
    query: {},
    body: { schema: AddWebhookBody, example: { url: 'https://wfm.example/rollcall' } },
    answer: WebhookSecretAnswer,
    refusals: REFUSALS,
  },
  {
    id: 'changeWebhook',
    method: 'patch',
    path: WEBHOOK_PATH,
    summary: 'Changes a webhook, pauses it or lets it go on',
    description: 'What is left out stays. For the site token.',
    query: {},
    body: { schema: ChangeWebhookBody, example: { paused: true } },
    answer: WebhookAnswer,
    refusals: REFUSALS,
  },
  {
    id: 'removeWebhook',
    method: 'delete',
    path: WEBHOOK_PATH,
    summary: 'Removes a webhook',
    description: 'Its dead letters go with it. For the site token.',
    query: {},
    answer: RemovedWebhookAnswer,
    refusals: [401, 403, 404, 503],
  },
  {
    id: 'rotateWebhookSecret',
    method: 'post',
    path: `${WEBHOOK_PATH}/rotate`,
    summary: 'Gives a webhook a new secret',
    description:
      'Requests are signed with both for `oldSecretForS` seconds, 24 hours where it is left out. For the site token.',
    query: {},
    body: { schema: RotateSecretBody, example: { oldSecretForS: 3_600 } },
    answer: WebhookSecretAnswer,
    refusals: REFUSALS,
  },
  {
    id: 'listDeadLetters',
    method: 'get',
    path: `${WEBHOOK_PATH}/dead-letters`,
    summary: 'Lists the dead letters of a webhook',
    description: 'The oldest first, at most 100 an answer.',
    query: {
      after: {
        schema: { type: 'string', pattern: '^(?:0|[1-9][0-9]{0,14})$' },
        description: 'Those behind this one; left out: from the first.',
      },
    },
    answer: DeadLettersAnswer,
    refusals: REFUSALS,
  },
  {
    id: 'replayWebhook',
    method: 'post',
    path: `${WEBHOOK_PATH}/replay`,
    summary: 'Sends a dead letter or a part of the feed again',
    description:
      'A dead letter, or the events from one feed position to another, both included. Batches of a replay say so. For the ' +
      'site token.',
    query: {},
    body: { schema: ReplayBody, example: { deadLetter: 7 } },
    answer: ReplayAnswer,
    refusals: REFUSALS,
  },
];
