import { WEBHOOK_SIGNATURE_HEADER } from '@rollcall/contract';
import type { AttemptOutcome, Replay } from '../../domain/webhook/webhook.ts';
import type { Cancel, Clock } from '../../platform/clock.ts';
import type { OutboundPost } from '../../platform/outbound-post.ts';
import type { FeedStore } from '../../storage/feed-store.ts';
import type { Claim, ClaimedWebhook, WebhookClaimStore } from '../../storage/webhook-store.ts';
import { isReceived, retryDelayMs } from './attempts.ts';
import { type Batch, batchOf, MOST_EVENTS_A_BATCH } from './batch.ts';
import { signatureOf } from './signature.ts';

/** So long a receiver may take (rule WH-12). */
const REQUEST_MS = 10_000;
const GONE = 410;
const NOT_KEPT: AttemptOutcome = { kind: 'failed', why: 'these events are not kept any more' };

export interface WebhookLoopParts {
  /** Names this node's claims. */
  readonly holder: string;
  /** Name of this history of the logs. */
  readonly epoch: string;
  readonly store: WebhookClaimStore & Pick<FeedStore, 'readFeed'>;
  readonly post: Pick<OutboundPost, 'post'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly warn: (message: string, facts: object) => void;
  /** A loop could not go on; said at most once a minute, since each round may begin it again. */
  readonly reportFault: (facts: object) => void;
}

/** Sends one webhook what there is for it, one request at a time, as long as this node holds its claim. */
export class WebhookLoop {
  readonly #parts: WebhookLoopParts;
  readonly #claim: Claim;
  #webhook: ClaimedWebhook;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #position: number;
  #failures: number;
  /** Of the feed, until it is received: what is sent again is the same. */
  #batch: Batch | null = null;
  #hasReplays = false;
  #isWoken = false;
  #isEnding = false;
  #cancelRetry: Cancel | null = null;
  #work: Promise<void> | null = null;

  constructor(parts: WebhookLoopParts, webhook: ClaimedWebhook) {
    this.#parts = parts;
    this.#claim = { webhookId: webhook.webhookId, holder: parts.holder };
    this.#webhook = webhook;
    this.#position = webhook.position;
    this.#failures = webhook.failures;
  }

  get tenantId(): ClaimedWebhook['tenantId'] {
    return this.#webhook.tenantId;
  }

  get revision(): number {
    return this.#webhook.revision;
  }

  /** It sends nothing any more, and nothing is under way. */
  get isOver(): boolean {
    return this.#isEnding && this.#work === null;
  }

  /** What the store said of the webhook at `atMs` of the monotonic clock; of the same revision. */
  refresh(webhook: ClaimedWebhook, atMs: number): void {
    this.#webhook = webhook;
    this.#heldUntilMs = atMs + webhook.heldForMs;
    this.#hasReplays ||= webhook.replays > 0;
    if (this.#hasReplays || webhook.feedHead > this.#position) this.wake();
  }

  /** There may be something to send. */
  wake(): void {
    this.#isWoken = true;
    if (this.#work !== null || !this.#maySend()) return;
    this.#work = this.#run()
      .catch((fault: unknown) => {
        const { webhookId: webhook, tenantId: vdn } = this.#webhook;
        this.#parts.reportFault({ webhook, vdn, err: fault });
        this.end();
      })
      .finally(() => {
        this.#work = null;
        // Somebody may have called just after the last look.
        if (this.#isWoken) this.wake();
      });
  }

  /** Begins no more requests. */
  end(): void {
    this.#isEnding = true;
    this.#cancelRetry?.();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** The claim outlasts a request that is begun now, so that no other node sends meanwhile (rule WH-17). */
  #maySend(): boolean {
    const isHeld = this.#parts.clock.monotonicMs() + REQUEST_MS < this.#heldUntilMs;
    return isHeld && !this.#isEnding && this.#cancelRetry === null;
  }

  async #run(): Promise<void> {
    while (this.#isWoken && this.#maySend()) {
      this.#isWoken = false;
      while (this.#maySend() && (await this.#sendNext())) {
        // There may be more.
      }
    }
  }

  /** Replays and the feed take turns. Gives whether anything was sent. */
  async #sendNext(): Promise<boolean> {
    const hasReplayed = this.#hasReplays && this.#failures === 0 && (await this.#sendReplay());
    if (hasReplayed && !this.#maySend()) return true;
    this.#batch ??= await this.#readBatch();
    if (this.#batch === null) return hasReplayed;
    await this.#sendBatch(this.#batch);
    return true;
  }

  async #readBatch(): Promise<Batch | null> {
    const portion = await this.#parts.store.readFeed(this.tenantId, this.#position, MOST_EVENTS_A_BATCH);
    const firstKept = portion.events[0]?.position ?? portion.upTo + 1;
    if (firstKept > this.#position + 1) await this.#passOverRemoved(firstKept - 1);
    if (this.#isEnding) return null;
    return batchOf(portion, { ...this.#webhook, epoch: this.#parts.epoch, isReplay: false });
  }

  /** What is gone before it was sent is told as a dead letter (rule WH-23). */
  async #passOverRemoved(upTo: number): Promise<void> {
    const { store } = this.#parts;
    this.#warn('events were removed before a webhook was sent them; they are a dead letter', NOT_KEPT);
    const isOurs = (await store.noteFailed(this.#claim, NOT_KEPT)) !== undefined;
    this.#goOnBehind(upTo, isOurs && (await store.giveUp(this.#claim, upTo)));
  }

  async #sendBatch({ body, upTo }: Batch): Promise<void> {
    const { store } = this.#parts;
    const outcome = await this.#post(body);
    if (isReceived(outcome)) {
      this.#goOnBehind(upTo, await store.noteReceived(this.#claim, upTo, outcome));
      return;
    }
    // A request that was cut off by our own stop says nothing of the receiver.
    if (this.#isEnding) return;
    const failure = await store.noteFailed(this.#claim, outcome);
    if (failure === undefined) return this.end();
    if (await this.#endIfGone(outcome)) return;
    if (failure.failingForMs >= this.#webhook.deadLetterAfterMs) {
      this.#warn('events became a dead letter of a webhook', outcome);
      this.#goOnBehind(upTo, await store.giveUp(this.#claim, upTo));
      return;
    }
    this.#failures = failure.failures;
    this.#retryAfter(retryDelayMs(failure.failures, this.#parts.random()));
  }

  #goOnBehind(upTo: number, isOurs: boolean): void {
    this.#batch = null;
    this.#position = upTo;
    this.#failures = 0;
    if (!isOurs) this.end();
  }

  #retryAfter(delayMs: number): void {
    this.#cancelRetry = this.#parts.clock.after(delayMs, () => {
      this.#cancelRetry = null;
      this.wake();
    });
  }

  /** Gives whether there was a replay. One that fails is over (rule WH-19). */
  async #sendReplay(): Promise<boolean> {
    const { store, epoch } = this.#parts;
    const replay = await store.findNextReplay(this.#claim.webhookId);
    if (replay === undefined) {
      this.#hasReplays = false;
      return false;
    }
    const portion = await store.readFeed(this.tenantId, replay.after, MOST_EVENTS_A_BATCH);
    const events = portion.events.filter(({ position }) => position <= replay.upTo);
    const wanted = { ...portion, events, upTo: Math.min(portion.upTo, replay.upTo) };
    const batch = batchOf(wanted, { ...this.#webhook, epoch, isReplay: true });
    const outcome = batch === null ? NOT_KEPT : await this.#post(batch.body);
    await this.#noteReplay(replay, batch, outcome);
    return true;
  }

  async #noteReplay(replay: Replay, batch: Batch | null, outcome: AttemptOutcome): Promise<void> {
    const { store } = this.#parts;
    if (batch !== null && isReceived(outcome)) {
      if (!(await store.noteReplayed(this.#claim, { ...replay, after: batch.upTo }, outcome))) this.end();
      return;
    }
    if (this.#isEnding) return;
    this.#warn('a replay of a webhook failed; what is left of it is a dead letter', outcome);
    if (!(await store.endReplay(this.#claim, replay, outcome))) this.end();
    await this.#endIfGone(outcome);
  }

  async #endIfGone(outcome: AttemptOutcome): Promise<boolean> {
    if (outcome.kind !== 'answered' || outcome.status !== GONE) return false;
    this.#warn('the receiver of a webhook is gone; the webhook is paused', outcome);
    await this.#parts.store.pauseGone(this.#claim);
    this.end();
    return true;
  }

  #post(body: string): Promise<AttemptOutcome> {
    const { post, clock } = this.#parts;
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'Rollcall',
      [WEBHOOK_SIGNATURE_HEADER]: signatureOf(body, Math.floor(clock.wallMs() / 1_000), this.#webhook),
    };
    return post.post({ url: this.#webhook.url, headers, body, timeoutMs: REQUEST_MS });
  }

  /** The address is not told: it may hold what is secret. */
  #warn(message: string, outcome: AttemptOutcome): void {
    const { webhookId: webhook, tenantId: vdn } = this.#webhook;
    this.#parts.warn(message, { webhook, vdn, ...outcome });
  }
}
