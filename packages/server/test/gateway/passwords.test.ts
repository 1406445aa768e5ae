import { describe, expect, it } from 'vitest';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { VerificationQueue } from '../../src/services/verification-queue.ts';
import { load, sqliteRows, TEST_SITE, withGateway } from '../support/running-gateway.ts';

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

  it('when it is full a sign-in is told to come back, and others go on [PW-5] [WI-18]', async () => {
    const gate = Promise.withResolvers<void>();
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: async () => {
        await gate.promise;
        return false;
      },
    };
    await withGateway({ overrides: { hashing } }, async ({ client }) => {
      const guid = await client.signIn(291);
      const sent = Array.from({ length: 1_100 }, () => client.signInAnswer(301, { password: 'x' }));
      const early = await Promise.race(sent);
      let answered = 0;
      for (const answer of sent) void answer.then(() => (answered += 1));
      await expect.poll(() => answered, { timeout: 20_000 }).toBe(1_100 - 1_001);
      expect(early.json()).toMatchObject({
        retcode: '100-007',
        message: expect.stringMatching(/too many sign-ins/),
      });
      expect(early.headers['retry-after']).toBe('2');
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect((await client.signInAnswer(292)).json().retcode).toBe('0');
      gate.resolve();
      const codes = (await Promise.all(sent)).map((answer) => answer.json().retcode);
      expect(codes.filter((code) => code === '100-007')).toHaveLength(1_100 - 1_001);
      expect(codes.filter((code) => code === '100-004')).toHaveLength(1_001);
    });
  });
});
