import { describe, expect, it } from 'vitest';
import { type RunningGateway, sqliteRows, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';

/** A VDN of 100 agents with empty passwords, 50 agent seats and 2 video seats. */
const SEATED_SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'Seated',
      policy: {
        emptyPasswords: 'allowed',
        phoneRange: { from: 40_000, to: 49_999 },
        licence: { agentSeats: 50, videoSeats: 2 },
      },
      agents: Array.from({ length: 100 }, (_, index) => ({
        workNumber: 201 + index,
        name: `Agent ${201 + index}`,
        firstPassword: 'empty',
        firstPasswordChange: 'optional',
      })),
    },
  ],
};

const phoneOf = (workNumber: number) => String(40_000 + workNumber);

/** Signs in by `login`, or by the operation that is named behind the body. */
async function sign(
  { client }: RunningGateway,
  workNumber: number,
  ...rest: [body?: object, operation?: string]
) {
  const [body = {}, operation = ''] = rest;
  const path = `/onlineagent/${workNumber}${operation === '' ? '' : `/${operation}`}`;
  const answer = await client.send({
    method: 'PUT',
    path,
    body: { password: '', phonenum: phoneOf(workNumber), ...body },
  });
  const { retcode, message } = answer.json();
  return { code: retcode, message, guid: String(answer.headers.guid ?? '') };
}

async function seatsUsed({ rows }: RunningGateway) {
  const [row] = await rows('SELECT agent_used, video_used FROM licence WHERE tenant_id = 1');
  return [row?.agent_used, row?.video_used];
}

describe.each(STORES)('seats of the licence with %s', (store) => {
  it('100 sign-ins at once for 50 seats: exactly 50; without seats all 100 [SI-40] [SI-36]', async () => {
    await withGateway({ store, site: SEATED_SITE }, async (gateway) => {
      const agents = Array.from({ length: 100 }, (_, index) => 201 + index);
      const seated = await Promise.all(agents.map((agent) => sign(gateway, agent)));
      expect(seated.filter(({ code }) => code === '0')).toHaveLength(50);
      const refused = seated.filter(({ code }) => code !== '0');
      expect(new Set(refused.map(({ code, message }) => `${code} ${message}`))).toEqual(
        new Set(['100-003 all 50 agent seats of the licence are in use']),
      );
      expect(await seatsUsed(gateway)).toEqual([50, 0]);
    });
    await withGateway({ store, site: SEATED_SITE }, async (gateway) => {
      const agents = Array.from({ length: 100 }, (_, index) => 201 + index);
      const free = await Promise.all(agents.map((agent) => sign(gateway, agent, {}, 'loginex')));
      expect(new Set(free.map(({ code }) => code))).toEqual(new Set(['0']));
      expect(await seatsUsed(gateway)).toEqual([0, 0]);
    });
  });

  it('an agent of type 11 takes both seats or none [SI-40]', async () => {
    await withGateway({ store, site: SEATED_SITE }, async (gateway) => {
      for (const agent of [201, 202]) expect((await sign(gateway, agent, { agenttype: 11 })).code).toBe('0');
      expect(await seatsUsed(gateway)).toEqual([2, 2]);
      const third = await sign(gateway, 203, { agenttype: 11 });
      expect([third.code, third.message]).toEqual(['100-003', 'all 2 video seats of the licence are in use']);
      expect(await seatsUsed(gateway)).toEqual([2, 2]);
      expect((await sign(gateway, 203)).code).toBe('0');
    });
  });

  it('come back with the end of a session, however it ends [SI-41]', async () => {
    await withGateway({ store, site: SEATED_SITE }, async (gateway) => {
      const { client } = gateway;
      const first = await sign(gateway, 201, { agenttype: 11 });
      await client.call('DELETE', '/onlineagent/201/logout', first.guid);
      expect(await seatsUsed(gateway)).toEqual([0, 0]);
      const second = await sign(gateway, 201);
      await client.call('DELETE', '/onlineagent/201/forcelogoutwithreason/7', second.guid);
      expect(await seatsUsed(gateway)).toEqual([0, 0]);
      await sign(gateway, 201, { agenttype: 11 });
      await sign(gateway, 201, {}, 'forcelogin');
      expect(await seatsUsed(gateway)).toEqual([1, 0]);
      await sign(gateway, 201, {}, 'forceloginex');
      expect(await seatsUsed(gateway)).toEqual([0, 0]);
    });
  });

  it('a full licence lets an agent take its own seat again, and no other agent [SI-41]', async () => {
    await withGateway({ store, site: SEATED_SITE }, async (gateway) => {
      const agents = Array.from({ length: 50 }, (_, index) => 201 + index);
      await Promise.all(agents.map((agent) => sign(gateway, agent)));
      expect((await sign(gateway, 201, {}, 'forcelogin')).code).toBe('0');
      expect((await sign(gateway, 251, {}, 'forcelogin')).code).toBe('100-003');
      expect(await seatsUsed(gateway)).toEqual([50, 0]);
    });
  });
});

describe('the body of login and forcelogin', () => {
  const CASES: readonly (readonly [field: string, values: readonly unknown[], code: string])[] = [
    ['phonenum', ['', null, '40 01', 'x'.repeat(25), true], '100-013'],
    ['phonenum', ['39999', '50000', 'abc'], '100-014'],
    ['password', [null, 'x'.repeat(33), 4], '100-001'],
    ['agenttype', [5, 'x'], '100-012'],
    ['ip', ['::1', '1.2.3'], '100-016'],
    ['status', [9, 'x'], '100-011'],
    ['autoanswer', ['x'], '100-011'],
    ['releasephone', ['x'], '100-011'],
    ['entryIp', ['x'.repeat(65)], '100-011'],
    ['listenStatus', [7], '100-011'],
    ['callBackUri', ['x'.repeat(201)], '100-011'],
    ['serviceToken', ['x'.repeat(51), 'a b', 'a;b'], '100-011'],
    ['pushUrl', ['x'.repeat(513)], '100-011'],
  ];
  it.each(['', 'forcelogin'])('has codes of its own (%s) [SI-42]', async (operation) => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      for (const [field, values, code] of CASES) {
        for (const value of values) {
          const answer = await sign(gateway, 201, { [field]: value }, operation);
          expect(answer.code, `${field}=${JSON.stringify(value)}`).toBe(code);
        }
      }
      expect((await sign(gateway, 201, { phonenum: 40_201 }, operation)).code).toBe('0');
    });
  });

  it('of several faults the first field answers; the phone before the rest [SI-42] [SI-12]', async () => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      expect((await sign(gateway, 201, { phonenum: '', agenttype: 5, status: 9 })).code).toBe('100-013');
      expect((await sign(gateway, 201, { password: null, phonenum: '' })).code).toBe('100-001');
      expect((await sign(gateway, 201, { status: 9, ip: 'x' })).code).toBe('100-011');
    });
  });

  it('forcelogin leaves the phone off-hook between calls unless asked otherwise [SI-43]', async () => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      const released = async (body: object, operation: string) => {
        await sign(gateway, 201, body, operation);
        const [row] = sqliteRows(gateway.config, 'SELECT settings FROM agent WHERE work_number = 201');
        return JSON.parse(String(row?.settings)).releasePhone;
      };
      expect(await released({}, '')).toBe(true);
      expect(await released({}, 'forcelogin')).toBe(false);
      expect(await released({ releasephone: true }, 'forcelogin')).toBe(true);
    });
  });

  it('a push address is refused, half of the pair means polling, and loginex ignores all [SI-44]', async () => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      const pair = { callBackUri: 'https://crm.example/events', serviceToken: 'abc' };
      for (const body of [pair, { pushUrl: 'https://crm.example/' }]) {
        const answer = await sign(gateway, 201, body);
        expect([answer.code, answer.message]).toEqual(['100-001', 'push address not allowed']);
      }
      expect((await sign(gateway, 201, { callBackUri: pair.callBackUri })).code).toBe('0');
      expect((await sign(gateway, 202, { serviceToken: 'abc' })).code).toBe('0');
      expect((await sign(gateway, 203, { ...pair, pushUrl: 'x'.repeat(600) }, 'loginex')).code).toBe('0');
    });
  });
});

describe('forceloginexwithoutphone', () => {
  it('takes no phone and no seat, and displaces [SI-45] [SI-36] [SI-27]', async () => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      const { client, config } = gateway;
      const old = await sign(gateway, 201);
      const phoneless = await sign(gateway, 201, { phonenum: 'not a phone' }, 'forceloginexwithoutphone');
      expect(phoneless.code).toBe('0');
      expect(sqliteRows(config, 'SELECT * FROM phone')).toEqual([]);
      expect(await seatsUsed(gateway)).toEqual([0, 0]);
      expect(await client.call('POST', '/onlineagent/201/sayfree', old.guid)).toBe('100-006');
      expect((await sign(gateway, 202, { phonenum: phoneOf(201) })).code).toBe('0');
    });
  });
});

describe('signing out with a reason', () => {
  it('records the reason of the client; one out of range is refused [SO-4] [SO-5]', async () => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      const { client, config } = gateway;
      const { guid } = await sign(gateway, 201);
      for (const reason of ['0', '256', '01', 'x', '1.5', '-1', '999']) {
        const path = `/onlineagent/201/forcelogoutwithreason/${reason}`;
        expect(await client.call('DELETE', path, guid), reason).toBe('100-005');
      }
      expect(await client.call('DELETE', '/onlineagent/201/forcelogoutwithreason/255', guid)).toBe('0');
      expect(await client.call('DELETE', '/onlineagent/201/forcelogoutwithreason/255', guid)).toBe('100-008');
      const [last] = sqliteRows(config, 'SELECT act FROM audit_entry ORDER BY audit_id DESC LIMIT 1');
      expect(JSON.parse(String(last?.act))).toEqual({ kind: 'signOut', reason: 'bySelf', reasonNumber: 255 });
    });
  });
});

describe('proof of life', () => {
  it.each([
    ['POST', 'handshake'],
    ['PUT', 'heartbeat'],
  ])('%s %s tells when the session began; a refusal waits [LE-1]', async (method, operation) => {
    await withGateway({ site: SEATED_SITE }, async (gateway) => {
      const { client } = gateway;
      const answer = await client.signInAnswer(201);
      const { loginTime } = answer.json().result as { loginTime: string };
      const path = `/onlineagent/201/${operation}`;
      const alive = await client.send({ method, path, headers: { Guid: String(answer.headers.guid) } });
      expect(alive.text).toBe(`{"message":"","retcode":"0","result":{"loginTime":"${loginTime}"}}`);
      const beganMs = performance.now();
      expect(await client.call(method, path, 'none')).toBe('100-006');
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(499);
    });
  });
});
