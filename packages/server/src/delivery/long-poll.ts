import type { EventPosition, WorkNumber } from '@rollcall/contract';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Clock } from '../platform/clock.ts';
import type { AgentLogs } from './agent-logs.ts';
import { HoldTimer } from './hold-timer.ts';
import type { Poll, PollAnswer, PollConnection } from './poll.ts';
import type { ReadPositions } from './read-positions.ts';
import { type HeldPoll, newReader, type Reader, takeReceipt } from './reader.ts';
import { presentStateEvent, toWireEvent } from './wire-events.ts';

/** A poll without news is held this long, and up to {@link HOLD_SPREAD_MS} longer, fixed per agent (rule DL-3). */
const HOLD_MS = 9_500;
const HOLD_SPREAD_MS = 440;
/** No refusal and no empty answer comes sooner: some clients poll again without any pause (rule DL-5). */
const SOONEST_EMPTY_MS = 500;
/** While two connections alternate faster than this, the older one keeps its hold (rule DL-4). */
const SOONEST_DISPLACED_MS = 1_000;
/** How far one read looks; more than a session has of events that old clients are not told of. */
const READ_AHEAD = 8;
/** A reader that has not polled for this long is forgotten; its ended session's token is too. */
const READER_KEPT_MS = 86_400_000;

type WhenGone = (run: () => void) => void;

interface LongPollParts {
  readonly logs: AgentLogs;
  readonly positions: Pick<ReadPositions, 'find' | 'moved'>;
  readonly clock: Clock;
}

/**
 * Hands events to their readers, oldest first, one to an answer: to a session its own that it has not received yet, or
 * whatever lies behind the place that a poll names.
 */
export class LongPoll {
  readonly #parts: LongPollParts;
  readonly #readers = new Map<string, Reader>();
  readonly #held = new Map<WorkNumber, Set<HeldPoll>>();
  /** Newest head announced of each agent: a commit between identifying a caller and holding its poll is seen. */
  readonly #announcedHeads = new Map<WorkNumber, number>();
  readonly #holds: HoldTimer<HeldPoll>;
  #isStopping = false;

  constructor(parts: LongPollParts) {
    this.#parts = parts;
    this.#holds = new HoldTimer(parts.clock, (held) => this.#answer(held, { kind: 'empty' }));
  }

  /**
   * Answers with the next event, waiting for one; empty when the hold is over or a newer poll of the same kind and
   * session came. Rejects when the store fails.
   *
   * @param whenGone has its argument called when the caller has gone away; the promise then stays open.
   */
  async poll(poll: Poll, whenGone: WhenGone): Promise<PollAnswer> {
    const { clock, positions } = this.#parts;
    const beganMs = clock.monotonicMs();
    const reader = this.#readers.get(keyOf(poll)) ?? (await this.#newReader(poll));
    const { connection, after } = poll;
    reader.lastPollMs = beganMs;
    if (after === null && takeReceipt(reader, connection)) {
      positions.moved(reader.sessionId, reader.position);
    }
    const place = after === null ? null : await this.#placeOf(poll, after);
    if (place !== null && place.kind !== 'behind') return place;
    if (!this.#makesRoom(reader, connection)) return this.#emptyAnswer(beganMs);
    if (place !== null) reader.position = place.sequence;
    return new Promise((settle, fail) => {
      const held = this.#hold({ reader, connection, beganMs, settle, fail }, whenGone);
      if (!this.#isKnownToHaveNoNews(reader, poll.record)) void this.#lookForNews(held);
      if (this.#isStopping) this.#answer(held, { kind: 'empty' });
    });
  }

  /** Where a poll that names its place goes on; a place that cannot be continued is told first (rules DL-12, DL-13). */
  async #placeOf(
    poll: Poll,
    after: EventPosition,
  ): Promise<{ readonly kind: 'behind'; readonly sequence: number } | PollAnswer> {
    const { logs } = this.#parts;
    const place = await logs.placeOf(poll, after);
    if (place.kind === 'behind') return place;
    const { record, sequence } = place;
    if (record === null || record.session === null) return { kind: 'behind', sequence };
    const event = presentStateEvent(record.session.state, poll.workNumber);
    return { kind: 'event', event, position: { epoch: logs.epoch, sequence } };
  }

  /** The newer poll is held and the older one answered, but not while two connections alternate faster (rule DL-4). */
  #makesRoom(reader: Reader, connection: PollConnection): boolean {
    const { held } = reader;
    if (held === null) return true;
    const nowMs = this.#parts.clock.monotonicMs();
    if (held.connection !== connection && nowMs - reader.displacedMs < SOONEST_DISPLACED_MS) return false;
    reader.displacedMs = nowMs;
    this.#answer(held, { kind: 'empty' });
    return true;
  }

  async #emptyAnswer(beganMs: number): Promise<PollAnswer> {
    const { clock } = this.#parts;
    const waitMs = beganMs + SOONEST_EMPTY_MS - clock.monotonicMs();
    if (!this.#isStopping) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    return { kind: 'empty' };
  }

  /** Wakes the polls of the agents that a batch has changed. */
  wake(changes: Changes): void {
    const firstEvents = new Map<WorkNumber, LoggedEvent>();
    for (const event of changes.events) {
      if (!firstEvents.has(event.record.workNumber)) firstEvents.set(event.record.workNumber, event);
    }
    for (const record of changes.records.values()) {
      this.#announcedHeads.set(record.workNumber, record.head);
      for (const held of this.#held.get(record.workNumber) ?? []) {
        const isAnswered = this.#answerFromBatch(held, record, firstEvents.get(record.workNumber));
        if (!isAnswered) void this.#lookForNews(held);
      }
    }
  }

  /** Wakes the polls of agents that another node has changed. */
  wakeAgents(agents: ReadonlySet<WorkNumber>): void {
    for (const workNumber of agents) {
      for (const held of this.#held.get(workNumber) ?? []) void this.#lookForNews(held);
    }
  }

  /** Answers every held poll and holds none from now on: this node stops. */
  releaseAll(): void {
    this.#isStopping = true;
    const all = [...this.#held.values()].flatMap((set) => [...set]);
    for (const held of all) this.#answer(held, { kind: 'empty' });
  }

  /** Forgets readers whose sessions can have no events left to read. */
  forgetOldReaders(): void {
    const oldestMs = this.#parts.clock.monotonicMs() - READER_KEPT_MS;
    for (const [key, reader] of this.#readers) {
      if (reader.held === null && reader.lastPollMs < oldestMs) this.#readers.delete(key);
    }
  }

  async #newReader(poll: Poll): Promise<Reader> {
    const { sessionId, firstSequence, after } = poll;
    const known = after === null ? await this.#parts.positions.find(sessionId) : undefined;
    const key = keyOf(poll);
    // Another poll of the session may have come first while the store was asked.
    const reader = this.#readers.get(key) ?? newReader(poll, Math.max(known ?? 0, firstSequence - 1));
    this.#readers.set(key, reader);
    return reader;
  }

  #hold(part: Omit<HeldPoll, 'takeBack'>, whenGone: WhenGone): HeldPoll {
    const { reader } = part;
    const { workNumber } = reader;
    const held: HeldPoll = { ...part, takeBack: () => undefined };
    held.takeBack = this.#holds.hold(held, HOLD_MS + ((workNumber * 7) % HOLD_SPREAD_MS));
    reader.held = held;
    const set = this.#held.get(workNumber);
    if (set === undefined) this.#held.set(workNumber, new Set([held]));
    else set.add(held);
    whenGone(() => this.#remove(held));
    return held;
  }

  #remove(held: HeldPoll): void {
    const { reader } = held;
    const { workNumber } = reader;
    held.takeBack();
    if (reader.held === held) reader.held = null;
    const set = this.#held.get(workNumber);
    set?.delete(held);
    if (set?.size === 0) this.#held.delete(workNumber);
  }

  #isKnownToHaveNoNews(reader: Reader, record: AgentRecord | null): boolean {
    if (record === null || reader.position < record.head) return false;
    return (this.#announcedHeads.get(reader.workNumber) ?? 0) <= record.head;
  }

  /** True when the batch itself holds the poll's next event, so that the log need not be read. */
  #answerFromBatch(held: HeldPoll, record: AgentRecord, first: LoggedEvent | undefined): boolean {
    const { reader } = held;
    if (record.session?.id !== reader.sessionId) return false;
    if (record.head === reader.position) return true;
    return first?.sequence === reader.position + 1 && this.#answerWith(held, first);
  }

  /** False when old clients are not told of the event: the poll goes on behind it. */
  #answerWith(held: HeldPoll, { event, sequence }: LoggedEvent): boolean {
    const { reader } = held;
    const wireEvent = toWireEvent(event, reader.workNumber);
    if (wireEvent === null) {
      reader.position = Math.max(reader.position, sequence);
      return false;
    }
    reader.answered = { sequence, connection: held.connection, atMs: this.#parts.clock.monotonicMs() };
    this.#answer(held, {
      kind: 'event',
      event: wireEvent,
      position: { epoch: this.#parts.logs.epoch, sequence },
    });
    return true;
  }

  async #lookForNews(held: HeldPoll): Promise<void> {
    try {
      await this.#answerFromLog(held);
    } catch (cause) {
      if (held.reader.held !== held) return;
      this.#remove(held);
      held.fail(cause);
    }
  }

  /** Another poll of the session may take this one's place, or answer it, during each wait for the store. */
  async #answerFromLog(held: HeldPoll): Promise<void> {
    const { reader } = held;
    const range = await this.#parts.logs.rangeOf(reader);
    while (reader.held === held && reader.position < range.upTo) {
      const { workNumber, position: after } = reader;
      const events = await this.#parts.logs.read({
        workNumber,
        after,
        upTo: range.upTo,
        limit: READ_AHEAD,
      });
      if (reader.held !== held) return;
      if (events.length === 0) break;
      // What lies between was removed just now: the next poll that names this place is told so (rule RT-3).
      if ((events[0]?.sequence ?? 0) > after + 1) return this.#answer(held, { kind: 'empty' });
      // A look-up beside this one may have gone further in the meantime.
      if (reader.position === after && events.some((event) => this.#answerWith(held, event))) return;
    }
    if (reader.held === held && range.isOver) this.#answer(held, { kind: 'over' });
  }

  #answer(held: HeldPoll, answer: PollAnswer): void {
    if (held.reader.held !== held) return;
    this.#remove(held);
    const waitMs = held.beganMs + SOONEST_EMPTY_MS - this.#parts.clock.monotonicMs();
    if (answer.kind === 'event' || waitMs <= 0) held.settle(answer);
    else this.#parts.clock.after(waitMs, () => held.settle(answer));
  }
}

/** Polls that name their place and polls that do not are two readers of one session: neither displaces the other. */
function keyOf({ sessionId, after }: Poll): string {
  return after === null ? sessionId : `${sessionId} after`;
}
