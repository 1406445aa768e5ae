import { describe, expect, it } from 'vitest';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { MovableTime } from '../support/movable-time.ts';
import { load, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';

const agent = (workNumber: number, account?: string, changes: object = {}) => ({
  workNumber,
  name: `Agent ${workNumber}`,
  firstPassword: 'empty',
  firstPasswordChange: 'optional',
  ...(account === undefined ? {} : { account }),
  ...changes,
});

const siteOf = (agents: readonly object[], policy: object = {}) => ({
  tenants: [
    {
      tenantId: 1,
      name: 'First',
      policy: {
        emptyPasswords: 'allowed',
        phoneRange: { from: 40_000, to: 49_999 },
        licence: { agentSeats: 1, videoSeats: 0 },
        ...policy,
      },
      agents,
    },
  ],
});

const SITE = siteOf([
  agent(291, 'Ada'),
  agent(292, 'Žofie Nováková'),
  agent(301, 'grace', { firstPassword: 'generated' }),
  agent(302, 'gone', { firstPassword: 'generated', enabled: false }),
]);

async function byAccount({ client }: RunningGateway, body: object | string) {
  const answer = await client.send({ method: 'PUT', path: '/onlineagent/loginbyaccount', body });
  const { retcode, message, result } = answer.json();
  return { code: retcode, message, result, guid: String(answer.headers.guid), text: answer.text };
}

describe.each(STORES)('signing in by account on %s', (store) => {
  const withAccounts = (use: (gateway: RunningGateway) => Promise<void>, site: object = SITE) =>
    withGateway({ store, site }, use);

  it('is a login of the agent: a seat is taken, the phone may be left out [SI-50] [SI-40] [SI-53]', () =>
    withAccounts(async (gateway) => {
      const { client } = gateway;
      const { guid, result } = await byAccount(gateway, { account: 'Ada', password: '' });
      expect(result).toMatchObject({ vdnid: 1, workno: '291', mediatype: 'TTF' });
      expect(await client.events(291, guid, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);
      const second = await byAccount(gateway, { account: 'Žofie Nováková', password: '' });
      expect([second.code, second.message]).toEqual([
        '100-060',
        'all 1 agent seats of the licence are in use',
      ]);
      const lines = gateway.log.filter(({ method }) => method === 'loginByAccount');
      expect(lines.map(({ agent: named, code }) => [named, code])).toEqual([
        ['291', '0'],
        [undefined, '100-060'],
      ]);
      expect(JSON.stringify(gateway.log).toLowerCase()).not.toMatch(/ada|žofie/);
    }));

  it('an account is found whatever its capital letters and however its accents are composed [SI-51]', () =>
    withAccounts(
      async (gateway) => {
        for (const account of ['ada', 'ADA', 'žofie nováková'.normalize('NFD'), 'ŽOFIE NOVÁKOVÁ']) {
          const { code, guid, result } = await byAccount(gateway, { account, password: '' });
          expect(code).toBe('0');
          const { workno } = result as { workno: string };
          expect(await gateway.client.call('DELETE', `/onlineagent/${workno}/logout`, guid)).toBe('0');
        }
      },
      siteOf(SITE.tenants[0]?.agents ?? []),
    ));

  it('tells nobody apart, and says what else was wrong under one code [SI-52] [PW-2]', () =>
    withAccounts(async (gateway) => {
      const password = gateway.passwords.get(301) ?? '';
      const wrong = [
        { account: 'nobody', password: 'wrong' },
        { account: 'grace', password: 'wrong' },
        { account: 'grace', password: '' },
        { account: 'gone', password: gateway.passwords.get(302) },
        { account: '301', password },
      ];
      const answers = await Promise.all(wrong.map((body) => byAccount(gateway, body)));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers[0]?.code).toBe('100-062');
      for (const [body, message] of [
        [{ password: '' }, 'account must be given, as text of at most 64 characters'],
        [{ account: '', password: '' }, 'account must be given, as text of at most 64 characters'],
        [
          { account: 'x'.repeat(65), password: '' },
          'account must be given, as text of at most 64 characters',
        ],
        [{ account: 7, password: '' }, 'account must be given, as text of at most 64 characters'],
        [{ account: 'Ada' }, 'password must be given, as text of at most 32 characters'],
        [{ account: 'Ada', password: '', agenttype: 5 }, 'agenttype must be one of 4, 11'],
        [{ account: 'Ada', password: '', phonenum: '1' }, 'phonenum 1 is outside the range of this VDN'],
        [{ account: 'Ada', password: '', pushUrl: 'http://x/' }, 'push address not allowed'],
        ['[]', 'the message body is not a JSON object'],
      ] as const) {
        expect(await byAccount(gateway, body)).toMatchObject({ code: '100-060', message });
      }
      await gateway.client.signIn(291);
      const again = await byAccount(gateway, { account: 'Ada', password: '' });
      expect(again).toMatchObject({ code: '100-060', message: 'the agent is already signed in' });
    }));

  it('accounts of one file may be exchanged, and nobody outside of it loses his [SI-51]', () =>
    withAccounts(async (gateway) => {
      await load(gateway.config, siteOf([agent(291, 'Žofie Nováková'), agent(292, 'Ada')]));
      expect((await byAccount(gateway, { account: 'ada', password: '' })).result).toMatchObject({
        workno: '292',
      });
      await expect(load(gateway.config, siteOf([agent(291, 'GRACE')]))).rejects.toThrow(
        '"kind":"accountOfOtherAgent","workNumber":291,"owner":301',
      );
      await load(gateway.config, siteOf([agent(292)]));
      expect((await byAccount(gateway, { account: 'ada', password: '' })).code).toBe('100-062');
    }));

  it('is counted, delayed and locked by its name, known or not, apart from the number [LK-12] [LK-9] [SI-52]', async () => {
    const time = new MovableTime();
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: async (_, password) => password !== 'wrong',
    };
    await withGateway({ store, site: SITE, time, overrides: { hashing } }, async (gateway) => {
      const answersOf = async (account: string) => {
        const texts: string[] = [];
        for (const heldMs of [0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]) {
          const isHeld = heldMs === 0 ? Promise.resolve() : time.clock.nextScheduling(heldMs);
          const answer = byAccount(gateway, { account, password: 'wrong' });
          await isHeld;
          if (heldMs > 0) await time.passAtOnce(heldMs);
          texts.push((await answer).text);
        }
        return texts;
      };
      const known = await answersOf('Grace');
      expect(await answersOf('Nobody')).toEqual(known);
      expect(known.every((text) => text.includes('100-062'))).toBe(true);
      for (const account of ['gRACE', 'nobody']) {
        expect((await byAccount(gateway, { account, password: 'right' })).code).toBe('100-061');
      }
      expect((await gateway.client.signInAnswer(301, { password: 'right' })).json().retcode).toBe('0');
      const locks = await gateway.withStore((opened) => opened.unlock('account:grace'));
      expect(locks).toBe(1);
      // It may be looked at again: now the live session is what stands in its way.
      expect((await byAccount(gateway, { account: 'grace', password: 'right' })).code).toBe('100-060');
    });
  });
});

it('other methods do nothing [SI-1] [WI-7]', () =>
  withGateway({ site: SITE }, async ({ client }) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await client.send({ method, path: '/onlineagent/loginbyaccount' });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'PUT']);
    }
  }));
