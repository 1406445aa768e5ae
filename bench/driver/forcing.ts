import { Connection, type Endpoint } from './connection.ts';
import { type Agent, forceRequest } from './requests.ts';
import { signInOverFew } from './sign-ins.ts';
import type { Tally } from './tally.ts';

interface Parties {
  readonly endpoint: Endpoint;
  readonly inspector: Agent;
  readonly agents: readonly Agent[];
}

interface ForcingParts {
  readonly connection: Connection;
  readonly token: string;
  readonly agents: readonly Agent[];
  readonly tally: Tally;
}

/** An inspector that makes the same agents not ready and ready again, by one call each time. */
export class Forcing {
  readonly #parts: ForcingParts;
  #next: 'ready' | 'notReady' = 'notReady';
  /** What each call took, since the last time that this was emptied. */
  tookMs: number[] = [];

  private constructor(parts: ForcingParts) {
    this.#parts = parts;
  }

  /** Signs the inspector in, and the first of the agents, who are forced. */
  static async begin(
    { endpoint, inspector, agents: all }: Parties,
    { count, tally }: { readonly count: number; readonly tally: Tally },
  ): Promise<Forcing> {
    const agents = all.slice(0, count);
    const [signedIn] = await signInOverFew([inspector], { endpoint, tally });
    await signInOverFew(agents, { endpoint, tally });
    const connection = await Connection.open(endpoint);
    return new Forcing({ connection, token: signedIn?.token ?? '', agents, tally });
  }

  /** One call; gives what it took until its whole answer had come. */
  async once(): Promise<number> {
    const { connection, token, agents, tally } = this.#parts;
    const request = forceRequest(agents, token, this.#next);
    this.#next = this.#next === 'ready' ? 'notReady' : 'ready';
    const beganMs = performance.now();
    const answer = await connection.send(request);
    const tookMs = performance.now() - beganMs;
    tally.expectForced(answer, agents.length);
    this.tookMs.push(tookMs);
    return tookMs;
  }

  /** One call after the other, as long as something else goes on. */
  async during(other: Promise<unknown>): Promise<void> {
    let isOver = false;
    const ended = other.finally(() => {
      isOver = true;
    });
    while (!isOver) await this.once();
    await ended;
  }

  end(): void {
    this.#parts.connection.close();
  }
}
