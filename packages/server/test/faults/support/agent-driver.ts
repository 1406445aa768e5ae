import { statusOf } from '../../model/reference/agent-moves.ts';
import {
  differenceFrom,
  type Found,
  learnFrom,
  NEW_WORLD,
  type Operation,
  predict,
  type World,
} from './agent-model.ts';
import { type Answer, ConnectionLost, type GatewayClient } from './gateway-client.ts';
import type { SeededRandom } from './seeded-random.ts';

const NOT_READY_REASONS = [0, 200, 201] as const;
/** Longer than the test. */
const REST_S = 86_399;
const REST_CAUSES = [0, 1, 255] as const;

interface DriverParts {
  readonly workNumber: number;
  readonly random: SeededRandom;
  /** Phones that agents compete for. */
  readonly phones: readonly string[];
  /** Called at each acknowledged change. */
  readonly onAcknowledged: () => void;
}

/** Drives one agent, one call after another, and knows what each acknowledgement implies. */
export class AgentDriver {
  readonly #parts: DriverParts;
  #world: World = NEW_WORLD;
  /** The call that had no answer when the server was killed: it may or may not have been done. */
  #inFlight: Operation | null = null;
  /** Tokens of sessions that are known to have ended. */
  #endedTokens: string[] = [];

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** Calls until the connection is lost. Throws when an answer is not what the model says. */
  async runUntilLost(client: GatewayClient): Promise<void> {
    for (;;) {
      const operation = this.#next();
      this.#inFlight = operation;
      try {
        this.#take(operation, await this.#call(client, operation));
      } catch (fault) {
        if (fault instanceof ConnectionLost) return;
        throw fault;
      }
      this.#inFlight = null;
    }
  }

  /**
   * Settles what became of the call in flight by what the tables hold. Gives `done`, `notDone`, or `none` when
   * nothing was in flight; throws when the tables hold neither of the two worlds.
   */
  settle(found: Found): 'done' | 'notDone' | 'none' {
    const operation = this.#inFlight;
    this.#inFlight = null;
    const without = differenceFrom(this.#world, found);
    if (without === undefined) return operation === null ? 'none' : 'notDone';
    const prediction = operation === null ? undefined : predict(this.#world, operation);
    if (operation === null || prediction?.codes.includes('0') !== true) throw this.#fault(without);
    const withIt = differenceFrom(prediction.after, found);
    if (withIt !== undefined)
      throw this.#fault(`${without}; or, with ${JSON.stringify(operation)}, ${withIt}`);
    this.#become(learnFrom(prediction.after, found));
    return 'done';
  }

  /** Asks the server what the tables have told: the token opens the session and its state, an ended one nothing. */
  async ask(client: GatewayClient): Promise<void> {
    const { workNumber } = this.#parts;
    const { session } = this.#world;
    for (const token of this.#endedTokens) {
      const { retcode } = await client.status(workNumber, token);
      if (retcode !== '100-006') throw this.#fault(`the token of an ended session answers ${retcode}`);
    }
    this.#endedTokens = this.#endedTokens.slice(-1);
    if (session === null) return;
    if (session.token === null) {
      const { retcode } = await client.signIn(workNumber);
      if (retcode !== '100-002') throw this.#fault(`a sign-in beside the live session answers ${retcode}`);
      return;
    }
    const { retcode, result } = await client.status(workNumber, session.token);
    const { agentState: asked } = statusOf(session.state);
    if (retcode !== '0' || result?.agentState !== asked) {
      throw this.#fault(`agentstatus should say ${asked} and says ${retcode} ${JSON.stringify(result)}`);
    }
  }

  #next(): Operation {
    const { random, phones } = this.#parts;
    const { session } = this.#world;
    const chance = random.below(100);
    const signIn = (forced: boolean): Operation => ({
      kind: 'signIn',
      forced,
      phone: chance % 3 === 0 ? null : random.oneOf(phones),
      status: random.oneOf([3, 4, 4, 5] as const),
    });
    if (session === null) return signIn(chance < 30);
    if (session.token === null) return signIn(chance < 90);
    if (chance < 4) return signIn(false);
    if (chance < 18) return signIn(true);
    if (chance < 30) return { kind: 'signOut' };
    if (chance < 50) {
      return { kind: 'sayBusy', reason: random.oneOf(NOT_READY_REASONS), prolong: false };
    }
    if (chance < 65) {
      return { kind: 'rest', seconds: REST_S, cause: random.oneOf(REST_CAUSES), prolong: chance < 55 };
    }
    if (chance < 80) return { kind: 'sayFree' };
    return { kind: random.oneOf(['cancelBusy', 'cancelRest', 'work', 'work', 'cancelWork']) };
  }

  #call(client: GatewayClient, operation: Operation): Promise<Answer> {
    const { workNumber } = this.#parts;
    const token = this.#world.session?.token ?? '';
    switch (operation.kind) {
      case 'signIn': {
        const { forced, phone, status } = operation;
        return client.signIn(workNumber, { forced, status, ...(phone === null ? {} : { phonenum: phone }) });
      }
      case 'signOut':
        return client.signOut(workNumber, token);
      case 'sayBusy':
        return client.sayBusy(workNumber, token, operation.reason);
      case 'rest': {
        const { seconds, cause, prolong } = operation;
        return client.rest(workNumber, token, { seconds, cause, prolong });
      }
      case 'sayFree':
        return client.sayFree(workNumber, token);
      case 'cancelBusy':
      case 'cancelRest':
      case 'work':
      case 'cancelWork':
        return client.change(workNumber, token, operation.kind);
    }
  }

  #take(operation: Operation, { retcode, guid, result, body }: Answer): void {
    const { codes, after } = predict(this.#world, operation);
    if (!codes.includes(retcode)) throw this.#fault(`${JSON.stringify(operation)} answered ${body}`);
    if (retcode !== '0') return;
    const isSignIn = operation.kind === 'signIn' && after.session !== null;
    const begun = { token: guid ?? '', signedInAt: Number(result?.loginTime) };
    this.#become(isSignIn ? { ...after, session: { ...after.session, ...begun } } : after);
    this.#parts.onAcknowledged();
  }

  #become(world: World): void {
    const token = this.#world.session?.token ?? null;
    if (token !== null && world.session?.token !== token) this.#endedTokens.push(token);
    this.#world = world;
  }

  #fault(what: string): ModelFault {
    return new ModelFault(`agent ${this.#parts.workNumber}: ${what}`);
  }
}

/** The server did something else than the model. */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
}
