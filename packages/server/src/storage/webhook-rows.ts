import type { TenantId } from '@rollcall/contract/identifiers';
import type { AttemptOutcome, DeadLetter, PauseCause, Replay, Webhook } from '../domain/webhook/webhook.ts';
import type { ClaimedWebhook } from './webhook-store.ts';

interface AttemptRow {
  readonly last_status: number | null;
  readonly last_fault: string | null;
}

export interface WebhookRow extends AttemptRow {
  readonly webhook_id: number;
  readonly tenant_id: number;
  readonly url: string;
  readonly created_at: number;
  readonly paused: PauseCause | null;
  readonly dead_letter_after_ms: number;
  readonly old_secret_until: number | null;
  readonly position: number;
  readonly feed_head: number;
  readonly last_at: number | null;
  readonly failing_since: number | null;
  readonly failures: number;
  readonly dead_letters: number;
  readonly replays: number;
}

export interface ClaimedRow extends WebhookRow {
  readonly secret: string;
  readonly old_secret: string | null;
  readonly revision: number;
  readonly held_for_ms: number;
}

export interface DeadLetterRow extends AttemptRow {
  readonly dead_letter_id: number;
  readonly first_position: number;
  readonly last_position: number;
  readonly failures: number;
  readonly failing_since: number;
  readonly made_at: number;
}

export interface ReplayRow {
  readonly replay_id: number;
  readonly position: number;
  readonly up_to: number;
}

export function webhookFromRow(row: WebhookRow): Webhook {
  return {
    webhookId: row.webhook_id,
    tenantId: row.tenant_id as TenantId,
    url: row.url,
    createdAt: row.created_at,
    paused: row.paused,
    deadLetterAfterMs: row.dead_letter_after_ms,
    oldSecretUntil: row.old_secret_until,
    position: row.position,
    feedHead: row.feed_head,
    lastAttempt: row.last_at === null ? null : { at: row.last_at, ...outcomeFromRow(row) },
    failingSince: row.failing_since,
    failures: row.failures,
    deadLetters: row.dead_letters,
    replays: row.replays,
  };
}

export function claimedFromRow(row: ClaimedRow): ClaimedWebhook {
  const { secret, old_secret: old, old_secret_until: until, revision, held_for_ms: heldForMs } = row;
  const oldSecret = old === null || until === null ? null : { secret: old, until };
  return { ...webhookFromRow(row), secret, oldSecret, revision, heldForMs };
}

export function deadLetterFromRow(row: DeadLetterRow): DeadLetter {
  return {
    deadLetterId: row.dead_letter_id,
    first: row.first_position,
    last: row.last_position,
    failures: row.failures,
    failingSince: row.failing_since,
    madeAt: row.made_at,
    outcome: outcomeFromRow(row),
  };
}

export function replayFromRow({ replay_id: replayId, position: after, up_to: upTo }: ReplayRow): Replay {
  return { replayId, after, upTo };
}

function outcomeFromRow({ last_status: status, last_fault: why }: AttemptRow): AttemptOutcome {
  return status === null ? { kind: 'failed', why: why ?? '' } : { kind: 'answered', status };
}

/** Status and fault. */
export function outcomeColumns(outcome: AttemptOutcome): readonly [number | null, string | null] {
  return outcome.kind === 'answered' ? [outcome.status, null] : [null, outcome.why];
}
