import {
  AddWebhookBody,
  ChangeWebhookBody,
  type DeadLettersAnswer,
  MOST_LISTED_DEAD_LETTERS,
  type RemovedWebhookAnswer,
  type ReplayAnswer,
  ReplayBody,
  RotateSecretBody,
  type TenantId,
  type WebhookAnswer,
  type WebhookSecretAnswer,
  type WebhooksAnswer,
} from '@rollcall/contract';
import type { Static, TSchema } from 'typebox';
import type { WebhookActor, WebhookChange } from '../domain/webhook/webhook.ts';
import type { FeedRange, WebhookRefusal, WebhookRequest } from '../services/webhooks.ts';
import {
  type AdministrationAnswer,
  type AdministrationCall,
  type AdministrationParts,
  administrationRoute,
  refuse,
} from './administration.ts';
import { readAdministrationBody } from './administration-body.ts';
import { tenantOf } from './administration-tenant.ts';
import type { HttpServer } from './server.ts';
import { refusalInWords, WebhookView } from './webhook-view.ts';

export interface WebhooksApiParts extends AdministrationParts {
  /** Resolves with the name of this history of the agents' logs. */
  readonly logEpoch: () => Promise<string>;
}

interface Asked {
  readonly call: AdministrationCall;
  readonly tenantId: TenantId;
  /** 0 where the path names none. */
  readonly webhookId: number;
  readonly view: WebhookView;
}

interface AskedWith<Body> extends Asked {
  readonly body: Body;
}

type Answer = Promise<AdministrationAnswer>;

const ALL = '/vdns/:vdn/webhooks';
const ONE = `${ALL}/:webhook`;
const BY: WebhookActor = 'siteToken';

/** Webhooks of a VDN: an inspector may see them, the site token changes them (rule WH-1). */
export function registerWebhooksApi(server: HttpServer, parts: WebhooksApiParts): void {
  const route = (
    [method, path, logName]: readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', string, string],
    answer: (asked: Asked) => Answer,
  ) =>
    administrationRoute(server, parts, {
      method,
      path,
      logName,
      answer: async (call) => answerKnown(call, await parts.logEpoch(), answer),
    });
  route(['GET', ALL, 'listWebhooks'], list);
  route(['GET', `${ONE}/dead-letters`, 'listDeadLetters'], listDeadLetters);
  route(['POST', ALL, 'addWebhook'], changing(AddWebhookBody, add));
  route(['PATCH', ONE, 'changeWebhook'], changing(ChangeWebhookBody, change));
  route(['POST', `${ONE}/rotate`, 'rotateWebhookSecret'], changing(RotateSecretBody, rotate));
  route(['POST', `${ONE}/replay`, 'replayWebhook'], changing(ReplayBody, replay));
  route(['DELETE', ONE, 'removeWebhook'], forSiteToken(remove));
}

async function answerKnown(
  call: AdministrationCall,
  epoch: string,
  answer: (asked: Asked) => Answer,
): Answer {
  const tenantId = tenantOf(call);
  if (typeof tenantId !== 'number') return tenantId;
  const { webhook = '1' } = call.request.params as Record<string, string>;
  if (!/^[1-9]\d{0,14}$/.test(webhook)) return refusalOf({ kind: 'noWebhook' });
  return answer({ call, tenantId, webhookId: Number(webhook), view: new WebhookView(epoch) });
}

function forSiteToken(answer: (asked: Asked) => Answer): (asked: Asked) => Answer {
  return async (asked) =>
    asked.call.right.kind === 'wholeSite'
      ? answer(asked)
      : refuse(403, 'the site token alone changes webhooks');
}

function changing<Schema extends TSchema>(
  schema: Schema,
  answer: (asked: AskedWith<Static<Schema>>) => Answer,
): (asked: Asked) => Answer {
  return forSiteToken(async (asked) => {
    const body = readAdministrationBody(schema, asked.call.request.body);
    return typeof body === 'string' ? refuse(400, body) : answer({ ...asked, body });
  });
}

async function list({ call, tenantId, view }: Asked): Answer {
  const said = await call.webhooks.list(tenantId);
  if (said.kind !== 'done') return refusalOf(said);
  const body: WebhooksAnswer = { vdn: tenantId, webhooks: said.webhooks.map((each) => view.webhook(each)) };
  return { kind: 'done', body };
}

async function add({ call, tenantId, view, body }: AskedWith<Static<typeof AddWebhookBody>>): Answer {
  const after = body.from === undefined ? undefined : view.sequenceOf(body.from);
  if (after === null) return OTHER_EPOCH;
  const request: WebhookRequest = {
    url: body.url,
    ...(after === undefined ? {} : { after }),
    ...(body.paused === undefined ? {} : { paused: body.paused }),
    ...deadLetterTime(body),
  };
  const said = await call.webhooks.add(tenantId, request, BY);
  return said.kind === 'done' ? withSecret(said, view) : refusalOf(said);
}

async function change({
  call,
  view,
  body: { url, paused, ...rest },
  ...key
}: AskedWith<Static<typeof ChangeWebhookBody>>): Answer {
  const asked: WebhookChange = {
    ...(url === undefined ? {} : { url }),
    ...(paused === undefined ? {} : { paused }),
    ...deadLetterTime(rest),
  };
  const said = await call.webhooks.change(key, asked, BY);
  if (said.kind !== 'done') return refusalOf(said);
  const body: WebhookAnswer = { webhook: view.webhook(said.webhook) };
  return { kind: 'done', body };
}

function deadLetterTime({ deadLetterAfterS }: { readonly deadLetterAfterS?: number }) {
  return deadLetterAfterS === undefined ? {} : { deadLetterAfterMs: deadLetterAfterS * 1_000 };
}

async function remove({ call, ...key }: Asked): Answer {
  const said = await call.webhooks.remove(key, BY);
  if (said.kind !== 'done') return refusalOf(said);
  const body: RemovedWebhookAnswer = { removed: key.webhookId };
  return { kind: 'done', body };
}

async function rotate({
  call,
  view,
  body: { oldSecretForS },
  ...key
}: AskedWith<Static<typeof RotateSecretBody>>): Answer {
  const oldSecret = oldSecretForS === undefined ? {} : { oldSecretForMs: oldSecretForS * 1_000 };
  const said = await call.webhooks.rotate(key, oldSecret, BY);
  return said.kind === 'done' ? withSecret(said, view) : refusalOf(said);
}

function withSecret(
  { webhook, secret }: { readonly webhook: Parameters<WebhookView['webhook']>[0]; readonly secret: string },
  view: WebhookView,
): AdministrationAnswer {
  const body: WebhookSecretAnswer = { webhook: view.webhook(webhook), secret };
  return { kind: 'done', body };
}

async function listDeadLetters({ call, tenantId, webhookId, view }: Asked): Answer {
  const { searchParams } = new URL(call.request.raw.url ?? '/', 'http://unused');
  const [after = '0', ...others] = searchParams.getAll('after');
  if (others.length > 0 || !/^\d{1,15}$/.test(after)) {
    return refuse(400, 'after must be the number of a dead letter');
  }
  const key = { tenantId, webhookId };
  const said = await call.webhooks.deadLetters(key, Number(after), MOST_LISTED_DEAD_LETTERS);
  if (said.kind !== 'done') return refusalOf(said);
  const isFull = said.deadLetters.length === MOST_LISTED_DEAD_LETTERS;
  const body: DeadLettersAnswer = {
    vdn: tenantId,
    webhook: webhookId,
    deadLetters: said.deadLetters.map((each) => view.deadLetter(each)),
    next: isFull ? (said.deadLetters.at(-1)?.deadLetterId ?? null) : null,
  };
  return { kind: 'done', body };
}

async function replay({ call, view, body: what, ...key }: AskedWith<Static<typeof ReplayBody>>): Answer {
  const range = 'deadLetter' in what ? { deadLetterId: what.deadLetter } : rangeOf(what, view);
  if (range === null) return OTHER_EPOCH;
  const said = await call.webhooks.replay(key, range, BY);
  if (said.kind !== 'done') return refusalOf(said);
  const body: ReplayAnswer = {
    webhook: key.webhookId,
    from: view.position(said.first),
    to: view.position(said.last),
  };
  return { kind: 'done', body };
}

function rangeOf(
  { from, to }: { readonly from: string; readonly to: string },
  view: WebhookView,
): FeedRange | null {
  const [first, last] = [view.sequenceOf(from), view.sequenceOf(to)];
  return first === null || last === null ? null : { first, last };
}

const OTHER_EPOCH = refuse(400, 'the position is of another epoch');

function refusalOf(refusal: WebhookRefusal): AdministrationAnswer {
  const isMissing = ['noTenant', 'noWebhook', 'noDeadLetter'].includes(refusal.kind);
  return refuse(isMissing ? 404 : 400, refusalInWords(refusal));
}
