import type { BatchPlace, TenantId, WireEvent, WorkNumber } from '@rollcall/contract';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { TrustedPeer } from '../services/trusted-peers.ts';
import type { FeedStore } from '../storage/feed-store.ts';
import { HoldTimer } from './hold-timer.ts';
import type { PeerEvents } from './peer-events.ts';
import type { PeerPlaces } from './peer-places.ts';
import type { PollConnection } from './poll.ts';
import { hasArrived } from './reader.ts';

/** A batch without news is held this long. */
const HOLD_MS = 9_700;
const SOONEST_EMPTY_MS = 500;

export type BatchAnswer =
  | { readonly kind: 'events'; readonly events: readonly WireEvent[]; readonly place: BatchPlace }
  | { readonly kind: 'empty' };

/** A poll of a trusted peer. */
export interface BatchRequest {
  readonly peer: TrustedPeer;
  readonly connection: PollConnection;
  /** Read behind this place and consume nothing; null: what the peer has not received yet. */
  readonly after: BatchPlace | null;
  readonly most: number;
}

type Positions = ReadonlyMap<TenantId, number>;

/** How far one peer has received its events, and what it was answered last. */
interface PeerReader {
  received: Positions;
  answered: { readonly upTo: Positions; readonly connection: PollConnection; readonly atMs: number } | null;
}

interface Held {
  readonly request: BatchRequest;
  readonly beganMs: number;
  /** Everything up to here was looked at. */
  lookedUpTo: Positions;
  isLooking: boolean;
  mayHaveNews: boolean;
  isOver: boolean;
  takeBack: Cancel;
  settle(answer: BatchAnswer): void;
  fail(fault: unknown): void;
}

interface BatchPollsParts {
  readonly store: Pick<FeedStore, 'readFeedHeads'>;
  readonly events: PeerEvents;
  readonly places: Pick<PeerPlaces, 'read' | 'moved'>;
  readonly epoch: string;
  readonly clock: Clock;
}

/** Hands trusted peers the events of all agents for whom they act, several an answer (docs/spec/batch-polls.md). */
export class BatchPolls {
  readonly #parts: BatchPollsParts;
  readonly #readers = new Map<string, Promise<PeerReader>>();
  readonly #held = new Map<string, Held>();
  readonly #holds: HoldTimer<Held>;
  #isStopping = false;

  constructor(parts: BatchPollsParts) {
    this.#parts = parts;
    this.#holds = new HoldTimer(parts.clock, (held) => this.#settle(held, { kind: 'empty' }));
  }

  /** Answers with the next events, waiting for some. Rejects when the store fails. */
  async poll(request: BatchRequest, whenGone: (run: () => void) => void): Promise<BatchAnswer> {
    const { peer, connection, after } = request;
    const beganMs = this.#parts.clock.monotonicMs();
    const reader = await this.#readerOf(peer.name);
    if (after === null) this.#takeReceipt(peer, reader, connection);
    const key = after === null ? peer.name : `${peer.name} after`;
    const older = this.#held.get(key);
    if (older !== undefined) this.#settle(older, { kind: 'empty' });
    const place =
      after === null
        ? { kind: 'behind' as const, positions: reader.received }
        : await this.#parts.events.placeOf(peer, after);
    if (place.kind === 'lost') {
      return { kind: 'events', events: place.snapshot, place: this.#placeOf(place.positions) };
    }
    return new Promise((settle, fail) => {
      const held: Held = {
        request,
        beganMs,
        lookedUpTo: place.positions,
        isLooking: false,
        mayHaveNews: true,
        isOver: false,
        takeBack: () => undefined,
        settle,
        fail,
      };
      held.takeBack = this.#holds.hold(held, HOLD_MS);
      this.#held.set(key, held);
      whenGone(() => this.#remove(held));
      this.#look(held, reader);
      if (this.#isStopping) this.#settle(held, { kind: 'empty' });
    });
  }

  /** A batch was committed on this node. */
  wake({ events }: Changes): void {
    if (this.#held.size > 0 && events.length > 0) this.#wakeAll();
  }

  /** Another node has changed these agents. */
  wakeAgents(agents: ReadonlySet<WorkNumber>): void {
    if (agents.size > 0) this.#wakeAll();
  }

  /** Answers every held poll and holds none from now on: this node stops. */
  releaseAll(): void {
    this.#isStopping = true;
    for (const held of this.#held.values()) this.#settle(held, { kind: 'empty' });
  }

  #wakeAll(): void {
    for (const held of this.#held.values()) {
      void this.#readerOf(held.request.peer.name).then((reader) => this.#look(held, reader), held.fail);
    }
  }

  #readerOf(peer: string): Promise<PeerReader> {
    const known = this.#readers.get(peer);
    if (known !== undefined) return known;
    const reader = this.#parts.places
      .read(peer)
      .then((received): PeerReader => ({ received, answered: null }));
    this.#readers.set(peer, reader);
    // A failure of the store is not kept.
    reader.catch(() => this.#readers.delete(peer));
    return reader;
  }

  /** What the next poll tells of the answer before it, as of an agent's poll (rule DL-6). */
  #takeReceipt({ name }: TrustedPeer, reader: PeerReader, connection: PollConnection): void {
    const { answered } = reader;
    reader.answered = null;
    if (answered === null || !hasArrived(answered, connection)) return;
    reader.received = answered.upTo;
    this.#parts.places.moved(name, answered.upTo);
  }

  #look(held: Held, reader: PeerReader): void {
    held.mayHaveNews = true;
    if (held.isLooking) return;
    held.isLooking = true;
    this.#lookForNews(held, reader).catch((fault: unknown) => {
      held.isLooking = false;
      this.#remove(held);
      held.fail(fault);
    });
  }

  async #lookForNews(held: Held, reader: PeerReader): Promise<void> {
    const { peer, most, after, connection } = held.request;
    while (held.mayHaveNews && !held.isOver) {
      held.mayHaveNews = false;
      const { events, upTo } = await this.#parts.events.read(peer, held.lookedUpTo, most);
      if (held.isOver) break;
      held.lookedUpTo = upTo;
      if (events.length === 0) continue;
      if (after === null) {
        reader.answered = { upTo, connection, atMs: this.#parts.clock.monotonicMs() };
      }
      this.#settle(held, { kind: 'events', events, place: this.#placeOf(upTo) });
    }
    held.isLooking = false;
  }

  #placeOf(positions: Positions): BatchPlace {
    return { epoch: this.#parts.epoch, positions };
  }

  #remove(held: Held): void {
    held.isOver = true;
    held.takeBack();
    for (const [key, each] of this.#held) if (each === held) this.#held.delete(key);
  }

  #settle(held: Held, answer: BatchAnswer): void {
    if (held.isOver) return;
    this.#remove(held);
    const waitMs = held.beganMs + SOONEST_EMPTY_MS - this.#parts.clock.monotonicMs();
    if (answer.kind === 'events' || waitMs <= 0) held.settle(answer);
    else this.#parts.clock.after(waitMs, () => held.settle(answer));
  }
}
