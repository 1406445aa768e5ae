import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { MovableTime } from '../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';

const NEW = 'Blue-Horse7';

async function change(
  { client }: RunningGateway,
  guid: string,
  { workNumber = 301, ...passwords }: { oldPassword?: unknown; newPassword?: unknown; workNumber?: number },
) {
  const path = `/onlineagent/${workNumber}/modifyaccountpwdex`;
  const answer = await client.send({ method: 'POST', path, headers: { Guid: guid }, body: passwords });
  const { retcode, message } = answer.json();
  return { code: retcode, message };
}

function olderChange({ client }: RunningGateway, guid: string, query: string) {
  return client.call('POST', `/onlineagent/301/modifyaccountpwd?${query}`, guid);
}

async function signedIn(gateway: RunningGateway) {
  const password = gateway.passwords.get(301) ?? '';
  return { password, guid: await gateway.client.signIn(301, { password }) };
}

async function facts({ client }: RunningGateway, password: string) {
  const answer = await client.signInAnswer(301, { password }, 'forceloginex');
  const { retcode, result } = answer.json();
  const { isForceChange, timeRemaining } = (result ?? {}) as Record<string, string>;
  return [retcode, isForceChange, timeRemaining];
}

describe.each(STORES)('changing a password on %s', (store) => {
  it('the new one opens the account, the old one does not; the session goes on [PW-12] [PW-13] [PW-7] [PW-14]', () =>
    withGateway({ store }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      expect(await facts(gateway, password)).toEqual(['0', 'true', '9']);
      const again = await gateway.client.signIn(301, { password }, 'forceloginex');
      expect(await gateway.client.events(301, again, 2)).toEqual([
        'AgentOther_InService',
        'AgentState_Ready',
      ]);
      expect((await change(gateway, guid, { oldPassword: password, newPassword: NEW })).code).toBe('100-006');
      expect((await change(gateway, again, { oldPassword: password, newPassword: NEW })).code).toBe('0');
      expect(await gateway.client.call('POST', '/onlineagent/301/saybusy', again)).toBe('0');
      expect(await gateway.client.events(301, again, 1)).toEqual(['AgentState_SetNotReady_Success']);
      expect((await gateway.auditActs(301)).at(-1)).toEqual({ kind: 'passwordChanged' });
      const after = await gateway.restart();
      expect(await facts(after, password)).toEqual(['100-004', undefined, undefined]);
      expect(await facts(after, NEW)).toEqual(['0', 'false', '9']);
      const stored = JSON.stringify(await after.rows('SELECT * FROM password_history'));
      expect(stored).toContain('$argon2id$');
      expect(stored).not.toContain(password);
    }));

  it('refuses in the order of the rule, and tells nothing to who does not know the old one [PW-8] [PW-9] [PW-10]', () =>
    withGateway({ store }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      const code = async (newPassword: unknown, oldPassword: unknown = password) =>
        (await change(gateway, guid, { oldPassword, newPassword })).code;
      expect(await code(undefined)).toBe('110-002');
      expect(await code(NEW, null)).toBe('110-002');
      expect(await code(7)).toBe('110-002');
      expect(await code('short', 'wrong')).toBe('110-003');
      expect(await code('short')).toBe('110-020');
      expect(await code('x'.repeat(40_000))).toBe('110-020');
      expect(await code(password)).toBe('110-017');
      expect(await code('AGENT 301')).toBe('110-018');
      expect(await code('abcdefgh')).toBe('110-019');
      expect((await change(gateway, guid, { oldPassword: password, newPassword: 'Abcd-301' })).message).toBe(
        'the new password holds three consecutive digits of the agent number',
      );
      const path = '/onlineagent/301/modifyaccountpwdex';
      for (const body of ['', '[]', 'nonsense']) {
        const answer = await gateway.client.send({ method: 'POST', path, headers: { Guid: guid }, body });
        expect(answer.json().retcode).toBe('000-006');
      }
      expect(await gateway.client.call('POST', path, '')).toBe('100-006');
      expect((await gateway.auditActs(301)).map(({ kind }) => kind)).toEqual(['signIn']);
    }));

  it('the last five are not taken again, the sixth is [PW-10] [PW-14]', () =>
    withGateway({ store }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      // The generated one may break a rule itself: it need not have three classes.
      const used = ['0', 'A', 'B', 'C', 'D', 'E'].map((last) => `Blue-Horse${last}`);
      const [first] = used;
      expect((await change(gateway, guid, { oldPassword: password, newPassword: first })).code).toBe('0');
      for (const [place, newPassword] of used.slice(1).entries()) {
        expect((await change(gateway, guid, { oldPassword: used[place], newPassword })).code).toBe('0');
      }
      const present = used.at(-1);
      for (const newPassword of used.slice(1, -1)) {
        expect((await change(gateway, guid, { oldPassword: present, newPassword })).message).toBe(
          'the new password is one of the last five',
        );
      }
      expect(await gateway.rows('SELECT count(*) AS n FROM password_history')).toEqual([{ n: 4 }]);
      expect((await change(gateway, guid, { oldPassword: present, newPassword: first })).code).toBe('0');
    }));

  it('the older form does the same, and no password reaches the log [PW-8] [PW-14]', () =>
    withGateway({ store }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      const old = encodeURIComponent(password);
      expect(await olderChange(gateway, guid, `newpassword=${NEW}`)).toBe('110-002');
      expect(await olderChange(gateway, guid, `oldpassword=wrong&newpassword=${NEW}`)).toBe('110-003');
      expect(await olderChange(gateway, guid, `oldpassword=${old}&newpassword=${NEW}`)).toBe('0');
      await change(gateway, guid, { oldPassword: NEW, newPassword: 'short' });
      await gateway.client.send({
        method: 'POST',
        path: '/onlineagent/301/modifyaccountpwdex',
        headers: { Guid: guid },
        body: `{"oldPassword":"${NEW}`,
      });
      expect(await facts(gateway, NEW)).toEqual(['0', 'false', '9']);
      const log = JSON.stringify(gateway.log);
      expect(log).toContain('modifyAccountPwd');
      for (const secret of [password, NEW, 'wrong"', 'short']) expect(log).not.toContain(secret);
    }));

  it('an empty password is changed as any other, and a password that never expires stays so [PW-8] [PW-13]', () =>
    withGateway({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(401);
      expect(
        (await change(gateway, guid, { oldPassword: 'x', newPassword: NEW, workNumber: 401 })).code,
      ).toBe('110-003');
      expect((await change(gateway, guid, { oldPassword: '', newPassword: NEW, workNumber: 401 })).code).toBe(
        '0',
      );
      expect(await gateway.client.call('DELETE', '/onlineagent/401/logout', guid)).toBe('0');
      expect((await gateway.client.signInAnswer(401)).json().retcode).toBe('100-004');
      const answer = await gateway.client.signInAnswer(401, { password: NEW });
      expect(answer.json().result).toMatchObject({ isForceChange: 'false', timeRemaining: '' });
    }));

  it('of two changes at once one is done [PW-12]', () =>
    withGateway({ store }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      // Both are verified before either is written.
      const codes = await Promise.all(
        ['Blue-Horse7', 'Blue-Horse8'].map(
          async (newPassword) => (await change(gateway, guid, { oldPassword: password, newPassword })).code,
        ),
      );
      expect(codes.filter((code) => code === '0')).toHaveLength(1);
      expect(['110-002', '110-003']).toContain(codes.find((code) => code !== '0'));
    }));

  it('a sign-in that was verified with the old password comes too late [PW-12] [SI-22]', async () => {
    const isVerified = Promise.withResolvers<void>();
    const isChanged = Promise.withResolvers<void>();
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: async (hash, password) => {
        const isRight = await argon2Hashing.verify(hash, password);
        if (isSlow) {
          isSlow = false;
          isVerified.resolve();
          await isChanged.promise;
        }
        return isRight;
      },
    };
    let isSlow = false;
    await withGateway({ store, overrides: { hashing } }, async (gateway) => {
      const { password } = await signedIn(gateway);
      const session = await gateway.withStore((opened) => opened.findAgent(301 as WorkNumber));
      isSlow = true;
      const late = facts(gateway, password);
      await isVerified.promise;
      // As another node would change it: on this one the only slot may be taken.
      await gateway.withStore(async (opened) => {
        if (!session?.session) throw new TypeError('301 is not signed in');
        const { workNumber, tenantId, credentialVersion } = session;
        const part = {
          kind: 'changePassword',
          credentialVersion,
          passwordHash: 'x',
          validForMs: null,
        } as const;
        await opened.commit([{ ...part, workNumber, tenantId, sessionId: session.session.id }], foldBatch);
      });
      isChanged.resolve();
      expect(await late).toEqual(['100-004', undefined, undefined]);
    });
  });

  it('wrong old passwords are held back and locked as wrong sign-ins are [PW-11] [PW-9]', async () => {
    const time = new MovableTime();
    await withGateway({ store, time }, async (gateway) => {
      const { password, guid } = await signedIn(gateway);
      for (const heldMs of [0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]) {
        const isHeld = heldMs === 0 ? Promise.resolve() : time.clock.nextScheduling(heldMs);
        const answer = change(gateway, guid, { oldPassword: 'wrong', newPassword: NEW });
        await isHeld;
        if (heldMs > 0) time.clock.leap(heldMs);
        expect((await answer).code).toBe('110-003');
      }
      const locked = await change(gateway, guid, { oldPassword: password, newPassword: NEW });
      expect(locked).toEqual({ code: '110-002', message: 'too many wrong passwords; wait 15 minutes' });
      expect((await gateway.client.signInAnswer(301, { password })).json().retcode).toBe('110-016');
    });
  });
});
