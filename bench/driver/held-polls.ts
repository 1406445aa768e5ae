import { forEachConcurrently } from './concurrency.ts';
import { Connection, type Endpoint } from './connection.ts';
import { type Agent, pollRequest, signOutRequest } from './requests.ts';
import { SIGN_IN_CONCURRENCY, type SignedIn } from './sign-ins.ts';
import type { Tally } from './tally.ts';

const FIRST_EVENTS = ['AgentOther_InService', 'AgentState_Ready'];

export interface HoldOptions {
  readonly endpoint: Endpoint;
  readonly tally: Tally;
  /** Whether the server is a gateway, whose first polls tell of the sign-in, and which signs agents out. */
  readonly isGateway: boolean;
}

/** Signed-in agents of whom each has a poll held on a connection of its own; one that is answered is sent again. */
export class HeldPolls {
  readonly #options: HoldOptions;
  readonly #polling: Promise<void>[] = [];
  readonly #once: Promise<void>[] = [];
  readonly #connections: Connection[] = [];
  #phase: 'polling' | 'ending' | 'abandoned' = 'polling';
  /** Bytes of the last answer to a poll that had been held. */
  answerBytes = 0;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** Opens a connection for each agent and has its poll held there, once it has told of the sign-in. */
  async begin(signedIn: readonly SignedIn[]): Promise<void> {
    await forEachConcurrently(signedIn, SIGN_IN_CONCURRENCY, (each) => this.#beginOne(each));
  }

  /** Resolves when each poll has been held once for its whole time. */
  async renewed(): Promise<void> {
    await Promise.all(this.#once);
  }

  /** Waits for the polls that are held, signs out and closes every connection. */
  async end(): Promise<void> {
    this.#phase = 'ending';
    await Promise.all(this.#polling);
  }

  /** Closes every connection at once; how a poll ends counts no more. */
  abandon(): void {
    this.#phase = 'abandoned';
    for (const connection of this.#connections) connection.close();
  }

  async #beginOne({ agent, token }: SignedIn): Promise<void> {
    const { endpoint, tally, isGateway } = this.#options;
    try {
      const connection = await Connection.open(endpoint);
      for (const event of isGateway ? FIRST_EVENTS : []) {
        tally.expectEvent(await connection.send(pollRequest(agent, token)), event);
      }
      this.#connections.push(connection);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#once.push(promise);
      this.#polling.push(this.#poll({ agent, connection, token }, resolve).finally(resolve));
    } catch (fault) {
      tally.refuse(`agent ${agent.workNumber}: ${String(fault)}`);
    }
  }

  async #poll(
    { agent, connection, token }: { agent: Agent; connection: Connection; token: string },
    onAnswer: () => void,
  ): Promise<void> {
    const { tally, isGateway } = this.#options;
    try {
      while (this.#phase === 'polling') {
        const answer = await connection.send(pollRequest(agent, token));
        tally.expectNoNews(answer);
        this.answerBytes = answer.bytes;
        onAnswer();
      }
      if (isGateway) tally.accept(await connection.send(signOutRequest(agent, token)));
      connection.close();
    } catch (fault) {
      if (this.#phase !== 'abandoned') tally.refuse(`agent ${agent.workNumber}: ${String(fault)}`);
    }
  }
}
