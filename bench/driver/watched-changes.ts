import { forEachConcurrently } from './concurrency.ts';
import { Connection, type Endpoint } from './connection.ts';
import { type Agent, pollRequest, stateChangeRequest } from './requests.ts';
import { SIGN_IN_CONCURRENCY, type SignedIn } from './sign-ins.ts';
import type { Tally } from './tally.ts';

/** Connections on which agents' changes are sent, whoever's they are. */
const CALL_CONNECTIONS = 64;
/** An event that takes longer is missing. */
const LATEST_MS = 15_000;
const MOVES = ['saybusy', 'sayfree'] as const;
const EVENTS = ['AgentState_SetNotReady_Success', 'AgentState_CancelNotReady_Success'] as const;

interface Watched {
  readonly agent: Agent;
  readonly token: string;
  readonly polls: Connection;
  /** How often it has changed. */
  changes: number;
  /** When its last change was sent, until its event has come. */
  sentMs: number | null;
}

/** Many agents with a poll held each, of whom some change; measures from the change's request to the poll's answer. */
export class WatchedChanges {
  readonly #tally: Tally;
  readonly #agents: Watched[] = [];
  readonly #calls: Connection[] = [];
  #tookMs: number[] = [];
  #next = 0;
  /** Polls are held back until it is open. */
  #gate: PromiseWithResolvers<void> | null = null;
  #atGate = 0;
  #isOver = false;

  private constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Opens a connection for each agent and has its poll held there, the events of its sign-in read. */
  static async begin(
    signedIn: readonly SignedIn[],
    { endpoint, tally }: { readonly endpoint: Endpoint; readonly tally: Tally },
  ): Promise<WatchedChanges> {
    const changes = new WatchedChanges(tally);
    await forEachConcurrently(signedIn, SIGN_IN_CONCURRENCY, async ({ agent, token }) => {
      const polls = await Connection.open(endpoint);
      for (const event of ['AgentOther_InService', 'AgentState_Ready']) {
        tally.expectEvent(await polls.send(pollRequest(agent, token)), event);
      }
      const watched: Watched = { agent, token, polls, changes: 0, sentMs: null };
      changes.#agents.push(watched);
      void changes.#poll(watched);
    });
    // Last, since a connection that nobody uses for half a minute counts as broken.
    for (let count = 0; count < CALL_CONNECTIONS; count += 1) {
      changes.#calls.push(await Connection.open(endpoint));
    }
    return changes;
  }

  /** Has every agent poll again at the same time: all holds then end together. */
  async pollTogether(): Promise<void> {
    const gate = Promise.withResolvers<void>();
    this.#gate = gate;
    while (this.#atGate < this.#agents.length) await pause(20);
    this.#gate = null;
    this.#atGate = 0;
    gate.resolve();
  }

  /** Changes agents in turn at this rate; gives how long each event took, in milliseconds. */
  async run(rate: number, forMs: number): Promise<readonly number[]> {
    this.#tookMs = [];
    const beganMs = performance.now();
    const free = [...this.#calls];
    let sent = 0;
    for (let passedMs = 0; passedMs < forMs; passedMs = performance.now() - beganMs) {
      for (; sent < (passedMs / 1_000) * rate; sent += 1) {
        const connection = free.pop();
        if (connection === undefined) break;
        void this.#change(connection).finally(() => free.push(connection));
      }
      await pause(1);
    }
    await this.#lastEvents();
    return this.#tookMs;
  }

  close(): void {
    this.#isOver = true;
    for (const { polls } of this.#agents) polls.close();
    for (const connection of this.#calls) connection.close();
  }

  async #change(connection: Connection): Promise<void> {
    const watched = this.#agents[this.#next % this.#agents.length];
    this.#next += 1;
    if (watched === undefined || watched.sentMs !== null) return;
    const { agent, token, changes } = watched;
    watched.sentMs = performance.now();
    watched.changes += 1;
    try {
      this.#tally.accept(
        await connection.send(stateChangeRequest(agent, token, MOVES[changes % 2] ?? 'sayfree')),
      );
    } catch (fault) {
      this.#tally.refuse(`agent ${agent.workNumber}: ${String(fault)}`);
    }
  }

  async #poll(watched: Watched): Promise<void> {
    const { agent, token, polls } = watched;
    try {
      while (!this.#isOver) {
        if (this.#gate !== null) {
          this.#atGate += 1;
          await this.#gate.promise;
        }
        const answer = await polls.send(pollRequest(agent, token));
        if (watched.sentMs === null) {
          this.#tally.expectNoNews(answer);
        } else if (answer.body.includes('"eventType"')) {
          this.#tally.expectEvent(answer, EVENTS[(watched.changes - 1) % 2] ?? '');
          this.#tookMs.push(performance.now() - watched.sentMs);
          watched.sentMs = null;
        }
      }
    } catch (fault) {
      if (!this.#isOver) this.#tally.refuse(`agent ${agent.workNumber}: ${String(fault)}`);
    }
  }

  async #lastEvents(): Promise<void> {
    const waitingSinceMs = performance.now();
    while (this.#agents.some(({ sentMs }) => sentMs !== null)) {
      if (performance.now() - waitingSinceMs > LATEST_MS) {
        this.#tally.refuse('events of changes did not come');
        return;
      }
      await pause(20);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
