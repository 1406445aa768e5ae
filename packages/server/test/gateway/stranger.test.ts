import { Agent } from 'node:https';
import { hash } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/platform/clock.ts';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { eventually } from '../support/eventually.ts';
import { MovableTime } from '../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';

const TIMEOUT_MS = 120_000;
const MINUTE_MS = 60_000;
/** How long the answers of a pair's first ten failures are held back. */
const DELAYS_MS = [0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000];
const FIRST = 1_001;
const AGENTS = Array.from({ length: 100 }, (_, index) => FIRST + index);
const STRANGER = '127.0.9.9';
const SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'Guessed at',
      policy: { firstPasswordChange: 'optional' },
      agents: AGENTS.map((workNumber) => ({ workNumber, name: `Agent ${workNumber}` })),
    },
  ],
};

/** argon2id as everywhere, at a fraction of its cost: what is looked at here does not depend on it. */
function cheapHashing(): PasswordHashing & { verifications: number } {
  const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };
  const hashing = {
    verifications: 0,
    hash: (password: string) => hash(password, cheap),
    verify: (passwordHash: string, password: string) => {
      hashing.verifications += 1;
      return argon2Hashing.verify(passwordHash, password);
    },
    hashOfNobody: argon2Hashing.hashOfNobody.replace('m=19456,t=2', 'm=64,t=1'),
  };
  return hashing;
}

/** A clock that counts what is scheduled, by its delay. */
function countingClock(clock: Clock): Clock & { readonly scheduled: Map<number, number> } {
  const scheduled = new Map<number, number>();
  return {
    scheduled,
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, run) => {
      scheduled.set(delayMs, (scheduled.get(delayMs) ?? 0) + 1);
      return clock.after(delayMs, run);
    },
  };
}

/** Sign-ins from addresses of their own, and a clock that answers held back need not wait for. */
interface Desks {
  readonly gateway: RunningGateway;
  readonly time: MovableTime;
  readonly hashing: ReturnType<typeof cheapHashing>;
  /** A forced sign-in of the agent; gives its code. */
  signIn(workNumber: number, from: string, password: string): Promise<string>;
  /** With the agent's own password. */
  own(workNumber: number, from: string): Promise<string>;
  /** One guess at each agent at once, `meanwhile` done before the answers that are held back so long. */
  guessAtAll(
    agents: readonly number[],
    heldMs: number,
    meanwhile?: () => Promise<void>,
  ): Promise<readonly string[]>;
}

async function withDesks(store: StoreKind, use: (desks: Desks) => Promise<void>): Promise<void> {
  const time = new MovableTime();
  const clock = countingClock(time.clock);
  const hashing = cheapHashing();
  const connections = new Map<string, Agent>();
  await withGateway({ store, time, site: SITE, overrides: { hashing, clock } }, async (gateway) => {
    const connectionsOf = (from: string) => {
      const known = connections.get(from);
      if (known !== undefined) return known;
      const made = new Agent({ keepAlive: true, localAddress: from, ca: gateway.certificate });
      connections.set(from, made);
      return made;
    };
    const signIn = async (workNumber: number, from: string, password: string) => {
      const path = `/onlineagent/${workNumber}/forceloginex`;
      const request = { method: 'PUT', path, body: { password }, agent: connectionsOf(from) };
      return (await gateway.client.send(request)).json().retcode;
    };
    const guessAtAll: Desks['guessAtAll'] = async (agents, heldMs, meanwhile = async () => undefined) => {
      const before = clock.scheduled.get(heldMs) ?? 0;
      const answers = Promise.all(agents.map((agent) => signIn(agent, STRANGER, 'a guess')));
      await meanwhile();
      if (heldMs > 0) {
        await eventually(() => expect(clock.scheduled.get(heldMs)).toBe(before + agents.length));
        time.clock.leap(heldMs);
      }
      return answers;
    };
    const own = (agent: number, from: string) => signIn(agent, from, gateway.passwords.get(agent) ?? '');
    await use({ gateway, time, hashing, signIn, own, guessAtAll });
  }).finally(() => {
    for (const each of connections.values()) each.destroy();
  });
}

/** Each owner's own address. */
const addressOf = (agent: number) => `127.0.1.${agent - FIRST + 1}`;

describe.each(STORES)('a stranger who guesses, on %s', (store) => {
  it(
    `is locked out of ${AGENTS.length} agents, and their owners sign in all the while [LK-11] [LK-2] [LK-3] [LK-6]`,
    () =>
      withDesks(store, async ({ hashing, own, signIn, guessAtAll }) => {
        for (const [round, heldMs] of DELAYS_MS.entries()) {
          const arriving = AGENTS.slice(round * 10, round * 10 + 10);
          const answers = await guessAtAll(AGENTS, heldMs, async () => {
            const codes = await Promise.all(arriving.map((agent) => own(agent, addressOf(agent))));
            expect(codes).toEqual(arriving.map(() => '0'));
          });
          expect(answers).toEqual(AGENTS.map(() => '100-004'));
        }
        hashing.verifications = 0;
        for (const attempt of [own, (agent: number, from: string) => signIn(agent, from, 'a guess')]) {
          const codes = await Promise.all(AGENTS.map((agent) => attempt(agent, STRANGER)));
          expect(codes).toEqual(AGENTS.map(() => '110-016'));
        }
        expect(hashing.verifications).toBe(0);
        const codes = await Promise.all(AGENTS.map((agent) => own(agent, addressOf(agent))));
        expect(codes).toEqual(AGENTS.map(() => '0'));
      }),
    TIMEOUT_MS,
  );

  it(
    'never locks an agent number from one source, however long it goes on [LK-11] [LK-4]',
    () =>
      withDesks(store, async ({ time, own, guessAtAll }) => {
        const agents = AGENTS.slice(0, 3);
        for (let quarter = 0; quarter < 5; quarter += 1) {
          for (const heldMs of DELAYS_MS) await guessAtAll(agents, heldMs);
          for (const agent of agents) expect(await own(agent, addressOf(agent + quarter))).toBe('0');
          await time.pass(15 * MINUTE_MS);
        }
      }),
    TIMEOUT_MS,
  );

  it(
    'with a hundred sources locks agent numbers; who signed in before gets in, who did not does not [LK-4] [LK-5]',
    () =>
      withDesks(store, async ({ own, signIn }) => {
        const [known, unknown] = AGENTS as [number, number];
        expect(await own(known, addressOf(known))).toBe('0');
        for (let source = 0; source < 100; source += 1) {
          const guesses = [known, unknown].map((agent) => signIn(agent, `127.0.2.${source}`, 'a guess'));
          expect(await Promise.all(guesses)).toEqual(['100-004', '100-004']);
        }
        expect(await own(known, addressOf(known))).toBe('0');
        expect(await own(known, addressOf(unknown))).toBe('110-016');
        expect(await own(unknown, addressOf(unknown))).toBe('110-016');
      }),
    TIMEOUT_MS,
  );

  it('who spreads a hundred guesses over more than an hour locks no agent number [LK-4]', () =>
    withDesks(store, async ({ time, own, signIn }) => {
      let source = 0;
      for (const guesses of [60, 30, 20]) {
        for (let guess = 0; guess < guesses; guess += 2) {
          source += 1;
          const two = [signIn(FIRST, `127.0.2.${source}`, 'one'), signIn(FIRST, `127.0.2.${source}`, 'two')];
          expect(await Promise.all(two)).toEqual(['100-004', '100-004']);
        }
        await time.passAtOnce(31 * MINUTE_MS);
      }
      expect(await own(FIRST, addressOf(FIRST))).toBe('0');
    }));
});
