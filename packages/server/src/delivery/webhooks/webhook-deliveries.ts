import type { TenantId } from '@rollcall/contract';
import type { Cancel } from '../../platform/clock.ts';
import type { OutboundPost } from '../../platform/outbound-post.ts';
import { WebhookLoop, type WebhookLoopParts } from './webhook-loop.ts';

/** What administrators have changed is seen within this time (rule WH-21). */
const ROUND_MS = 950;
/** Much longer than a request, since a request is begun only where the claim outlasts it (rule WH-17). */
const CLAIM_MS = 30_000;
/** At the stop requests that are under way may take so long; then they are given up, and sent again at the next start. */
const STOP_MS = 1_000;

interface WebhookDeliveriesParts extends WebhookLoopParts {
  readonly post: Pick<OutboundPost, 'post' | 'close'>;
}

/** Keeps a loop for each webhook that this node has claimed (docs/spec/webhooks.md). */
export class WebhookDeliveries {
  readonly #parts: WebhookDeliveriesParts;
  readonly #loops = new Map<number, WebhookLoop>();
  #cancelNext: Cancel = () => undefined;
  #round: Promise<void> = Promise.resolve();
  #isGoing = false;
  #isDueAtOnce = false;
  #isStopped = false;
  #isFailing = false;

  constructor(parts: WebhookDeliveriesParts) {
    this.#parts = parts;
  }

  /** Looks for what has changed, and then again and again. */
  start(): void {
    this.#isGoing = true;
    this.#isDueAtOnce = false;
    this.#round = this.#goRound().finally(() => {
      this.#isGoing = false;
      if (this.#isStopped) return;
      this.#cancelNext = this.#parts.clock.after(this.#isDueAtOnce ? 0 : ROUND_MS, () => this.start());
    });
  }

  /** Somebody has changed webhooks on this node. */
  lookAtOnce(): void {
    this.#isDueAtOnce = true;
    if (this.#isGoing || this.#isStopped) return;
    this.#cancelNext();
    this.start();
  }

  /** These feeds have grown. */
  wake(heads: ReadonlyMap<TenantId, number>): void {
    for (const loop of this.#loops.values()) if (heads.has(loop.tenantId)) loop.wake();
  }

  /** Ends what is under way and lets another node go on. */
  async stop(): Promise<void> {
    const { clock, post, store, holder } = this.#parts;
    this.#isStopped = true;
    this.#cancelNext();
    await this.#round;
    for (const loop of this.#loops.values()) loop.end();
    const cancel = clock.after(STOP_MS, () => void post.close());
    await Promise.all([...this.#loops.values()].map((loop) => loop.idle()));
    cancel();
    await post.close();
    if (this.#loops.size === 0) return;
    await store.releaseWebhooks(holder).catch((fault: unknown) => this.#noteFailure(fault));
  }

  async #goRound(): Promise<void> {
    try {
      await this.#claim();
      this.#isFailing = false;
    } catch (fault) {
      this.#noteFailure(fault);
    }
  }

  #noteFailure(fault: unknown): void {
    const message = 'webhooks cannot be read or claimed; they are sent events later';
    if (!this.#isFailing) this.#parts.warn(message, { err: fault });
    this.#isFailing = true;
  }

  /** A webhook that somebody has changed gets a new loop, once the old one has ended. */
  async #claim(): Promise<void> {
    const { store, holder, clock } = this.#parts;
    const atMs = clock.monotonicMs();
    const claimed = await store.claimWebhooks(holder, CLAIM_MS);
    const present = new Map(claimed.map((webhook) => [webhook.webhookId, webhook]));
    for (const [webhookId, loop] of this.#loops) {
      if (present.get(webhookId)?.revision !== loop.revision) loop.end();
      if (loop.isOver) this.#loops.delete(webhookId);
    }
    for (const [webhookId, webhook] of present) {
      const loop = this.#loops.get(webhookId) ?? new WebhookLoop(this.#parts, webhook);
      this.#loops.set(webhookId, loop);
      if (webhook.revision === loop.revision) loop.refresh(webhook, atMs);
    }
  }
}
