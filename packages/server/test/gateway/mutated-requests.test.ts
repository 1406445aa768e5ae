import { Agent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { chosenSeed, seededRandom } from '../faults/support/seeded-random.ts';
import { hurriedClock } from '../support/hurried-clock.ts';
import { openRawConnection } from '../support/raw-connection.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';
import { faultOf } from './mutations/allowed-answers.ts';
import { KeptConnection, type RoughAnswer } from './mutations/kept-connection.ts';
import { accountOf, RequestGenerator } from './mutations/request-generator.ts';
import { bytesOf, type RoughRequest } from './mutations/wire-request.ts';

const IS_FULL = process.env.SCALE === 'full';
const REQUESTS = IS_FULL ? 100_000 : 5_000;
const TIMEOUT_MS = REQUESTS * 20;
const CONNECTIONS = 16;
/** Requests after which the bystanders are looked at. */
const LOOK_EVERY = 500;
/** Polls are held for ten seconds, wrong passwords held back for eight: of the server's time. */
const HURRY = 20;
/** So many faults are told in full. */
const MOST_TOLD = 5;

const AGENTS = Array.from({ length: 12 }, (_, index) => 291 + index);
const GUESSED = 310;
const CHANGING = 311;
const BYSTANDERS = [45_671, 45_672, 45_673] as const;
const BYSTANDERS_PHONE = '40041';

const SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'First',
      policy: {
        emptyPasswords: 'allowed',
        phoneRange: { from: 40_000, to: 49_999 },
        licence: { agentSeats: 5, videoSeats: 2 },
        lease: { lifeS: 3_600, attentionS: 3_600, longestS: 604_800 },
      },
      agents: [...AGENTS, GUESSED, CHANGING, ...BYSTANDERS].map((workNumber) => ({
        workNumber,
        name: `Agent ${workNumber}`,
        account: accountOf(workNumber),
        firstPassword: 'empty',
        firstPasswordChange: 'optional',
      })),
    },
  ],
};

describe.each(IS_FULL ? STORES : (['sqlite'] as const))('malformed requests, on %s', (store) => {
  it(
    `[WI-37] ${REQUESTS} mutated requests are each answered as their operation allows, and touch nobody else`,
    () =>
      withGateway({ store, site: SITE, overrides: { clock: hurriedClock(HURRY) } }, async (gateway) => {
        const random = seededRandom(chosenSeed());
        console.log(
          `mutated requests, ${store}: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`,
        );
        const bystanders = new Bystanders(gateway);
        await bystanders.signIn();
        const generator = new RequestGenerator(random, {
          agents: AGENTS,
          guessed: GUESSED,
          changing: CHANGING,
          foreignTokens: bystanders.tokens,
        });
        const halves = await halfRequests(gateway);
        const tally = new Map<string, number>();
        const faults: string[] = [];
        let left = REQUESTS;
        const work = async () => {
          const connection = new KeptConnection(gateway);
          while (left > 0 && faults.length < MOST_TOLD) {
            if (left-- % LOOK_EVERY === 0) await bystanders.expectUnchanged();
            const { workNumber, request } = generator.next();
            const answer = await connection.exchange(bytesOf(request), request.method === 'HEAD');
            if (request.mayBeUnreadable) connection.close();
            const fault = faultOf(request, answer);
            if (fault !== undefined) faults.push(`${fault}\n  to ${shown(request)}`);
            const { code, token } = readAnswer(answer);
            tally.set(code, (tally.get(code) ?? 0) + 1);
            if (token !== undefined) generator.learn(workNumber, token);
          }
          connection.close();
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, work));
        expect(faults).toEqual([]);
        await bystanders.expectUnchanged();
        bystanders.close();
        for (const half of halves) half.destroy();
        console.log(
          `mutated requests, ${store}: ${JSON.stringify(Object.fromEntries([...tally].toSorted()))}`,
        );
        expect(gateway.log.filter(({ msg }) => msg === 'request failed')).toEqual([]);
        // Most of the codes are met, so requests get far enough.
        expect(tally.size).toBeGreaterThan(20);
      }),
    TIMEOUT_MS,
  );
});

/** Agents that no request names. */
class Bystanders {
  readonly tokens: string[] = [];
  readonly #gateway: RunningGateway;
  /** Each polls on one connection: on another an event would be given again. */
  readonly #polling: readonly Agent[];
  #before: unknown;

  constructor(gateway: RunningGateway) {
    this.#gateway = gateway;
    const { certificate: ca } = gateway;
    this.#polling = BYSTANDERS.map(() => new Agent({ keepAlive: true, maxSockets: 1, ca }));
  }

  async signIn(): Promise<void> {
    const { client } = this.#gateway;
    for (const [index, workNumber] of BYSTANDERS.entries()) {
      const phone = index === 0 ? { phonenum: BYSTANDERS_PHONE } : {};
      this.tokens.push(await client.signIn(workNumber, { ...phone, status: 3 }));
      for (let event = 0; event < 3; event++) await this.#poll(workNumber, index);
    }
    this.#before = await rowsOfBystanders(this.#gateway);
  }

  async #poll(workNumber: number, index: number): Promise<string> {
    const headers = { Guid: this.tokens[index] ?? '' };
    const agent = this.#polling[index] ?? false;
    const path = `/agentevent/${workNumber}`;
    return (await this.#gateway.client.send({ method: 'GET', path, headers, agent })).text;
  }

  close(): void {
    for (const agent of this.#polling) agent.destroy();
  }

  /** Their rows are as they were, their tokens open their sessions, and nothing has happened to them. */
  async expectUnchanged(): Promise<void> {
    const { client } = this.#gateway;
    const found = await Promise.all(
      BYSTANDERS.map(async (workNumber, index) => {
        const token = this.tokens[index] ?? '';
        const state = await client.agentState(workNumber, token);
        return [state, await this.#poll(workNumber, index)];
      }),
    );
    const untouched = [{ agentState: 3, isWorking: false }, '{"message":"","retcode":"0"}'];
    expect(found).toEqual(BYSTANDERS.map(() => untouched));
    expect(await rowsOfBystanders(this.#gateway)).toEqual(this.#before);
  }
}

/** All rows of the bystanders, but for their signs of life, which their own calls renew. */
async function rowsOfBystanders({ rows }: RunningGateway): Promise<unknown> {
  const tables = ['agent', 'agent_event', 'ended_session', 'audit_entry', 'phone', 'replaced_token'];
  const theirs = `work_number IN (${BYSTANDERS.join()})`;
  const found = [];
  for (const table of tables) {
    const order =
      table === 'agent_event' ? 'feed_sequence' : table === 'audit_entry' ? 'audit_id' : 'work_number';
    found.push(await rows(`SELECT * FROM ${table} WHERE ${theirs} ORDER BY ${order}`));
  }
  found.push(
    await rows(`SELECT work_number, session_id FROM life_sign WHERE ${theirs} ORDER BY work_number`),
  );
  return found;
}

/** Connections on which a request has begun and never ends. */
async function halfRequests(gateway: RunningGateway): Promise<readonly Socket[]> {
  const begin = async (text: string) => {
    const socket = await openRawConnection(gateway);
    socket.on('error', () => undefined);
    socket.write(text);
    return socket;
  };
  const path = '/agentgateway/resource/onlineagent/291/loginex';
  const silent = connect({ host: '127.0.0.1', port: gateway.port });
  silent.on('error', () => undefined);
  return [
    silent,
    await begin(''),
    await begin(`PUT ${path}`),
    await begin(`PUT ${path} HTTP/1.1\r\nHost: x\r\nX: `),
    await begin(`PUT ${path} HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"password":`),
    await begin(`PUT ${path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"pass`),
  ];
}

function readAnswer(answer: RoughAnswer | null): { readonly code: string; readonly token?: string } {
  if (answer === null) return { code: 'none' };
  const retcode = /"retcode":"([^"]*)"/.exec(answer.text)?.[1] ?? 'no body';
  const code = answer.status === 200 ? retcode : `${answer.status} ${retcode}`;
  const token = answer.headers.get('guid')?.[0];
  return token === undefined ? { code } : { code, token };
}

function shown({ method, target, version, headers, body, framing }: RoughRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${value.slice(0, 100)}`).join(' | ');
  const text = JSON.stringify(body.toString('latin1', 0, 300));
  return `${method} ${target.slice(0, 300)} HTTP/${version} [${lines}] ${framing} ${body.length} bytes ${text}`;
}
