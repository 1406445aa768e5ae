import { BASE_PATH, LATER_OPERATIONS, OPERATIONS, type Operation } from '@rollcall/contract';
import type { SeededRandom } from '../../faults/support/seeded-random.ts';
import { mutated } from './mutations.ts';
import type { RoughRequest } from './wire-request.ts';

type Asked = Pick<Operation, 'method' | 'path' | 'access'>;

const OFFERED: readonly Asked[] = Object.values(OPERATIONS);
const LATER: readonly Asked[] = LATER_OPERATIONS.map(({ method, path }) => ({
  method,
  path,
  access: 'session',
}));
const KEPT_TOKENS = 20;
/** The first is right to begin with. */
const PASSWORDS = ['', 'Abcdef1!', 'Ghijkl2?'] as const;

/** Who may be named by a request. */
export interface Named {
  readonly agents: readonly number[];
  /** The one whose password is guessed. */
  readonly guessed: number;
  /** The one whose password is changed. */
  readonly changing: number;
  /** Tokens of agents that no path names. */
  readonly foreignTokens: readonly string[];
}

/** Makes requests that are nearly right, and remembers the tokens that were answered. */
export class RequestGenerator {
  readonly #random: SeededRandom;
  readonly #named: Named;
  readonly #tokens = new Map<number, string[]>();

  constructor(random: SeededRandom, named: Named) {
    this.#random = random;
    this.#named = named;
  }

  next(): { readonly workNumber: number; readonly request: RoughRequest } {
    const random = this.#random;
    const operation = random.below(8) === 0 ? random.oneOf(LATER) : random.oneOf(OFFERED);
    const workNumber = this.#agentOf(operation);
    const request: RoughRequest = {
      method: operation.method,
      target: BASE_PATH + this.#pathOf(operation.path, workNumber),
      version: '1.1',
      headers: [['Host', 'localhost'], ...this.#tokenHeaders(operation, workNumber)],
      body: this.#bodyOf(operation, workNumber),
      framing: 'length',
      mayBeUnreadable: false,
    };
    return { workNumber, request: random.below(6) === 0 ? request : mutated(request, random) };
  }

  /** A token that an answer gave to this agent. */
  learn(workNumber: number, token: string): void {
    const known = this.#tokens.get(workNumber) ?? [];
    this.#tokens.set(workNumber, [...known, token].slice(-KEPT_TOKENS));
  }

  #agentOf({ path }: Asked): number {
    const random = this.#random;
    const { agents, guessed, changing } = this.#named;
    if (path.includes('modifyaccountpwd')) return changing;
    // Nobody has such a number; each is tried too rarely to be locked.
    if (random.below(60) === 0) return 20_000 + random.below(20_000);
    return random.oneOf([...agents, guessed, changing]);
  }

  #pathOf(template: string, workNumber: number): string {
    const segments = template.replace(/\{[^/]*\}/g, '{}').split('{}');
    const values = segments
      .slice(1)
      .map((_, index) => (index === 0 ? workNumber : this.#random.oneOf(['1', '12', '300'])));
    return segments.map((text, index) => `${text}${values[index] ?? ''}`).join('');
  }

  #tokenHeaders({ access }: Asked, workNumber: number): [string, string][] {
    const random = this.#random;
    if (isSignIn(access) && random.below(4) !== 0) return [];
    const own = this.#tokens.get(workNumber) ?? [];
    const others = [...this.#tokens.values()].flat();
    const newest = own.at(-1) ?? '';
    const token = random.oneOf([
      newest,
      newest,
      newest,
      random.oneOf([...own, '']),
      random.oneOf([...others, '']),
      random.oneOf(this.#named.foreignTokens),
      newest.slice(0, 20),
      newest.toUpperCase(),
    ]);
    return [random.below(3) === 0 ? ['Cookie', `a=b; JSESSIONID=${token}`] : ['Guid', token]];
  }

  #bodyOf({ access, path }: Asked, workNumber: number): Buffer {
    const random = this.#random;
    const { guessed, changing } = this.#named;
    if (path.endsWith('pwdex')) {
      const newPassword = random.oneOf([...PASSWORDS, 'short', 'alllowercase', `Agent ${workNumber}`]);
      return json({ oldPassword: random.oneOf(PASSWORDS), newPassword });
    }
    if (!isSignIn(access)) return random.below(3) === 0 ? json({ a: 1 }) : Buffer.alloc(0);
    const isGuess = workNumber === guessed || (workNumber === changing && random.below(8) === 0);
    return json({
      account: accountOf(workNumber),
      password: isGuess ? random.oneOf(PASSWORDS) : '',
      phonenum: random.oneOf(['40038', '40039', '40040', '40041', '39999']),
      status: random.oneOf([3, 4, 5]),
      agenttype: random.oneOf([4, 11]),
    });
  }
}

/** The account name of each agent that a request may name. */
export function accountOf(workNumber: number): string {
  return `Agent ${workNumber}`;
}

function isSignIn(access: Asked['access']): boolean {
  return access === 'password' || access === 'account';
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
