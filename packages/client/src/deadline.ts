/** A signal that fires after a time, or together with another one; whoever made it lets it go. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #follow = () => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasPassed = false;

  constructor(timeoutMs: number, outer?: AbortSignal) {
    this.#outer = outer;
    if (outer?.aborted === true) this.#follow();
    outer?.addEventListener('abort', this.#follow, { once: true });
    this.extend(timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** It fired because its time was over. */
  get hasPassed(): boolean {
    return this.#hasPassed;
  }

  /** The time begins anew. */
  extend(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#hasPassed = true;
      this.#controller.abort();
    }, timeoutMs);
  }

  /** The time stands still until it begins anew. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#follow);
  }
}
