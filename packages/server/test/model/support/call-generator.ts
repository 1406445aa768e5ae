import type { SeededRandom } from '../../faults/support/seeded-random.ts';
import type { ContactStep, ModelState, StateCall } from '../reference/agent-moves.ts';
import { type BindPhone, type ModelCall, nextEvent, type SignOut } from '../reference/calls.ts';
import type { SettingCall } from '../reference/settings.ts';
import type { SignInCall } from '../reference/sign-in.ts';
import { accountOf, agentIn, liveSessions, type ModelSite, type World } from '../reference/world.ts';
import { AGENT_WITH_PASSWORD, PHONES } from './model-site.ts';

/** Missing, none, and no phone number. */
const ODD_PHONES = [null, '', '4 0'] as const;
const MADE_UP_TOKEN = '01234567-89ab-cdef-0123-456789abcdef';
/** The last is none. */
const REASONS = [0, 200, 200, 250, 250, 251] as const;
/** Some are over within what goes by at once, some only when a clock is set; the last is too long for a rest. */
const REST_LENGTHS_S = [5, 5, 20, 20, 600, 7_200, 86_400] as const;
const STATE_CALLS = [
  ...['sayFree', 'sayBusy', 'sayBusy', 'cancelBusy', 'rest', 'rest'],
  ...['rest', 'cancelRest', 'work', 'work', 'cancelWork'],
] as readonly StateCall['kind'][];
const SETTINGS = [
  'autoAnswer',
  'autoEnterIdle',
  'autoEnterIdle',
  'setTalkRight',
  'setCustomState',
  'setForwarding',
  'setSelfRecord',
] as const satisfies readonly SettingCall['kind'][];
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
    if (chance < 24) return [this.signIn(world, this.#anyAgent())];
    if (chance < 34) return this.#atOnce(world);
    if (chance < 42) return [this.#withOddToken(world)];
    const live = liveSessions(world);
    if (live.length === 0) return [this.signIn(world, this.#anyAgent())];
    if (chance >= 82) return [this.#contact(live)];
    const { workNumber, session } = this.#random.oneOf(live);
    const { token } = session;
    if (chance === 81) return [{ kind: 'meetOldDeadline', workNumber, token }];
    if (chance < 50 && nextEvent(world, workNumber, session) !== null) {
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
      autoAnswer: random.oneOf([null, true, false]),
      autoEnterIdle: random.oneOf([null, true, true, false]),
      releasePhone: random.oneOf([null, true, false]),
    };
  }

  #anyAgent(): number {
    return this.#random.oneOf([...this.#site.keys()]);
  }

  /**
   * Calls whose order decides: two sign-ins of one agent or of one phone, a session's end beside another call, or what
   * becomes of a contact beside what its agent asks for.
   */
  #atOnce(world: World): readonly ModelCall[] {
    const random = this.#random;
    const workNumber = this.#anyAgent();
    const { session } = agentIn(world, workNumber);
    const first = this.signIn(world, workNumber);
    const chance = random.below(session === null ? 2 : 6);
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
    const own = (call: StateCall | ContactStep | SettingCall | BindPhone | SignOut) =>
      ({ ...call, workNumber, token }) as ModelCall;
    if (chance === 2) return [first, own({ kind: 'signOut', operation: 'logout' })];
    if (session === null || chance === 3) return [own(this.#signOut()), own(this.#stateCall())];
    const beside = random.oneOf([this.#stateCall(), this.#signOut(), this.#setting(), this.#bindPhone()]);
    return [own(this.#contactStep(session.state)), own(beside)];
  }

  /** Of one who handles a contact or may, where there is one; some ask for something meanwhile. */
  #contact(live: ReturnType<typeof liveSessions>): ModelCall {
    const those = (kind: ModelState['kind']) => live.filter(({ session }) => session.state.kind === kind);
    const [ready, engaged] = [those('ready'), those('engaged')];
    const wanted = engaged.length === 0 || this.#random.below(3) === 0 ? ready : engaged;
    const { workNumber, session } = this.#random.oneOf(wanted.length === 0 ? live : wanted);
    const isAsked = session.state.kind === 'engaged' && this.#random.below(3) === 0;
    const step = isAsked ? this.#stateCall() : this.#contactStep(session.state);
    return { ...step, workNumber, token: session.token };
  }

  #ordinary() {
    const random = this.#random;
    const chance = random.below(100);
    if (chance < 60) return this.#stateCall();
    if (chance < 66) return this.#signOut();
    if (chance < 70) return { kind: 'updateGuid' } as const;
    if (chance < 80) return this.#setting();
    if (chance < 88) return this.#bindPhone();
    return { kind: random.oneOf(['status', 'status', 'customState', 'handshake', 'heartbeat'] as const) };
  }

  #stateCall(): StateCall {
    const random = this.#random;
    const kind = random.oneOf(STATE_CALLS);
    const prolong = random.below(2) === 0;
    switch (kind) {
      case 'sayBusy':
        return { kind, reason: random.oneOf(REASONS), prolong };
      case 'rest': {
        const cause = random.oneOf([0, 1, 1, 255, ...(random.below(10) === 0 ? [256] : [])]);
        return { kind, seconds: random.oneOf(REST_LENGTHS_S), cause, prolong };
      }
      default:
        return { kind };
    }
  }

  /** What may happen to the contact next, mostly. */
  #contactStep(state: ModelState): ContactStep {
    const random = this.#random;
    if (state.kind !== 'engaged') {
      return { kind: random.oneOf(['offerContact', 'offerContact', 'offerContact', 'endContact']) };
    }
    const next = state.phase === 'offered' ? 'answerContact' : 'endContact';
    return { kind: random.oneOf([next, next, 'endContact', 'offerContact', 'answerContact']) };
  }

  #bindPhone(): BindPhone {
    return { kind: 'bindPhone', phone: this.#random.oneOf([...PHONES, ...ODD_PHONES]) };
  }

  #setting(): SettingCall {
    const random = this.#random;
    const kind = random.oneOf(SETTINGS);
    switch (kind) {
      case 'autoAnswer':
      case 'autoEnterIdle':
        return { kind, flag: random.oneOf(['true', 'TRUE', 'false', 'yes']) };
      case 'setTalkRight':
        return { kind, flag: random.oneOf([0, 1, 1, 1, 2]) };
      case 'setCustomState':
        return { kind, customState: random.oneOf([0, 7, 65_534, 65_535]) };
      case 'setForwarding':
        return { kind, phone: random.oneOf(['40050', '40051', ...ODD_PHONES]) };
      case 'setSelfRecord':
        return { kind, isOn: random.below(2) === 0, beforeTalking: random.below(2) === 0 };
    }
  }

  #signOut(): SignOut {
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
