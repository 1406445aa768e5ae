import type { SeededRandom } from '../../faults/support/seeded-random.ts';
import { type ModelCall, nextEvent, type TokenCall } from '../reference/calls.ts';
import type { SignInCall } from '../reference/sign-in.ts';
import { accountOf, agentIn, liveSessions, type ModelSite, type World } from '../reference/world.ts';
import { AGENT_WITH_PASSWORD, PHONES } from './model-site.ts';

const MADE_UP_TOKEN = '01234567-89ab-cdef-0123-456789abcdef';
const REASONS = [0, 200, 250] as const;
/** A third wrong password would be held back (LK-2). */
const MOST_WRONG_PASSWORDS = 2;
const UNFORCED = ['loginex', 'login'] as const;
const FORCED = ['forceloginex', 'forceloginex', 'forcelogin', 'forceloginexwithoutphone'] as const;

/** Thinks out calls, likely ones mostly, from what the model says there is. */
export class CallGenerator {
  readonly #random: SeededRandom;
  readonly #site: ModelSite;

  constructor(random: SeededRandom, site: ModelSite) {
    this.#random = random;
    this.#site = site;
  }

  /** One call; or two to be made at once. */
  next(world: World): readonly ModelCall[] {
    const chance = this.#random.below(100);
    if (chance < 30) return [this.signIn(world, this.#anyAgent())];
    if (chance < 40) return this.#atOnce(world);
    if (chance < 50) return [this.#withOddToken(world)];
    const live = liveSessions(world);
    if (live.length === 0) return [this.signIn(world, this.#anyAgent())];
    const { workNumber, session } = this.#random.oneOf(live);
    const { token } = session;
    if (chance < 60 && nextEvent(world, workNumber, session) !== null) {
      return [{ kind: 'poll', workNumber, token }];
    }
    return [{ ...this.#ordinary(), workNumber, token }];
  }

  signIn(world: World, workNumber: number): SignInCall {
    const random = this.#random;
    const { session, wrongPasswords } = agentIn(world, workNumber);
    const isForced = random.below(100) < (session === null ? 30 : 70);
    const { password } = accountOf(this.#site, workNumber);
    const chanceOfWrong = workNumber === AGENT_WITH_PASSWORD ? 25 : 3;
    const isWrong = wrongPasswords < MOST_WRONG_PASSWORDS && random.below(100) < chanceOfWrong;
    return {
      kind: 'signIn',
      operation: isForced ? random.oneOf(FORCED) : random.oneOf(UNFORCED),
      workNumber,
      password: isWrong ? 'not this' : password,
      phone: random.below(6) === 0 ? null : random.oneOf([...PHONES, ...PHONES.slice(0, 2)]),
      status: random.oneOf([3, 4, 4, 5]),
      agentType: random.oneOf([4, 4, 11]),
      textChat: random.below(3) !== 0,
    };
  }

  #anyAgent(): number {
    return this.#random.oneOf([...this.#site.keys()]);
  }

  /** Calls whose order decides: two sign-ins of one agent or of one phone, or a session's end beside another call. */
  #atOnce(world: World): readonly ModelCall[] {
    const random = this.#random;
    const workNumber = this.#anyAgent();
    const { session } = agentIn(world, workNumber);
    const first = this.signIn(world, workNumber);
    const chance = random.below(session === null ? 2 : 4);
    if (chance === 0) return [first, this.signIn(world, workNumber)];
    if (chance === 1) {
      const { tenant } = accountOf(this.#site, workNumber);
      const others = [...this.#site].filter(
        ([other, account]) => account.tenant === tenant && other !== workNumber,
      );
      const other = this.signIn(world, random.oneOf(others)[0]);
      return [first, { ...other, phone: first.phone }];
    }
    const token = session?.token ?? '';
    const signOut: TokenCall = { kind: 'signOut', operation: 'logout', workNumber, token };
    return chance === 2 ? [first, signOut] : [signOut, { ...this.#stateCall(), workNumber, token }];
  }

  #ordinary() {
    const chance = this.#random.below(100);
    if (chance < 60) return this.#stateCall();
    if (chance < 70) return this.#signOut();
    if (chance < 78) return { kind: 'updateGuid' } as const;
    return { kind: this.#random.oneOf(['status', 'handshake', 'heartbeat'] as const) };
  }

  #stateCall() {
    const random = this.#random;
    const kind = random.oneOf(['sayFree', 'cancelBusy', 'sayBusy', 'sayBusy'] as const);
    if (kind !== 'sayBusy') return { kind };
    return { kind, reason: random.oneOf(REASONS), prolong: random.below(3) === 0 };
  }

  #signOut() {
    const operations = ['logout', 'forcelogout', 'forcelogoutwithreason'] as const;
    return { kind: 'signOut', operation: this.#random.oneOf(operations) } as const;
  }

  /** A token that is another agent's, ended, replaced, or nobody's. What is refused late is asked rarely. */
  #withOddToken(world: World): ModelCall {
    const random = this.#random;
    const tokens = [...world.keys()].flatMap((workNumber) => tokensOf(world, workNumber).slice(-4));
    const token = random.oneOf([...tokens, MADE_UP_TOKEN]);
    const own = [...world.keys()].find((each) => tokensOf(world, each).includes(token));
    const workNumber = own === undefined || random.below(3) === 0 ? this.#anyAgent() : own;
    const isLate = random.below(20) === 0;
    const kinds = isLate ? (['handshake'] as const) : (['status', 'sayFree', 'updateGuid'] as const);
    const call = random.below(4) === 0 ? this.#signOut() : { kind: random.oneOf(kinds) };
    return { ...call, workNumber, token };
  }
}

/** Every token that the agent's sessions had, the oldest session's first. */
export function tokensOf(world: World, workNumber: number): readonly string[] {
  const { session, ended } = agentIn(world, workNumber);
  const sessions = [...ended, ...(session === null ? [] : [session])];
  return sessions.flatMap(({ replaced, token }) => [...replaced.map((old) => old.token), token]);
}
