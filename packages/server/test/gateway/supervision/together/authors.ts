import { positionFromText } from '@rollcall/contract';
import type { SeededRandom } from '../../../faults/support/seeded-random.ts';
import type { RunningGateway } from '../../../support/running-gateway.ts';
import { Caller } from '../supervised-site.ts';
import {
  type Act,
  type Answered,
  type ForcedAct,
  type Outcome,
  OWN_ACTS,
  type OwnAct,
  SIGN_IN,
} from './acts.ts';

/** Rest causes of an inspector begin here; the agent's own are below. */
const INSPECTORS_CAUSES = { 201: 100, 203: 150 } as const;
const CAUSES = 50;
const OWN_NAMES = Object.keys(OWN_ACTS) as OwnAct[];
/** Signing out is the rarest: the agent needs two rounds to be back. */
const FORCED_NAMES: readonly ForcedAct[] = [
  ...Array<ForcedAct>(4).fill('ready'),
  ...Array<ForcedAct>(4).fill('notReady'),
  ...Array<ForcedAct>(4).fill('rest'),
  'signOut',
];
const CODES: Readonly<Record<string, Outcome>> = {
  '0': 'done',
  '100-006': 'sessionOver',
  '100-009': 'refused',
  '900-005': 'refused',
};
const WORDS: Readonly<Record<string, Outcome>> = {
  done: 'done',
  changedMeanwhile: 'changedMeanwhile',
  notPossibleNow: 'refused',
  signedOut: 'sessionOver',
};
const PATHS = {
  ready: 'forceidle',
  notReady: 'forcebusy',
  rest: 'forcerest',
  signOut: 'forcelogout',
} as const;

function outcomeIn(words: Readonly<Record<string, Outcome>>, word: string, act: Act): Outcome {
  const outcome = words[word];
  if (outcome === undefined) throw new TypeError(`${JSON.stringify(act)} was answered ${word}`);
  return outcome;
}

/** The agent's own client; it signs in when it has been told that its session is over. */
export class OwnClient {
  readonly #gateway: RunningGateway;
  readonly #random: SeededRandom;
  readonly #workNumber: number;
  #caller: Caller | null = null;

  constructor(gateway: RunningGateway, workNumber: number, random: SeededRandom) {
    this.#gateway = gateway;
    this.#workNumber = workNumber;
    this.#random = random;
  }

  /** The one that is signed in; throws where none is. */
  get caller(): Caller {
    if (this.#caller === null) throw new TypeError('the agent is not signed in');
    return this.#caller;
  }

  /** What `agentstatus` answers; undefined where the session is over. */
  async status(): Promise<unknown> {
    const answer = await this.#caller?.call('GET', '/onlineagent/{}/agentstatus');
    if (answer?.retcode === '100-006') this.#caller = null;
    return answer?.result;
  }

  async round(acts: number): Promise<Answered[]> {
    const answered: Answered[] = [];
    while (answered.length < acts) answered.push(await this.#act());
    return answered;
  }

  async #act(): Promise<Answered> {
    const caller = this.#caller;
    if (caller === null) return this.#signIn();
    const what = this.#random.oneOf(OWN_NAMES);
    const reason = this.#reasonFor(what);
    const act: Act = { by: this.#workNumber, what, isForced: false, reason, ifHead: null };
    const path =
      what === 'rest' ? `rest/900/${reason}` : what === 'saybusy' ? `saybusy?reason=${reason}` : what;
    const { retcode } = await caller.call('POST', `/onlineagent/{}/${path}`);
    const outcome = outcomeIn(CODES, retcode, act);
    if (outcome === 'sessionOver') this.#caller = null;
    return { ...act, outcome, head: null };
  }

  async #signIn(): Promise<Answered> {
    this.#caller = await Caller.signIn(this.#gateway, this.#workNumber);
    return {
      by: this.#workNumber,
      what: SIGN_IN,
      isForced: false,
      reason: null,
      ifHead: null,
      outcome: 'done',
      head: null,
    };
  }

  #reasonFor(what: OwnAct): number | null {
    if (what === 'saybusy') return 200 + this.#random.below(51);
    return what === 'rest' ? this.#random.below(CAUSES) : null;
  }
}

/** An inspector's client: one agent at a time, or through the call for many; there its second act of a round names what it has seen. */
export class InspectorsClient {
  readonly #gateway: RunningGateway;
  readonly #random: SeededRandom;
  readonly #caller: Caller;
  readonly #agent: number;
  readonly #isBulk: boolean;

  constructor(parts: {
    readonly gateway: RunningGateway;
    readonly random: SeededRandom;
    readonly caller: Caller;
    readonly agent: number;
    /** Whether it uses `agents:force`. */
    readonly isBulk: boolean;
  }) {
    this.#gateway = parts.gateway;
    this.#random = parts.random;
    this.#caller = parts.caller;
    this.#agent = parts.agent;
    this.#isBulk = parts.isBulk;
  }

  async round(acts: number): Promise<Answered[]> {
    const answered: Answered[] = [];
    let position: string | null = null;
    while (answered.length < acts) {
      if (!this.#isBulk) {
        answered.push(await this.#forceOne(this.#act(null)));
        continue;
      }
      const head = position === null ? null : positionFromText(position).sequence;
      const said = await this.forceAsMany(this.#act(head), position);
      answered.push(said);
      position = said.position;
    }
    return answered;
  }

  async #forceOne(act: Act & { readonly what: ForcedAct }): Promise<Answered> {
    const rest = act.what === 'rest' ? `/900/${act.reason}` : '';
    const path = `/qualitycontrol/{}/${PATHS[act.what]}/${this.#agent}${rest}`;
    const { retcode } = await this.#caller.call('POST', path);
    return { ...act, outcome: outcomeIn(CODES, retcode, act), head: null };
  }

  /** Through the call that acts on many agents, here on one; the answer has the position of the act's event. */
  async forceAsMany(
    act: Act & { readonly what: ForcedAct },
    ifPosition?: string | null,
  ): Promise<Answered & { readonly position: string | null }> {
    const { what: kind, reason } = act;
    const target = { agent: this.#agent, ...(ifPosition == null ? {} : { ifPosition }) };
    const answer = await this.#gateway.client.send({
      method: 'POST',
      path: '/api/v1/vdns/1/agents:force',
      absolute: true,
      headers: { Authorization: `Bearer ${this.#caller.guid}` },
      body: {
        act: kind === 'rest' ? { kind, seconds: 900, reason } : { kind },
        targets: { agents: [target] },
      },
    });
    const [result] = JSON.parse(answer.text).results;
    const outcome = outcomeIn(WORDS, result.outcome, act);
    const position: string | null = outcome === 'done' ? result.position : null;
    return {
      ...act,
      outcome,
      position,
      head: position === null ? null : positionFromText(position).sequence,
    };
  }

  #act(ifHead: number | null): Act & { readonly what: ForcedAct } {
    const { workNumber: by } = this.#caller;
    const what = this.#random.oneOf(FORCED_NAMES);
    const cause = INSPECTORS_CAUSES[by as 201 | 203] + this.#random.below(CAUSES);
    return { by, what, isForced: true, reason: what === 'rest' ? cause : null, ifHead };
  }
}
