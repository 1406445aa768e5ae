/** At most so many requests at once, to one receiver and to all. */
const MOST_TO_RECEIVER = 8;
const MOST_TO_ALL = 256;
/** After so many requests in a row without any answer a receiver is only tried, by one request at a time. */
const UNANSWERED_UNTIL_TRIED = 3;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** Something whose messages go to one receiver, one after another. */
export interface Lane {
  readonly receiver: string;
}

/** `refused`: the receiver answered, and did not take it. `unanswered`: it did not answer, or cannot be reached. */
export type LaneOutcome = 'received' | 'refused' | 'unanswered';

/** Of a lane whose last request failed. */
interface LaneState {
  /** In a row. */
  readonly failures: number;
  readonly refusals: number;
  readonly retryAtMs: number;
}

interface Receiver {
  readonly lanes: Set<Lane>;
  /** With something to send, in the order of their turns. */
  readonly ready: Set<Lane>;
  /** With something to send that failed before. */
  readonly resting: Set<Lane>;
  readonly sending: Set<Lane>;
  /** Whose last request failed. */
  readonly failing: Map<Lane, LaneState>;
  unanswered: number;
  /** Since it is only tried. */
  tries: number;
  retryAtMs: number;
}

/**
 * Says whose turn it is: receivers one after another, and each one's lanes one after another. A receiver that does not
 * answer holds its own few requests, and then one; a lane that failed waits longer each time (rules PU-5, PU-7).
 */
export class PushLanes<Each extends Lane> {
  readonly #random: () => number;
  readonly #receivers = new Map<string, Receiver>();
  #sending = 0;

  /** @param random 0 to 1; spreads what failed together. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** The lane has something to send. */
  offer(lane: Each): void {
    const receiver = this.#receiverOf(lane);
    if (receiver.sending.has(lane) || receiver.resting.has(lane)) return;
    receiver.ready.add(lane);
  }

  /** Whose turn it is now, if anybody's; it is being sent for until its outcome is told. */
  take(nowMs: number): Each | undefined {
    if (this.#sending >= MOST_TO_ALL) return undefined;
    for (const [origin, receiver] of this.#receivers) {
      const [lane] = receiver.ready;
      if (lane === undefined || !hasRoom(receiver, nowMs)) continue;
      receiver.ready.delete(lane);
      receiver.sending.add(lane);
      this.#sending += 1;
      // The next turn is the next receiver's.
      this.#receivers.delete(origin);
      this.#receivers.set(origin, receiver);
      return lane as Each;
    }
    return undefined;
  }

  /** What became of the request; null: none was made. The lane is offered again where it has more to send. */
  settle(lane: Each, outcome: LaneOutcome | null, nowMs: number): void {
    const receiver = this.#receivers.get(lane.receiver);
    if (receiver?.sending.delete(lane) !== true) return;
    this.#sending -= 1;
    if (outcome === null) return;
    if (outcome === 'unanswered') this.#noteSilence(receiver, nowMs);
    else Object.assign(receiver, { unanswered: 0, tries: 0, retryAtMs: 0 });
    if (outcome === 'received') {
      receiver.failing.delete(lane);
      return;
    }
    const before = receiver.failing.get(lane);
    const failures = (before?.failures ?? 0) + 1;
    const refusals = (before?.refusals ?? 0) + (outcome === 'refused' ? 1 : 0);
    receiver.failing.set(lane, { failures, refusals, retryAtMs: nowMs + this.#delayMs(failures) });
    receiver.resting.add(lane);
  }

  /** Offers again what has waited long enough. */
  endRests(nowMs: number): void {
    for (const receiver of this.#receivers.values()) {
      for (const lane of receiver.resting) {
        if ((receiver.failing.get(lane)?.retryAtMs ?? 0) > nowMs) continue;
        receiver.resting.delete(lane);
        receiver.ready.add(lane);
      }
    }
  }

  /** How often the receiver has refused the lane since it last took something of it. */
  refusalsOf(lane: Each): number {
    return this.#receivers.get(lane.receiver)?.failing.get(lane)?.refusals ?? 0;
  }

  /** Whether the last request of any of the receiver's lanes failed. */
  isReceiverFailing(origin: string): boolean {
    return (this.#receivers.get(origin)?.failing.size ?? 0) > 0;
  }

  /** The lane is over, or another's; what becomes of a request under way does not matter any more. */
  forget(lane: Each): void {
    const receiver = this.#receiverOf(lane);
    if (receiver.sending.delete(lane)) this.#sending -= 1;
    for (const set of [receiver.lanes, receiver.ready, receiver.resting, receiver.failing]) set.delete(lane);
    if (receiver.lanes.size === 0) this.#receivers.delete(lane.receiver);
  }

  #receiverOf(lane: Each): Receiver {
    const receiver = this.#receivers.get(lane.receiver) ?? {
      lanes: new Set(),
      ready: new Set(),
      resting: new Set(),
      sending: new Set(),
      failing: new Map(),
      unanswered: 0,
      tries: 0,
      retryAtMs: 0,
    };
    receiver.lanes.add(lane);
    this.#receivers.set(lane.receiver, receiver);
    return receiver;
  }

  #noteSilence(receiver: Receiver, nowMs: number): void {
    receiver.unanswered += 1;
    // Requests that were begun together fail together, and count as one try.
    if (!isOnlyTried(receiver) || nowMs < receiver.retryAtMs) return;
    receiver.tries += 1;
    receiver.retryAtMs = nowMs + this.#delayMs(receiver.tries);
  }

  #delayMs(failures: number): number {
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
    return delayMs * (0.5 + this.#random() / 2);
  }
}

function isOnlyTried({ unanswered }: Receiver): boolean {
  return unanswered >= UNANSWERED_UNTIL_TRIED;
}

function hasRoom(receiver: Receiver, nowMs: number): boolean {
  if (!isOnlyTried(receiver)) return receiver.sending.size < MOST_TO_RECEIVER;
  return receiver.sending.size === 0 && nowMs >= receiver.retryAtMs;
}
