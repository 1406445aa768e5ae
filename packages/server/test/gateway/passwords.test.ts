import { availableParallelism } from 'node:os';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { VerificationQueue } from '../../src/services/verification-queue.ts';
import { eventually } from '../support/eventually.ts';
import { openRawConnection, pipeline } from '../support/raw-connection.ts';
import { load, type RunningGateway, sqliteRows, TEST_SITE, withGateway } from '../support/running-gateway.ts';
import type { WireAnswer } from '../support/wire-client.ts';

/** Real hashing that counts its verifications. */
function countingHashing(): PasswordHashing & { verifications: number } {
  const hashing = {
    ...argon2Hashing,
    verifications: 0,
    verify: (passwordHash: string, password: string) => {
      hashing.verifications += 1;
      return argon2Hashing.verify(passwordHash, password);
    },
  };
  return hashing;
}

describe('verifying a password', () => {
  it('costs one verification in every case but a right empty password [PW-1]', async () => {
    const hashing = countingHashing();
    await withGateway({ overrides: { hashing } }, async ({ client, config, passwords }) => {
      const disabled = structuredClone(TEST_SITE);
      for (const agent of disabled.tenants[0]?.agents ?? []) {
        if ([303, 296].includes(agent.workNumber)) Object.assign(agent, { enabled: false });
      }
      await load(config, disabled);
      const cases: readonly [number, string, string, number][] = [
        [291, '', '0', 0],
        [292, 'x', '100-004', 1],
        [301, passwords.get(301) ?? '', '0', 1],
        [301, passwords.get(301) ?? '', '100-002', 1],
        [302, 'wrong', '100-004', 1],
        [302, '', '100-004', 1],
        [303, passwords.get(303) ?? '', '100-004', 1],
        [296, '', '100-004', 1],
        [50_000, '', '100-004', 1],
        [50_000, 'x', '100-004', 1],
      ];
      for (const [workNumber, password, code, cost] of cases) {
        hashing.verifications = 0;
        const answer = await client.signInAnswer(workNumber, { password });
        expect([workNumber, answer.json().retcode, hashing.verifications]).toEqual([workNumber, code, cost]);
      }
    });
  });

  it('nobody has the hash that unknown agents are verified against, and it costs as much as any [PW-1] [PW-3]', async () => {
    const { hashOfNobody, verify, hash } = argon2Hashing;
    expect(await verify(hashOfNobody, '')).toBe(false);
    const parameters = (text: string) => text.split('$').slice(1, 4);
    expect(parameters(hashOfNobody)).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    expect(parameters(await hash('x'))).toEqual(parameters(hashOfNobody));
    expect(hashOfNobody.split('$').map((part) => part.length)).toEqual(
      (await hash('x')).split('$').map((part) => part.length),
    );
  });

  it('passwords are stored as hashes only [PW-3]', async () => {
    await withGateway({}, async ({ config, passwords }) => {
      const rows = sqliteRows(config, 'SELECT * FROM agent WHERE password_hash IS NOT NULL');
      expect(rows).toHaveLength(3);
      for (const row of rows) expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      for (const password of passwords.values()) expect(JSON.stringify(rows)).not.toContain(password);
    });
  });

  it('an empty password opens nothing once the policy forbids it [PW-6]', async () => {
    await withGateway({}, async ({ client, config }) => {
      const strict = structuredClone(TEST_SITE);
      for (const tenant of strict.tenants) {
        tenant.policy.emptyPasswords = 'forbidden';
        for (const agent of tenant.agents) Object.assign(agent, { firstPassword: 'generated' });
      }
      await client.signIn(291);
      await load(config, strict);
      expect((await client.signInAnswer(292)).json().retcode).toBe('100-004');
    });
  });

  it('a password that changes while it is verified does not open the account [SI-22]', async () => {
    const verifying = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: async (passwordHash, password) => {
        const isRight = await argon2Hashing.verify(passwordHash, password);
        verifying.resolve();
        await changed.promise;
        return isRight;
      },
    };
    await withGateway({ overrides: { hashing } }, async ({ client, config, passwords }) => {
      const answer = client.signInAnswer(301, { password: passwords.get(301) });
      await verifying.promise;
      const disabled = structuredClone(TEST_SITE);
      for (const agent of disabled.tenants[0]?.agents ?? []) {
        if (agent.workNumber === 301) Object.assign(agent, { enabled: false });
      }
      await load(config, disabled);
      changed.resolve();
      expect((await answer).json().retcode).toBe('100-004');
      expect(sqliteRows(config, 'SELECT session_id FROM agent WHERE work_number = 301')).toEqual([
        { session_id: null },
      ]);
    });
  });

  it('a fault of the verification answers 100-007, is logged with its cause and leaves nothing [SI-28]', async () => {
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: () => Promise.reject(new TypeError('the hash is damaged: internal detail')),
    };
    await withGateway({ overrides: { hashing } }, async ({ client, config, log }) => {
      const answer = await client.signInAnswer(301, { password: 'x' });
      expect([answer.status, answer.json().retcode]).toEqual([200, '100-007']);
      expect(answer.text).not.toContain('internal detail');
      await expect
        .poll(() => JSON.stringify(log.filter(({ msg }) => msg === 'request failed')))
        .toContain('internal detail');
      expect(sqliteRows(config, 'SELECT count(*) AS n FROM agent_event')).toEqual([{ n: 0 }]);
    });
  });
});

describe('the queue of verifications', () => {
  it('takes tenants in turn and holds no more than it may [PW-4] [PW-5]', async () => {
    const queue = new VerificationQueue({ slots: 1, maxWaiting: 4 });
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queue.run(1, () => gate.promise);
    const task = (name: string) => async () => void order.push(name);
    const waiting = [
      queue.run(1, task('1a')),
      queue.run(1, task('1b')),
      queue.run(1, task('1c')),
      queue.run(2, task('2a')),
    ];
    expect(await queue.run(3, task('3a'))).toEqual({ kind: 'full' });
    gate.resolve();
    await Promise.all([first, ...waiting]);
    expect(order).toEqual(['1a', '2a', '1b', '1c']);
  });

  it('gives the slot on when a task fails [PW-4]', async () => {
    const queue = new VerificationQueue({ slots: 1, maxWaiting: 1 });
    await expect(queue.run(1, () => Promise.reject(new TypeError('no')))).rejects.toThrow('no');
    expect(await queue.run(1, async () => 7)).toEqual({ kind: 'done', result: 7 });
  });

  it('runs no more at once than it may, and when it is full a sign-in is told to come back, and others go on [PW-4] [PW-5] [WI-18]', async () => {
    const hashing = gatedHashing();
    await withGateway({ overrides: { hashing } }, (gateway) =>
      overfill(gateway, hashing).finally(hashing.open),
    );
  });
});

async function overfill(gateway: RunningGateway, hashing: ReturnType<typeof gatedHashing>): Promise<void> {
  const { client } = gateway;
  const guid = await client.signIn(291);
  const filling = await Promise.all(
    Array.from({ length: FILLING_CONNECTIONS }, () => openRawConnection(gateway)),
  );
  const each = Math.ceil((SLOTS + MOST_WAITING) / FILLING_CONNECTIONS);
  // Each of another number: more than a few failures of one would be held back and then locked out.
  const signIns = (connection: number) =>
    Array.from({ length: each }, (_, place) => wrongSignIn(10_000 + connection * each + place));
  const codes = filling.map((socket, connection) => pipeline(socket, signIns(connection)));
  const late: Promise<WireAnswer>[] = [];
  // A sign-in that is still let in waits like those before it; the next one is tried.
  const turnedAway = await eventually(async () => {
    const answer = client.signInAnswer(20_000 + late.length, { password: 'x' });
    late.push(answer);
    return (await Promise.race([answer, delay(500)])) ?? expect.fail('it waits');
  });
  expect(turnedAway.json()).toMatchObject({
    retcode: '100-007',
    message: expect.stringMatching(/too many sign-ins/),
  });
  expect(turnedAway.headers['retry-after']).toBe('2');
  expect(hashing.running()).toBe(SLOTS);
  expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
  expect((await client.signInAnswer(292)).json().retcode).toBe('0');
  hashing.open();
  const answered = (await Promise.all(codes)).flat();
  for (const answer of await Promise.all(late)) answered.push(answer.json().retcode);
  for (const socket of filling) socket.destroy();
  expect(new Set(answered)).toEqual(new Set(['100-004', '100-007']));
  expect(answered.filter((code) => code === '100-004')).toHaveLength(SLOTS + MOST_WAITING);
  expect([hashing.verifications(), hashing.mostAtOnce()]).toEqual([SLOTS + MOST_WAITING, SLOTS]);
}

/** What rule PW-4 lets run at once on this machine, and rule PW-5 wait. */
const SLOTS = Math.max(1, availableParallelism() - 1);
const MOST_WAITING = 1_000;
/** Few, so that the test opens few files; each carries many requests, one behind the other. */
const FILLING_CONNECTIONS = 20;
const wrongSignIn = (workNumber: number) =>
  `PUT /agentgateway/resource/onlineagent/${workNumber}/loginex HTTP/1.1\r\nHost: x\r\n` +
  'Content-Length: 16\r\n\r\n{"password":"x"}';

/** Hashing that finds every password wrong, not before it is opened, and counts what runs at once. */
function gatedHashing() {
  const gate = Promise.withResolvers<void>();
  let [verifications, running, mostAtOnce] = [0, 0, 0];
  return {
    ...argon2Hashing,
    verify: async () => {
      verifications += 1;
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await gate.promise;
      await setImmediate();
      running -= 1;
      return false;
    },
    open: gate.resolve,
    running: () => running,
    verifications: () => verifications,
    mostAtOnce: () => mostAtOnce,
  };
}
