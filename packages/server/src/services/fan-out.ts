import type { TenantId } from '@rollcall/contract/identifiers';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { FanOutStore, SessionEvent } from '../storage/fan-out-store.ts';
import type { FeedStore } from '../storage/feed-store.ts';

/** Feeds are looked at once in this time, whoever changed them; a position that passed something is written then. */
const ROUND_MS = 950;
const FOLLOWED_AT_ONCE = 100;
/** How long a position that moved past nothing of interest may stay unwritten: a start reads that part again. */
const IDLE_SAVE_MS = 30_000;

/** What follows from sign-ins and sign-outs; a repeat changes nothing. Rejects where it is not known to be done. */
export type Consequence = (tenantId: TenantId, events: readonly SessionEvent[]) => Promise<void>;

interface FanOutParts {
  readonly store: FanOutStore & Pick<FeedStore, 'readFeedHeads'>;
  readonly consequence: Consequence;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/**
 * Follows each tenant's feed and draws what follows for other agents (docs/spec/fan-out.md). Every node does so; what
 * another has done already is left alone when it is decided.
 */
export class FanOut {
  readonly #parts: FanOutParts;
  readonly #woken = new Set<TenantId>();
  /** How far each feed was followed by this node, and how far the store knows. */
  #followed: Map<TenantId, number> | null = null;
  #saved: ReadonlyMap<TenantId, number> = new Map();
  #savedMs = Number.NEGATIVE_INFINITY;
  /** Whether something was drawn since positions were last written. */
  #hasDrawn = false;
  #cancelNext: Cancel = () => undefined;
  #work: Promise<void> | null = null;
  #isRoundDue = false;
  #isStopped = false;
  #isFailing = false;

  constructor(parts: FanOutParts) {
    this.#parts = parts;
  }

  /** Goes on where the feeds were followed to, by whichever node, and looks at all of them again and again. */
  start(): void {
    if (this.#isStopped) return;
    this.#isRoundDue = true;
    this.#begin();
    this.#cancelNext = this.#parts.clock.after(ROUND_MS, () => this.start());
  }

  /** Resolves when what was begun is done and written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#work;
    await this.#save().catch((fault: unknown) => this.#noteFailure(fault));
  }

  /** A batch was committed on this node. */
  wake({ events }: Changes): void {
    for (const { event, record } of events) {
      if (event.kind === 'agentSignedIn' || event.kind === 'agentSignedOut') this.#woken.add(record.tenantId);
    }
    // Before the first round it is not known how far the feeds were followed.
    if (this.#woken.size > 0 && this.#followed !== null) this.#begin();
  }

  #begin(): void {
    if (this.#work === null && !this.#isStopped) this.#work = this.#run();
  }

  /** What cannot be done is left to the next round. */
  async #run(): Promise<void> {
    try {
      do {
        await (this.#isRoundDue ? this.#goRound() : this.#followWoken());
        this.#isFailing = false;
      } while (!this.#isStopped && (this.#isRoundDue || this.#woken.size > 0));
    } catch (fault) {
      this.#noteFailure(fault);
    } finally {
      this.#work = null;
    }
  }

  #noteFailure(fault: unknown): void {
    const message = 'inspectors cannot be told of sign-ins and sign-outs; they are told later';
    if (!this.#isFailing) this.#parts.warn(message, { err: fault });
    this.#isFailing = true;
  }

  async #goRound(): Promise<void> {
    this.#isRoundDue = false;
    const { store } = this.#parts;
    if (this.#followed === null) {
      this.#saved = await store.readFanOutPositions();
      this.#followed = new Map(this.#saved);
    }
    for (const [tenantId, head] of await store.readFeedHeads()) {
      if (head > (this.#followed.get(tenantId) ?? 0)) this.#woken.add(tenantId);
    }
    await this.#followWoken();
    const unsavedMs = this.#parts.clock.monotonicMs() - this.#savedMs;
    if (this.#hasDrawn || unsavedMs >= IDLE_SAVE_MS) await this.#save();
  }

  async #followWoken(): Promise<void> {
    for (const tenantId of this.#woken) {
      this.#woken.delete(tenantId);
      await this.#follow(tenantId);
    }
  }

  /** A position moves on only when everything that follows from what lies before it is committed. */
  async #follow(tenantId: TenantId): Promise<void> {
    const { store, consequence } = this.#parts;
    while (!this.#isStopped) {
      const after = this.#followed?.get(tenantId) ?? 0;
      const { events, upTo, head } = await store.readSessionEvents(tenantId, after, FOLLOWED_AT_ONCE);
      if (events.length > 0) {
        await consequence(tenantId, events);
        this.#hasDrawn = true;
      }
      this.#followed?.set(tenantId, upTo);
      if (upTo >= head) return;
    }
  }

  async #save(): Promise<void> {
    const followed = new Map(this.#followed);
    const moved = [...followed].filter(([tenantId, upTo]) => this.#saved.get(tenantId) !== upTo);
    this.#savedMs = this.#parts.clock.monotonicMs();
    this.#hasDrawn = false;
    if (moved.length === 0) return;
    await this.#parts.store.saveFanOutPositions(new Map(moved));
    this.#saved = followed;
  }
}
