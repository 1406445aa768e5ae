import { spawnSync } from 'node:child_process';
import { Agent } from 'node:https';
import { describe, expect, it } from 'vitest';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { MovableTime } from '../support/movable-time.ts';
import { load, type RunningGateway, TEST_SITE, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';

const MINUTE_MS = 60_000;
/** Answers of the first ten failures of a pair are held back so long. */
const DELAYS_MS = [0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000];
const UNKNOWN = 50_000;

/** Quick hashing that counts; the figures of this page do not depend on what a verification costs. */
function quickHashing() {
  const hashing = {
    ...argon2Hashing,
    verifications: 0,
    verify: async (passwordHash: string, password: string) => {
      hashing.verifications += 1;
      return password !== '' && password !== 'wrong' && passwordHash !== argon2Hashing.hashOfNobody;
    },
  } satisfies PasswordHashing & { verifications: number };
  return hashing;
}

interface Guesser {
  readonly gateway: RunningGateway;
  readonly time: MovableTime;
  readonly hashing: ReturnType<typeof quickHashing>;
  /** One sign-in; gives code and bytes. `heldMs`: how long its answer has to be held back. */
  try(
    workNumber: number,
    attempt?: { password?: string; from?: string; operation?: string; heldMs?: number },
  ): Promise<{ readonly code: string; readonly text: string }>;
  /** Ten failures of one pair. */
  fail(workNumber: number, from?: string): Promise<string[]>;
}

async function withGuesser(store: StoreKind, use: (guesser: Guesser) => Promise<void>): Promise<void> {
  const time = new MovableTime();
  const hashing = quickHashing();
  await withGateway({ store, time, overrides: { hashing } }, async (gateway) => {
    const agents = new Map<string, Agent>();
    const agentFrom = (from: string) => {
      const agent =
        agents.get(from) ?? new Agent({ keepAlive: true, localAddress: from, ca: gateway.certificate });
      agents.set(from, agent);
      return agent;
    };
    const guesser: Guesser = {
      gateway,
      time,
      hashing,
      try: async (
        workNumber,
        { password = 'wrong', from = '127.0.0.1', operation = 'loginex', heldMs = 0 } = {},
      ) => {
        const isHeld = heldMs === 0 ? Promise.resolve() : time.clock.nextScheduling(heldMs);
        const answer = gateway.client.send({
          method: 'PUT',
          path: `/onlineagent/${workNumber}${operation === '' ? '' : `/${operation}`}`,
          body: { password, phonenum: String(40_000 + (workNumber % 1_000)) },
          agent: agentFrom(from),
        });
        await isHeld;
        if (heldMs > 0) time.clock.leap(heldMs);
        const { text, json } = await answer;
        return { code: json().retcode, text };
      },
      fail: async (workNumber, from) => {
        const codes: string[] = [];
        for (const heldMs of DELAYS_MS) {
          codes.push(
            (await guesser.try(workNumber, { heldMs, ...(from === undefined ? {} : { from }) })).code,
          );
        }
        return codes;
      },
    };
    try {
      await use(guesser);
    } finally {
      for (const agent of agents.values()) agent.destroy();
    }
  });
}

/** A hundred failures of agent 301, two from each source, so that no pair is held back. */
async function failFromEverywhere(guesser: Guesser): Promise<void> {
  for (let source = 0; source < 50; source += 1) {
    for (let failure = 0; failure < 2; failure += 1) {
      expect((await guesser.try(301, { from: `127.0.1.${source}` })).code).toBe('100-004');
    }
  }
}

describe.each(STORES)('wrong passwords on %s', (store) => {
  it('the answer is held back from the third on; the tenth locks for 15 minutes, and only the pair [LK-2] [LK-3] [LK-6] [SI-46]', () =>
    withGuesser(store, async ({ gateway, time, hashing, ...guesser }) => {
      const right = gateway.passwords.get(301) ?? '';
      expect(new Set(await guesser.fail(301))).toEqual(new Set(['100-004']));
      hashing.verifications = 0;
      expect((await guesser.try(301, { password: right })).code).toBe('110-016');
      expect(hashing.verifications).toBe(0);
      expect((await guesser.try(301, { password: right, from: '127.0.0.2' })).code).toBe('0');
      expect((await guesser.try(302, { password: 'wrong' })).code).toBe('100-004');
      await time.pass(14 * MINUTE_MS);
      expect((await guesser.try(301)).code).toBe('110-016');
      await time.pass(MINUTE_MS + 5_000);
      // Counted anew: the first failure is not held back.
      expect((await guesser.try(301)).code).toBe('100-004');
    }));

  it('known, unknown and disabled agents are alike, byte for byte and delay for delay [LK-1]', () =>
    withGuesser(store, async (guesser) => {
      const disabled = structuredClone(TEST_SITE);
      for (const agent of disabled.tenants[0]?.agents ?? []) {
        if (agent.workNumber === 303) Object.assign(agent, { enabled: false });
      }
      await load(guesser.gateway.config, disabled);
      const texts: string[][] = [];
      for (const agent of [301, UNKNOWN, 291, 303]) {
        const seen: string[] = [];
        for (const heldMs of [...DELAYS_MS, 0]) seen.push((await guesser.try(agent, { heldMs })).text);
        texts.push(seen);
      }
      expect(texts[1]).toEqual(texts[0]);
      expect(texts[2]).toEqual(texts[0]);
      expect(texts[3]).toEqual(texts[0]);
    }));

  it('login says when a failure locks [LK-6]', () =>
    withGuesser(store, async (guesser) => {
      const codes: string[] = [];
      for (const heldMs of [...DELAYS_MS, 0]) {
        codes.push((await guesser.try(UNKNOWN, { heldMs, operation: '' })).code);
      }
      expect(codes).toEqual([...Array.from({ length: 9 }, () => '100-004'), '110-021', '110-016']);
    }));

  it('a right password clears the count of its pair, and 15 quiet minutes do [LK-3]', () =>
    withGuesser(store, async (guesser) => {
      const { gateway, time } = guesser;
      const password = gateway.passwords.get(302) ?? '';
      await guesser.try(302);
      await guesser.try(302);
      expect((await guesser.try(302, { password })).code).toBe('0');
      await guesser.try(302);
      await guesser.try(302);
      await guesser.try(302, { heldMs: 1_000 });
      await time.pass(15 * MINUTE_MS + 5_000);
      expect((await guesser.try(302)).code).toBe('100-004');
    }));

  it('a hundred failures lock the number, but not for a source that it signed in from; a restart keeps both [LK-4] [LK-5] [LK-8]', () =>
    withGuesser(store, async (guesser) => {
      const { gateway } = guesser;
      const password = gateway.passwords.get(301) ?? '';
      expect((await guesser.try(301, { password, from: '127.0.0.9' })).code).toBe('0');
      await failFromEverywhere(guesser);
      expect((await guesser.try(301, { password, from: '127.0.0.8' })).code).toBe('110-016');
      expect((await guesser.try(301, { password, from: '127.0.0.9' })).code).toBe('100-002');
      const after = await gateway.restart();
      const from = (localAddress: string) =>
        after.client.send({
          method: 'PUT',
          path: '/onlineagent/301/loginex',
          body: { password },
          agent: new Agent({ localAddress, ca: after.certificate }),
        });
      expect((await from('127.0.0.8')).json().retcode).toBe('110-016');
      expect((await from('127.0.0.9')).json().retcode).toBe('100-002');
    }));

  it('after 30 days without a sign-in it is a source like any other, while the server runs too [LK-5]', () =>
    withGuesser(store, async (guesser) => {
      const { gateway, time } = guesser;
      const password = gateway.passwords.get(301) ?? '';
      expect((await guesser.try(301, { password, from: '127.0.0.9' })).code).toBe('0');
      await time.pass(2 * MINUTE_MS);
      expect(await gateway.rows('SELECT source FROM sign_in_source')).toEqual([{ source: '127.0.0.9' }]);
      const isTidied = time.clock.nextScheduling(MINUTE_MS);
      await time.passAtOnce(31 * 24 * 60 * MINUTE_MS);
      await isTidied;
      await failFromEverywhere(guesser);
      expect((await guesser.try(301, { password, from: '127.0.0.9' })).code).toBe('110-016');
    }));

  it('a held answer keeps nobody waiting, and tries at once do not get past the lock [LK-2] [LK-8]', () =>
    withGuesser(store, async (guesser) => {
      const { gateway, time, hashing } = guesser;
      for (let failure = 0; failure < 2; failure += 1) await guesser.try(UNKNOWN);
      hashing.verifications = 0;
      const isHeld = time.clock.nextScheduling(1_000);
      const burst = Promise.all(Array.from({ length: 100 }, () => guesser.try(UNKNOWN)));
      await isHeld;
      const other = await guesser.try(302, { password: gateway.passwords.get(302) ?? '', from: '127.0.0.2' });
      expect(other.code).toBe('0');
      await time.clock.leap(10_000);
      const codes = (await Promise.race([burst, leapUntil(time, burst)])).map(({ code }) => code);
      expect(codes.filter((code) => code === '100-004').length).toBeLessThanOrEqual(8 + 1);
      expect(codes.filter((code) => code === '110-016').length).toBeGreaterThanOrEqual(91);
    }));

  it('an agent without failures is counted nowhere [LK-10]', () =>
    withGuesser(store, async (guesser) => {
      await guesser.gateway.client.signIn(291);
      expect(await guesser.gateway.rows('SELECT * FROM sign_in_failure')).toEqual([]);
      expect(await guesser.gateway.rows('SELECT * FROM sign_in_source')).toEqual([]);
      await guesser.gateway.restart();
      expect(await guesser.gateway.rows('SELECT subject, source FROM sign_in_source')).toEqual([
        { subject: '291', source: '127.0.0.1' },
      ]);
    }));

  it('the oldest counts that are not locked make room [LK-7]', () =>
    withGuesser(store, async (guesser) => {
      await guesser.fail(301);
      for (const agent of [40_001, 40_002, 40_003]) {
        await guesser.time.pass(5_000);
        await guesser.try(agent);
      }
      await guesser.gateway.withStore((opened) => opened.pruneFailures(60 * MINUTE_MS, 3));
      const left = await guesser.gateway.rows(
        'SELECT DISTINCT subject FROM sign_in_failure ORDER BY subject',
      );
      expect(left).toEqual([{ subject: '301' }, { subject: '40003' }]);
      expect((await guesser.try(301)).code).toBe('110-016');
    }));

  it('the operator lists and ends locks beside the running server [LK-9]', () =>
    withGuesser(store, async (guesser) => {
      const { gateway } = guesser;
      await guesser.fail(301);
      const run = (...command: string[]) => {
        const { ROLLCALL_DATABASE_URL = '' } = { ROLLCALL_DATABASE_URL: gateway.config.databaseUrl };
        const env = {
          PATH: process.env.PATH,
          ROLLCALL_DATA_DIR: gateway.config.dataDir,
          ROLLCALL_DATABASE_URL,
        };
        return spawnSync(process.execPath, [BIN, ...command], { env, encoding: 'utf8' });
      };
      expect(run('locks').stdout).toMatch(/^301 from 127\.0\.0\.1 until \d{4}-.*Z\n$/);
      expect(run('unlock', '301').stdout).toBe('301: 1 lock ended; wrong passwords are counted anew.\n');
      expect(run('locks').stdout).toBe('Nothing is locked.\n');
      expect((await guesser.try(301, { password: gateway.passwords.get(301) ?? '' })).code).toBe('0');
    }));
});

const BIN = new URL('../../bin/rollcall.js', import.meta.url).pathname;

/** Lets held answers come until all are there. */
async function leapUntil<Result>(time: MovableTime, all: Promise<Result>): Promise<Result> {
  let isDone = false;
  void all.then(() => {
    isDone = true;
  });
  while (!isDone) {
    time.clock.leap(1_000);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return all;
}
