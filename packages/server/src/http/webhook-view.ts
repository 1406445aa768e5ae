import { type DeadLetterRow, positionFromText, positionToText, type WebhookRow } from '@rollcall/contract';
import type { AttemptOutcome, DeadLetter, Webhook } from '../domain/webhook/webhook.ts';
import type { WebhookRefusal } from '../services/webhooks.ts';

/** Webhooks as the administration API tells them, with positions of one history of the logs. */
export class WebhookView {
  readonly #epoch: string;

  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  position(sequence: number): string {
    return positionToText({ epoch: this.#epoch, sequence });
  }

  /** Null: it is a position of another history. */
  sequenceOf(position: string): number | null {
    const { epoch, sequence } = positionFromText(position);
    return epoch === this.#epoch ? sequence : null;
  }

  webhook(webhook: Webhook): WebhookRow {
    const { webhookId, url, createdAt, paused, oldSecretUntil, position, lastAttempt, failingSince } =
      webhook;
    return {
      webhook: webhookId,
      url,
      created: createdAt,
      state: stateOf(paused),
      deadLetterAfterS: webhook.deadLetterAfterMs / 1_000,
      oldSecretUntil,
      received: this.position(position),
      behind: webhook.feedHead - position,
      lastAttempt: lastAttempt === null ? null : { at: lastAttempt.at, ...attempt(lastAttempt) },
      failingSince,
      deadLetters: webhook.deadLetters,
      replays: webhook.replays,
    };
  }

  deadLetter({
    deadLetterId,
    first,
    last,
    failures,
    failingSince,
    madeAt,
    outcome,
  }: DeadLetter): DeadLetterRow {
    return {
      deadLetter: deadLetterId,
      from: this.position(first),
      to: this.position(last),
      failures,
      failingSince,
      made: madeAt,
      ...attempt(outcome),
    };
  }
}

function stateOf(paused: Webhook['paused']): WebhookRow['state'] {
  if (paused === null) return 'active';
  return paused === 'gone' ? 'gone' : 'paused';
}

function attempt(outcome: AttemptOutcome): Pick<DeadLetterRow, 'status' | 'fault'> {
  return outcome.kind === 'answered'
    ? { status: outcome.status, fault: null }
    : { status: null, fault: outcome.why };
}

/** Why something is not done, in one sentence. */
export function refusalInWords(refusal: WebhookRefusal): string {
  switch (refusal.kind) {
    case 'noTenant':
      return 'there is no such VDN';
    case 'noWebhook':
      return 'there is no such webhook';
    case 'noDeadLetter':
      return 'this webhook has no such dead letter';
    case 'badUrl':
      return `the url is refused: ${refusal.why}`;
    case 'beyondTheFeed':
      return `the position lies behind the newest event, which is ${refusal.head}`;
    case 'emptyRange':
      return 'from must be at least 1 and not after to';
    case 'tooManyWebhooks':
      return 'a VDN has at most 20 webhooks';
    case 'tooManyReplays':
      return 'at most 100 replays of a webhook may wait';
  }
}
