import type { TenantId } from '@rollcall/contract/identifiers';
import { DAY_MS } from '../domain/durations.ts';
import {
  type DeadLetter,
  MOST_REPLAYS,
  MOST_WEBHOOKS,
  type Webhook,
  type WebhookActor,
  type WebhookChange,
} from '../domain/webhook/webhook.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { FeedStore } from '../storage/feed-store.ts';
import type { SiteStore } from '../storage/site-store.ts';
import type { WebhookAdministrationStore, WebhookKey } from '../storage/webhook-store.ts';

const DEAD_LETTER_AFTER_MS = DAY_MS;
const OLD_SECRET_FOR_MS = DAY_MS;

interface WebhooksParts {
  readonly store: WebhookAdministrationStore &
    Pick<FeedStore, 'readFeedHeads'> &
    Pick<SiteStore, 'findTenant'>;
  readonly secrets: Pick<SecretSource, 'newWebhookSecret'>;
  /** Why events may not be sent to the address; null: they may (rule WH-3). */
  readonly faultOfUrl: (url: string) => string | null;
  /** Called when something was changed. */
  readonly changed: () => void;
}

export interface WebhookRequest {
  readonly url: string;
  /** Feed position behind which it begins; left out: the newest. */
  readonly after?: number;
  readonly deadLetterAfterMs?: number;
  readonly paused?: boolean;
}

/** A part of the feed, both ends included. */
export interface FeedRange {
  readonly first: number;
  readonly last: number;
}

/** Why something is not done. */
export type WebhookRefusal =
  | { readonly kind: 'noTenant' }
  | { readonly kind: 'noWebhook' }
  | { readonly kind: 'noDeadLetter' }
  | { readonly kind: 'badUrl'; readonly why: string }
  | { readonly kind: 'beyondTheFeed'; readonly head: number }
  | { readonly kind: 'emptyRange' }
  | { readonly kind: 'tooManyWebhooks' }
  | { readonly kind: 'tooManyReplays' };

type Outcome<Done> = WebhookRefusal | ({ readonly kind: 'done' } & Done);

/** A webhook and its new secret, which is told this once. */
export interface WebhookWithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** What administrators do with webhooks (docs/spec/webhooks.md). */
export class Webhooks {
  readonly #parts: WebhooksParts;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  async list(tenantId: TenantId): Promise<Outcome<{ readonly webhooks: readonly Webhook[] }>> {
    const { store } = this.#parts;
    if ((await store.findTenant(tenantId)) === undefined) return { kind: 'noTenant' };
    return { kind: 'done', webhooks: await store.listWebhooks(tenantId) };
  }

  async add(
    tenantId: TenantId,
    { url, after, deadLetterAfterMs = DEAD_LETTER_AFTER_MS, paused = false }: WebhookRequest,
    by: WebhookActor,
  ): Promise<Outcome<WebhookWithSecret>> {
    const { store, secrets, faultOfUrl } = this.#parts;
    const head = (await store.readFeedHeads()).get(tenantId);
    if (head === undefined) return { kind: 'noTenant' };
    const why = faultOfUrl(url);
    if (why !== null) return { kind: 'badUrl', why };
    if (after !== undefined && after > head) return { kind: 'beyondTheFeed', head };
    const secret = secrets.newWebhookSecret();
    const added = { tenantId, url, secret, position: after ?? null, deadLetterAfterMs, paused };
    const webhookId = await store.addWebhook(added, MOST_WEBHOOKS, { kind: 'webhookAdded', by, url });
    if (webhookId === undefined) return { kind: 'tooManyWebhooks' };
    this.#parts.changed();
    return this.#withSecret({ tenantId, webhookId }, secret);
  }

  async change(
    key: WebhookKey,
    change: WebhookChange,
    by: WebhookActor,
  ): Promise<Outcome<{ readonly webhook: Webhook }>> {
    const { store, faultOfUrl } = this.#parts;
    const why = change.url === undefined ? null : faultOfUrl(change.url);
    if (why !== null) return { kind: 'badUrl', why };
    const isKnown = await store.changeWebhook(key, change, { kind: 'webhookChanged', by, ...change });
    if (isKnown) this.#parts.changed();
    const webhook = isKnown ? await this.#find(key) : undefined;
    return webhook === undefined ? { kind: 'noWebhook' } : { kind: 'done', webhook };
  }

  async remove(key: WebhookKey, by: WebhookActor): Promise<Outcome<object>> {
    const { store, changed } = this.#parts;
    const isKnown = await store.removeWebhook(key, { kind: 'webhookRemoved', by });
    if (isKnown) changed();
    return { kind: isKnown ? 'done' : 'noWebhook' };
  }

  /** A new secret; the one before stays good beside it for a while (rule WH-9). */
  async rotate(
    key: WebhookKey,
    { oldSecretForMs = OLD_SECRET_FOR_MS }: { readonly oldSecretForMs?: number },
    by: WebhookActor,
  ): Promise<Outcome<WebhookWithSecret>> {
    const { store, secrets } = this.#parts;
    const secret = secrets.newWebhookSecret();
    const act = { kind: 'webhookSecretRotated', by, oldSecretForMs } as const;
    const isKnown = await store.rotateSecret(key, { secret, oldSecretForMs }, act);
    if (!isKnown) return { kind: 'noWebhook' };
    this.#parts.changed();
    return this.#withSecret(key, secret);
  }

  /** Those behind `after`, in order, at most `limit`. */
  async deadLetters(
    key: WebhookKey,
    after: number,
    limit: number,
  ): Promise<Outcome<{ readonly deadLetters: readonly DeadLetter[] }>> {
    if ((await this.#find(key)) === undefined) return { kind: 'noWebhook' };
    return {
      kind: 'done',
      deadLetters: await this.#parts.store.listDeadLetters(key.webhookId, after, limit),
    };
  }

  /** Has a dead letter or a part of the feed sent again (rule WH-19). */
  async replay(
    key: WebhookKey,
    what: FeedRange | { readonly deadLetterId: number },
    by: WebhookActor,
  ): Promise<Outcome<FeedRange>> {
    const { store } = this.#parts;
    const webhook = await this.#find(key);
    if (webhook === undefined) return { kind: 'noWebhook' };
    const deadLetterId = 'deadLetterId' in what ? what.deadLetterId : null;
    const range =
      'deadLetterId' in what ? await store.findDeadLetter(key.webhookId, what.deadLetterId) : what;
    if (range === undefined) return { kind: 'noDeadLetter' };
    const { first, last } = range;
    if (last > webhook.feedHead) return { kind: 'beyondTheFeed', head: webhook.feedHead };
    if (first < 1 || first > last) return { kind: 'emptyRange' };
    const replay = { deadLetterId, after: first - 1, upTo: last, most: MOST_REPLAYS };
    const isAdded = await store.addReplay(key, replay, { kind: 'webhookReplayAsked', by, first, last });
    if (!isAdded) return { kind: 'tooManyReplays' };
    this.#parts.changed();
    return { kind: 'done', first, last };
  }

  async #withSecret(key: WebhookKey, secret: string): Promise<Outcome<WebhookWithSecret>> {
    const webhook = await this.#find(key);
    return webhook === undefined ? { kind: 'noWebhook' } : { kind: 'done', webhook, secret };
  }

  async #find({ tenantId, webhookId }: WebhookKey): Promise<Webhook | undefined> {
    const webhooks = await this.#parts.store.listWebhooks(tenantId);
    return webhooks.find((webhook) => webhook.webhookId === webhookId);
  }
}
