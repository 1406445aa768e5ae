import type { TenantId } from '@rollcall/contract/identifiers';
import type {
  AttemptOutcome,
  DeadLetter,
  Replay,
  Webhook,
  WebhookAct,
  WebhookChange,
  WebhookSecrets,
} from '../domain/webhook/webhook.ts';

/** A webhook that is to be added; `position` null: the head of its tenant's feed. */
export interface NewWebhook {
  readonly tenantId: TenantId;
  readonly url: string;
  readonly secret: string;
  readonly position: number | null;
  readonly deadLetterAfterMs: number;
  readonly paused: boolean;
}

/** Which webhook a statement is about; it does nothing where the tenant has no such one. */
export interface WebhookKey {
  readonly tenantId: TenantId;
  readonly webhookId: number;
}

/** A webhook that this node may send to, with what it needs for that. */
export interface ClaimedWebhook extends Webhook, WebhookSecrets {
  /** Another whenever somebody has changed the webhook. */
  readonly revision: number;
  /** How long the claim lasts. */
  readonly heldForMs: number;
}

/** Which claim a statement of the sender goes by: another holder's changes nothing. */
export interface Claim {
  readonly webhookId: number;
  readonly holder: string;
}

/** A failure, and the batch's time as it stands now. */
export interface BatchFailure {
  readonly failures: number;
  /** Since the first failure of the batch, by the store's clock. */
  readonly failingForMs: number;
}

/** What administrators do with webhooks. Each change is one transaction with its audit line. */
export interface WebhookAdministrationStore {
  /** In order of their ids. */
  listWebhooks(tenantId: TenantId): Promise<readonly Webhook[]>;
  /** Undefined: the tenant has `most` already, or there is no such tenant. */
  addWebhook(webhook: NewWebhook, most: number, act: WebhookAct): Promise<number | undefined>;
  /** These three give whether there is such a webhook. */
  changeWebhook(key: WebhookKey, change: WebhookChange, act: WebhookAct): Promise<boolean>;
  removeWebhook(key: WebhookKey, act: WebhookAct): Promise<boolean>;
  /** What was the secret stays good for so long; what was the old one is gone. */
  rotateSecret(
    key: WebhookKey,
    change: { readonly secret: string; readonly oldSecretForMs: number },
    act: WebhookAct,
  ): Promise<boolean>;
  /** Those with a higher id than `after`, in order, at most `limit`. */
  listDeadLetters(webhookId: number, after: number, limit: number): Promise<readonly DeadLetter[]>;
  findDeadLetter(webhookId: number, deadLetterId: number): Promise<DeadLetter | undefined>;
  /** False: so many wait already, or there is no such webhook. `deadLetterId` null: a part of the feed. */
  addReplay(
    key: WebhookKey,
    replay: Omit<Replay, 'replayId'> & { readonly deadLetterId: number | null; readonly most: number },
    act: WebhookAct,
  ): Promise<boolean>;
}

/** What the node that sends needs. Its writes do not wait for the disk: a repeat is the worst that comes of it. */
export interface WebhookClaimStore {
  /** Claims, by the store's clock, what no other node holds, and gives all that this one holds and that is not paused. */
  claimWebhooks(holder: string, leaseMs: number): Promise<readonly ClaimedWebhook[]>;
  releaseWebhooks(holder: string): Promise<void>;
  /** These give undefined or false where the claim is another's by now; nothing is written then. */
  noteReceived(claim: Claim, upTo: number, outcome: AttemptOutcome): Promise<boolean>;
  noteFailed(claim: Claim, outcome: AttemptOutcome): Promise<BatchFailure | undefined>;
  /** What lies behind the position, up to `upTo`, becomes a dead letter, and the position moves on. */
  giveUp(claim: Claim, upTo: number): Promise<boolean>;
  pauseGone(claim: Claim): Promise<boolean>;
  /** Removes the replay, and its dead letter, when it has come to its end. */
  noteReplayed(claim: Claim, replay: Replay, outcome: AttemptOutcome): Promise<boolean>;
  /** The replay is over; what is behind its `after` is a dead letter. */
  endReplay(claim: Claim, replay: Replay, outcome: AttemptOutcome): Promise<boolean>;
  findNextReplay(webhookId: number): Promise<Replay | undefined>;
}

/** Webhooks, their dead letters and their replays. */
export interface WebhookStore extends WebhookAdministrationStore, WebhookClaimStore {}
