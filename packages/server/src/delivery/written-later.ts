import type { Cancel, Clock } from '../platform/clock.ts';

/** What has moved is written this long after the first of it, together. */
const WRITE_AFTER_MS = 800;

interface WrittenLaterParts<Key, Value> {
  /** Writes at most `mostAtOnce` of them. Rejects when the store fails. */
  readonly save: (moved: readonly (readonly [Key, Value])[]) => Promise<void>;
  /** More are several calls, so that the loop is never held up for long. */
  readonly mostAtOnce: number;
  readonly clock: Clock;
  /** Called when a write has failed; what it did not write is tried again. */
  readonly reportFault: (fault: unknown) => void;
}

/** Values that are kept in memory until they are written, the newest of each key, within a second. */
export class WrittenLater<Key, Value> {
  readonly #parts: WrittenLaterParts<Key, Value>;
  #unwritten = new Map<Key, Value>();
  #cancelWrite: Cancel | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: WrittenLaterParts<Key, Value>) {
    this.#parts = parts;
  }

  put(key: Key, value: Value): void {
    this.#unwritten.set(key, value);
    this.#cancelWrite ??= this.#parts.clock.after(WRITE_AFTER_MS, () => {
      this.#writing = this.#write().catch(this.#parts.reportFault);
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
    const { save, mostAtOnce } = this.#parts;
    const moved = [...this.#unwritten];
    this.#unwritten = new Map();
    for (let from = 0; from < moved.length; from += mostAtOnce) {
      try {
        await save(moved.slice(from, from + mostAtOnce));
      } catch (fault) {
        for (const [key, value] of moved.slice(from)) {
          if (!this.#unwritten.has(key)) this.put(key, value);
        }
        throw fault;
      }
    }
  }
}
