import type { TenantId } from '@rollcall/contract/identifiers';

/** A VDN has no more of them (rule WH-1). */
export const MOST_WEBHOOKS = 20;
/** So many replays of a webhook may wait (rule WH-19). */
export const MOST_REPLAYS = 100;

/** Why a webhook is sent nothing: somebody asked for that, or its receiver answered 410. */
export type PauseCause = 'asked' | 'gone';

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly why: string };

/** The secrets with which requests are signed (rule WH-9). */
export interface WebhookSecrets {
  readonly secret: string;
  /** The one before; null: there is none, or its time is over. */
  readonly oldSecret: { readonly secret: string; readonly until: number } | null;
}

/** A webhook, its secrets apart. */
export interface Webhook {
  readonly webhookId: number;
  readonly tenantId: TenantId;
  readonly url: string;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Null: it is sent what there is. */
  readonly paused: PauseCause | null;
  readonly deadLetterAfterMs: number;
  /** Epoch ms. */
  readonly oldSecretUntil: number | null;
  /** Feed position up to which everything was received, or is a dead letter. */
  readonly position: number;
  /** Of the feed when this was read. */
  readonly feedHead: number;
  readonly lastAttempt: (AttemptOutcome & { readonly at: number }) | null;
  /** Epoch ms of the first failure of the batch behind `position`; null: none has failed. */
  readonly failingSince: number | null;
  readonly failures: number;
  readonly deadLetters: number;
  readonly replays: number;
}

/** A part of the feed that was not received: from the first position to the last, both included. */
export interface DeadLetter {
  readonly deadLetterId: number;
  readonly first: number;
  readonly last: number;
  readonly failures: number;
  /** Epoch ms. */
  readonly failingSince: number;
  readonly madeAt: number;
  readonly outcome: AttemptOutcome;
}

/** A part of the feed that is to be sent again: behind `after`, up to `upTo`. */
export interface Replay {
  readonly replayId: number;
  readonly after: number;
  readonly upTo: number;
}

/** Who changes a webhook, for the audit trail. */
export type WebhookActor = 'siteToken' | 'commandLine';

/** What is done about a webhook, as the audit trail tells it (rule WH-5). */
export type WebhookAct =
  | { readonly kind: 'webhookAdded'; readonly by: WebhookActor; readonly url: string }
  | ({ readonly kind: 'webhookChanged'; readonly by: WebhookActor } & WebhookChange)
  | { readonly kind: 'webhookRemoved'; readonly by: WebhookActor }
  | { readonly kind: 'webhookSecretRotated'; readonly by: WebhookActor; readonly oldSecretForMs: number }
  | {
      readonly kind: 'webhookReplayAsked';
      readonly by: WebhookActor;
      readonly first: number;
      readonly last: number;
    };

/** What is to be another; what is left out stays. */
export interface WebhookChange {
  readonly url?: string;
  readonly deadLetterAfterMs?: number;
  readonly paused?: boolean;
}
