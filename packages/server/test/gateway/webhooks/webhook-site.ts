import { createHmac } from 'node:crypto';
import {
  type DeadLettersAnswer,
  positionFromText,
  type WebhookBatch,
  type WebhookRow,
  type WebhookSecretAnswer,
  type WebhooksAnswer,
} from '@rollcall/contract';
import { expect } from 'vitest';
import { systemSecrets } from '../../../src/platform/session-tokens.ts';
import { EventReceiver, type HeardRequest, type ReceiverOptions } from '../../support/event-receiver.ts';
import { type GatewayOptions, type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import type { StoreKind } from '../../support/store-kinds.ts';

/** Every request is answered so. */
export function answering(status: number): NonNullable<ReceiverOptions['answer']> {
  return (_, response) => void response.writeHead(status).end();
}

/** The only receivers that the site lists. */
export const LISTED = { ROLLCALL_EVENT_RECEIVERS: 'http://127.0.0.1:*' };

export interface AdministrationReply<Body> {
  readonly status: number;
  readonly text: string;
  readonly body: Body;
}

/** A gateway with the site token, and receivers that are closed with it. */
export class WebhookSite {
  readonly gateway: RunningGateway;
  readonly token: string;
  readonly receivers: EventReceiver[];

  constructor(gateway: RunningGateway, token: string, receivers: EventReceiver[]) {
    this.gateway = gateway;
    this.token = token;
    this.receivers = receivers;
  }

  /** The same site on another run of the gateway, or on another node. */
  on(gateway: RunningGateway): WebhookSite {
    return new WebhookSite(gateway, this.token, this.receivers);
  }

  async receiver(answer?: ReceiverOptions['answer']): Promise<EventReceiver> {
    const receiver = await EventReceiver.open(answer === undefined ? {} : { answer });
    this.receivers.push(receiver);
    return receiver;
  }

  /** One call, such as `GET 1/webhooks`. */
  async call<Body = unknown>(
    what: string,
    body?: object | string,
    token = this.token,
  ): Promise<AdministrationReply<Body>> {
    const [method = '', path = ''] = what.split(' ');
    const { status, text } = await this.gateway.client.send({
      method,
      path: `/api/v1/vdns/${path}`,
      absolute: true,
      headers: { Authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
    });
    return { status, text, body: JSON.parse(text) };
  }

  /** Adds a webhook of VDN 1; gives its number and its secret. */
  async add(url: string, more: object = {}): Promise<{ readonly id: number; readonly secret: string }> {
    const { status, body, text } = await this.call<WebhookSecretAnswer>('POST 1/webhooks', { url, ...more });
    expect(status, text).toBe(200);
    return { id: body.webhook.webhook, secret: body.secret };
  }

  async row(id: number): Promise<WebhookRow> {
    const { body } = await this.call<WebhooksAnswer>('GET 1/webhooks');
    const row = body.webhooks.find(({ webhook }) => webhook === id);
    return row ?? expect.fail(`webhook ${id} is not listed`);
  }

  async deadLetters(id: number): Promise<DeadLettersAnswer['deadLetters']> {
    return (await this.call<DeadLettersAnswer>(`GET 1/webhooks/${id}/dead-letters`)).body.deadLetters;
  }

  /** Agent 291 changes to and fro: so many events, besides those of its sign-in. */
  async change(guid: string, events: number): Promise<void> {
    for (let count = 0; count < events; count += 1) {
      const reason = 200 + (count % 50);
      const code = await this.gateway.client.call(
        'POST',
        `/onlineagent/291/saybusy?reason=${reason}&prolong=true`,
        guid,
      );
      expect(code).toBe('0');
    }
  }

  /** VDN 1's feed as the store has it: `<feed position> <agent> <position in its log>`. */
  async feed(): Promise<string[]> {
    const rows = await this.gateway.rows(
      'SELECT feed_sequence, work_number, sequence FROM agent_event WHERE tenant_id = 1 ORDER BY feed_sequence',
    );
    return rows.map((row) => `${row.feed_sequence} ${row.work_number} ${row.sequence}`);
  }
}

export function batchesOf(receiver: EventReceiver): WebhookBatch[] {
  return receiver.heard.map(({ body }) => JSON.parse(body));
}

/** What a receiver was sent, in the form of {@link WebhookSite.feed}. */
export function sentTo(receiver: EventReceiver): string[] {
  return batchesOf(receiver).flatMap(eventsOf);
}

export function eventsOf({ events }: WebhookBatch): string[] {
  return events.map(
    ({ feedPosition, agent, position }) =>
      `${positionFromText(feedPosition).sequence} ${agent} ${positionFromText(position).sequence}`,
  );
}

/** The recipe of rule WH-8, as a receiver writes it: how many of the proofs are by this secret. */
export function proofsBy(secret: string, { headers, body }: Pick<HeardRequest, 'headers' | 'body'>): number {
  const [time = '', ...proofs] = String(headers['rollcall-signature']).split(',');
  expect(time).toMatch(/^t=\d{10}$/);
  const own = createHmac('sha256', secret)
    .update(`${time.slice(2)}.${body}`)
    .digest('hex');
  return proofs.filter((proof) => proof === `v1=${own}`).length;
}

type WebhookSiteOptions = GatewayOptions & { readonly store?: StoreKind };

export function withWebhookSite(
  { environment, ...options }: WebhookSiteOptions,
  use: (site: WebhookSite) => Promise<void>,
): Promise<void> {
  const receivers: EventReceiver[] = [];
  const closeAll = () => Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  return withGateway({ ...options, environment: { ...LISTED, ...environment } }, async (gateway) => {
    const token = systemSecrets.newSiteToken();
    await gateway.withStore((store) => store.claimSiteToken(systemSecrets.hashToken(token)));
    try {
      await use(new WebhookSite(gateway, token, receivers));
    } finally {
      await closeAll();
    }
  });
}
