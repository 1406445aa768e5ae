import type { SessionId } from '@rollcall/contract';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { ReadPositionStore } from '../storage/read-position-store.ts';

/** Positions are written this long after the first of them moved, together (rule DL-15). */
const WRITE_AFTER_MS = 800;
/** So many are one statement; more are several, so that the loop is never held up for long. */
const POSITIONS_PER_STATEMENT = 1_000;

interface ReadPositionsParts {
  readonly store: ReadPositionStore;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** Keeps how far each session's client has received its events, over a restart and for the other nodes. */
export class ReadPositions {
  readonly #parts: ReadPositionsParts;
  #unwritten = new Map<SessionId, number>();
  #cancelWrite: Cancel | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: ReadPositionsParts) {
    this.#parts = parts;
  }

  /** Sequence of the newest event that the session's client has received; undefined: none is known. */
  find(sessionId: SessionId): Promise<number | undefined> {
    return this.#parts.store.findReadPosition(sessionId);
  }

  /** The client has received everything up to here; written within a second. */
  moved(sessionId: SessionId, sequence: number): void {
    this.#unwritten.set(sessionId, sequence);
    this.#cancelWrite ??= this.#parts.clock.after(WRITE_AFTER_MS, () => {
      this.#writing = this.#write().catch((fault: unknown) => {
        this.#parts.warn('read positions could not be written; they are tried again', { err: fault });
      });
    });
  }

  /** Writes what is not written yet. Rejects when the store fails. */
  async stop(): Promise<void> {
    this.#cancelWrite?.();
    await this.#writing;
    this.#cancelWrite?.();
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#cancelWrite = null;
    const moved = [...this.#unwritten].map(([sessionId, sequence]) => ({ sessionId, sequence }));
    this.#unwritten = new Map();
    for (let from = 0; from < moved.length; from += POSITIONS_PER_STATEMENT) {
      try {
        await this.#parts.store.saveReadPositions(moved.slice(from, from + POSITIONS_PER_STATEMENT));
      } catch (fault) {
        for (const { sessionId, sequence } of moved.slice(from)) {
          if (!this.#unwritten.has(sessionId)) this.moved(sessionId, sequence);
        }
        throw fault;
      }
    }
  }
}
