import type { Clock } from '../platform/clock.ts';

/** A server-side client whose calls need no token on its own listener (rule WI-55). */
export interface TrustedPeer {
  readonly name: string;
  /** Agents for whom it acts wherever they signed in. */
  readonly agents: ReadonlySet<number>;
}

/** When the peers whose requests keep their sessions alive were last heard of (rule WI-57). */
export class PeerContacts {
  readonly #clock: Clock;
  readonly #lastMs: Map<string, number>;

  /** @param names of the peers that keep their sessions alive. */
  constructor(clock: Clock, names: readonly string[]) {
    this.#clock = clock;
    this.#lastMs = new Map(names.map((name) => [name, Number.NEGATIVE_INFINITY]));
  }

  heardOf({ name }: TrustedPeer): void {
    if (this.#lastMs.has(name)) this.#lastMs.set(name, this.#clock.monotonicMs());
  }

  /** Monotonic time; infinitely long ago when not heard of yet; undefined for who keeps nothing alive. */
  lastMs(name: string | undefined): number | undefined {
    return name === undefined ? undefined : this.#lastMs.get(name);
  }

  get areNone(): boolean {
    return this.#lastMs.size === 0;
  }
}
