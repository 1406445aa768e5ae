import type { SessionId } from '@rollcall/contract';
import type { Clock } from '../platform/clock.ts';
import type { ReadPositionStore } from '../storage/read-position-store.ts';
import { WrittenLater } from './written-later.ts';

/** So many positions are one statement. */
const POSITIONS_PER_STATEMENT = 1_000;

interface WritingParts {
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** How far sessions' events were received, written within a second for all of them together. */
export function positionsWrittenLater({
  save,
  clock,
  warn,
}: WritingParts & { readonly save: ReadPositionStore['saveReadPositions'] }): WrittenLater<
  SessionId,
  number
> {
  return new WrittenLater({
    save: (moved) => save(moved.map(([sessionId, sequence]) => ({ sessionId, sequence }))),
    mostAtOnce: POSITIONS_PER_STATEMENT,
    clock,
    reportFault: (fault) => warn('read positions could not be written; they are tried again', { err: fault }),
  });
}

interface ReadPositionsParts extends WritingParts {
  readonly store: ReadPositionStore;
}

/** Keeps how far each session's client has received its events, over a restart and for the other nodes (rule DL-15). */
export class ReadPositions {
  readonly #store: ReadPositionStore;
  readonly #moved: WrittenLater<SessionId, number>;

  constructor({ store, clock, warn }: ReadPositionsParts) {
    this.#store = store;
    this.#moved = positionsWrittenLater({ save: store.saveReadPositions, clock, warn });
  }

  /** Sequence of the newest event that the session's client has received; undefined: none is known. */
  find(sessionId: SessionId): Promise<number | undefined> {
    return this.#store.findReadPosition(sessionId);
  }

  /** The client has received everything up to here; written within a second. */
  moved(sessionId: SessionId, sequence: number): void {
    this.#moved.put(sessionId, sequence);
  }

  /** Writes what is not written yet. Rejects when the store fails. */
  stop(): Promise<void> {
    return this.#moved.stop();
  }
}
