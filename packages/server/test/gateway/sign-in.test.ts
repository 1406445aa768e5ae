import { describe, expect, it } from 'vitest';
import { load, type RunningGateway, sqliteRows, TEST_SITE, withGateway } from '../support/running-gateway.ts';

const PHONE = '40038';

/** Sends one sign-in body as it stands and gives the code; signs out again where it was taken. */
async function codeOf({ client }: RunningGateway, body: object, operation = 'loginex'): Promise<string> {
  const path = `/onlineagent/291/${operation}`;
  const answer = await client.send({ method: 'PUT', path, body });
  const { guid } = answer.headers;
  if (typeof guid === 'string') await client.call('DELETE', '/onlineagent/291/logout', guid);
  return answer.json().retcode;
}

interface FieldCase {
  readonly rule: string;
  readonly field: string;
  readonly code: string;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

const FLAGS_GOOD = [true, false, 'true', 'FALSE', 'True', 0, 1, '0', '1', '', null];
const FLAGS_BAD = ['yes', 2, -1, 1.5, '2', [], {}, 'truee', ' '];
const FIELDS: readonly FieldCase[] = [
  {
    rule: 'SI-3',
    field: 'password',
    code: '100-001',
    good: [''],
    bad: [null, 'x'.repeat(33), 5, true, [], {}],
  },
  {
    rule: 'SI-4',
    field: 'phonenum',
    code: '100-001',
    good: [PHONE, 40_038, '', null],
    bad: ['4'.repeat(25), '400 38', '400\t38', '400\u000038', '400\u009f38', -4, 4.5, 1e21, true, [], {}],
  },
  ...[
    'autoanswer',
    'autoenteridle',
    'releasephone',
    'phonelinkage',
    'checkInWebm',
    'checkInMailm',
    'listenStatus',
  ].map((field) => ({ rule: 'SI-5', field, code: '100-001', good: FLAGS_GOOD, bad: FLAGS_BAD })),
  {
    rule: 'SI-6',
    field: 'agenttype',
    code: '100-012',
    good: [4, 11, '4', '11', '', null],
    bad: [0, 5, 12, -4, 4.5, '4.0', 'four', '', true, [], {}, '4 '].filter((value) => value !== ''),
  },
  {
    rule: 'SI-7',
    field: 'status',
    code: '100-001',
    good: [3, 4, 5, '3', '4', '5', '', null],
    bad: [0, 2, 6, 7, -3, 3.5, 'idle', false, [], {}, 99_999_999_999],
  },
  {
    rule: 'SI-8',
    field: 'ip',
    code: '100-016',
    good: ['10.1.2.3', '255.255.255.255', '0.0.0.0', '', null],
    bad: [
      '::1',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      '1.2.3.4 ',
      '1.2.3.',
      'localhost',
      1,
      {},
      '1.2.3.-4',
    ],
  },
  {
    rule: 'SI-10',
    field: 'entryIp',
    code: '100-001',
    good: ['gateway.example', 'x'.repeat(64), '😀'.repeat(64), '', null],
    bad: ['x'.repeat(65), '😀'.repeat(65), 7, true, [], {}],
  },
  {
    rule: 'SI-11',
    field: 'vcPhoneNumber',
    code: '100-001',
    good: ['6001', 6001, '', null, PHONE],
    bad: ['6'.repeat(25), '60 01', true, {}],
  },
];

describe('the body of loginex and forceloginex, field by field', () => {
  it.each(['loginex', 'forceloginex'])(
    '%s [SI-3] [SI-4] [SI-5] [SI-6] [SI-7] [SI-8] [SI-10] [SI-11] [WI-30] [WI-31] [WI-32] [WI-33] [WI-34] [WI-36]',
    async (operation) => {
      await withGateway({}, async (gateway) => {
        const seen: string[] = [];
        const expected: string[] = [];
        for (const { rule, field, code, good, bad } of FIELDS) {
          for (const [value, want] of [...good.map((v) => [v, '0']), ...bad.map((v) => [v, code])]) {
            const label = `${rule} ${field}=${JSON.stringify(value)}`;
            expected.push(`${label} ${want}`);
            seen.push(`${label} ${await codeOf(gateway, { password: '', [field]: value }, operation)}`);
          }
        }
        expect(seen).toEqual(expected);
      });
    },
  );

  it('a body without its password key is refused [SI-3]', async () => {
    await withGateway({}, async (gateway) =>
      expect(await codeOf(gateway, { phonenum: PHONE })).toBe('100-001'),
    );
  });

  it('a password of 32 code points is looked at, one of 33 is not [SI-3] [WI-34]', async () => {
    await withGateway({}, async (gateway) => {
      expect(await codeOf(gateway, { password: '😀'.repeat(32) })).toBe('100-004');
      expect(await codeOf(gateway, { password: '😀'.repeat(33) })).toBe('100-001');
    });
  });

  it('of several faults the first field of the contract answers [SI-12]', async () => {
    const order: readonly [field: string, bad: unknown, code: string][] = [
      ['password', null, '100-001'],
      ['agenttype', 5, '100-012'],
      ['status', 9, '100-001'],
      ['ip', 'x', '100-016'],
      ['listenStatus', 'x', '100-001'],
    ];
    await withGateway({}, async (gateway) => {
      for (let first = 0; first < order.length; first += 1) {
        const faults = order.slice(first).toReversed();
        const body = { password: '', ...Object.fromEntries(faults) };
        expect(await codeOf(gateway, body), JSON.stringify(body)).toBe(order[first]?.[2]);
      }
    });
  });
});

describe('the path id', () => {
  const BAD = [
    '100',
    '60000',
    '0291',
    '+291',
    '291.0',
    '2e2',
    'x',
    '%20',
    '-291',
    '99999999999',
    '２９１',
    '291%00',
  ];
  it.each(BAD)('%s is refused [SI-2]', async (id) => {
    await withGateway({}, async ({ client }) => {
      const path = `/onlineagent/${encodeURIComponent(decodeURIComponent(id))}/loginex`;
      const answer = await client.send({ method: 'PUT', path, body: { password: '' } });
      expect([answer.status, answer.json().retcode]).toEqual([200, '100-001']);
    });
  });

  it('the lowest and the highest number are looked up, also of a widened installation [SI-2]', async () => {
    await withGateway({ environment: { ROLLCALL_AGENT_ID_MAX: '999999' } }, async ({ client }) => {
      for (const id of [101, 59_999, 60_000, 999_999]) {
        expect((await client.signInAnswer(id)).json().retcode, String(id)).toBe('100-004');
      }
      expect((await client.signInAnswer(1_000_000)).json().retcode).toBe('100-001');
    });
  });

  it.each(['GET', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])(
    '%s on the path is refused and does nothing [SI-1] [WI-7]',
    async (method) => {
      await withGateway({}, async ({ client }) => {
        for (const operation of ['loginex', 'forceloginex']) {
          const path = `/onlineagent/291/${operation}`;
          const answer = await client.send({ method, path, body: { password: '' } });
          expect([answer.status, answer.headers.allow, answer.json().retcode]).toEqual([
            405,
            'PUT',
            '000-002',
          ]);
        }
        expect((await client.signInAnswer(291)).json().retcode).toBe('0');
      });
    },
  );
});

describe('the checks behind the body', () => {
  it('an installation without a VDN says so [SI-20]', async () => {
    await withGateway({ site: null }, async ({ client }) => {
      expect((await client.signInAnswer(291)).json().retcode).toBe('999-001');
    });
  });

  it('the body is looked at before the configuration, the configuration before the password [SI-12] [SI-20]', async () => {
    await withGateway({ site: null }, async ({ client }) => {
      expect((await client.signInAnswer(291, { agenttype: 5 })).json().retcode).toBe('100-012');
      expect((await client.signInAnswer(291, { password: 'wrong' })).json().retcode).toBe('999-001');
    });
  });

  it('wrong, unknown and disabled are alike, byte for byte [SI-22] [PW-2]', async () => {
    await withGateway({}, async ({ client, config, passwords }) => {
      const disabled = structuredClone(TEST_SITE);
      for (const agent of disabled.tenants[0]?.agents ?? []) {
        if (agent.workNumber === 303) Object.assign(agent, { enabled: false });
      }
      await load(config, disabled);
      const answers = await Promise.all([
        client.signInAnswer(301, { password: 'wrong' }),
        client.signInAnswer(301, { password: '' }),
        client.signInAnswer(291, { password: 'wrong' }),
        client.signInAnswer(50_000, { password: 'wrong' }),
        client.signInAnswer(50_000, { password: '' }),
        client.signInAnswer(303, { password: passwords.get(303) ?? '' }),
      ]);
      const shapes = answers.map(({ text, rawHeaders }) => [text, rawHeaders.filter((_, i) => i % 2 === 0)]);
      expect(new Set(shapes.map((shape) => JSON.stringify(shape)))).toHaveLength(1);
      expect(answers[0]?.json().retcode).toBe('100-004');
    });
  });

  it('an agent with a session is refused; the password is checked first [SI-22] [SI-23]', async () => {
    await withGateway({}, async ({ client, passwords }) => {
      const password = passwords.get(301);
      await client.signIn(301, { password });
      expect((await client.signInAnswer(301, { password })).json().retcode).toBe('100-002');
      expect((await client.signInAnswer(301, { password: 'wrong' })).json().retcode).toBe('100-004');
    });
  });

  it('a VDN that forbids displacing answers so on both operations [SI-23]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(401);
      expect((await client.signInAnswer(401)).json().retcode).toBe('100-015');
      expect((await client.signInAnswer(401, {}, 'forceloginex')).json().retcode).toBe('100-015');
      expect(await client.agentState(401, guid)).toEqual({ agentState: 4, isWorking: false });
    });
  });

  it('a phone outside the range, and one in use, are refused; another VDN is not touched [SI-24]', async () => {
    await withGateway({}, async ({ client }) => {
      await client.signIn(292, { phonenum: PHONE });
      for (const phonenum of ['39999', '50000', 'abc', '4003x']) {
        const answer = (await client.signInAnswer(291, { phonenum })).json();
        expect([answer.retcode, answer.message.includes(phonenum)], phonenum).toEqual(['100-001', true]);
      }
      const taken = (await client.signInAnswer(291, { phonenum: PHONE })).json();
      expect([taken.retcode, taken.message]).toEqual(['100-003', `the phone ${PHONE} is in use`]);
      expect((await client.signInAnswer(401, { phonenum: PHONE })).json().retcode).toBe('0');
      expect((await client.signInAnswer(291, { phonenum: '40000' })).json().retcode).toBe('0');
      expect((await client.signInAnswer(293, { phonenum: '49999' })).json().retcode).toBe('0');
    });
  });

  it('the phone is not looked at before the password [SI-22] [SI-24]', async () => {
    await withGateway({}, async ({ client }) => {
      const body = { password: 'wrong', phonenum: '1' };
      expect((await client.signInAnswer(291, body)).json().retcode).toBe('100-004');
    });
  });

  it('a phone that is freed can be claimed at once [SI-24] [SO-1]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(292, { phonenum: PHONE });
      await client.call('DELETE', '/onlineagent/292/logout', guid);
      await client.signIn(291, { phonenum: PHONE });
    });
  });
});

describe('a forced sign-in', () => {
  it('without a live session is an ordinary one [SI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291, { status: 3 }, 'forceloginex');
      expect(await client.events(291, guid, 3)).toEqual([
        'AgentOther_InService',
        'AgentState_Ready',
        'AgentState_SetNotReady_Success',
      ]);
    });
  });

  it("takes the new body's values and tells the old session why it ended [SI-26] [SI-27] [DL-8] [SO-4]", async () => {
    await withGateway({}, async ({ client, config }) => {
      const old = await client.signInAnswer(291, { phonenum: PHONE, status: 3, autoanswer: false });
      const oldGuid = String(old.headers.guid);
      const newGuid = await client.signIn(291, { entryIp: 'new' }, 'forceloginex');
      expect(await client.agentState(291, newGuid)).toEqual({ agentState: 4, isWorking: false });
      expect(await client.call('GET', '/onlineagent/291/agentstatus', oldGuid)).toBe('100-006');
      await client.signIn(292, { phonenum: PHONE });
      expect((await client.events(291, oldGuid, 3)).at(-1)).toBe('AgentState_SetNotReady_Success');
      const { loginTime } = old.json().result as { loginTime: string };
      expect((await client.poll(291, oldGuid)).json().event).toEqual({
        eventType: 'AgentOther_ShutdownService',
        workNo: '291',
        content: { loginTime },
      });
      expect((await client.poll(291, oldGuid)).json().retcode).toBe('100-006');
      const acts = sqliteRows(
        config,
        'SELECT act FROM audit_entry WHERE work_number = 291 ORDER BY audit_id',
      );
      const audit = acts.map(({ act }) => JSON.parse(String(act)));
      expect(audit.map(({ kind }) => kind)).toEqual(['signIn', 'signOut', 'signIn']);
      expect(audit[1]).toEqual({ kind: 'signOut', reason: 'displaced', reasonNumber: 264 });
      expect(audit[2].settings).toMatchObject({ autoAnswer: true, entryAddress: 'new', phoneNumber: null });
    });
  });

  it('that keeps its own phone gets it [SI-25]', async () => {
    await withGateway({}, async ({ client }) => {
      await client.signIn(291, { phonenum: PHONE });
      await client.signIn(291, { phonenum: PHONE }, 'forceloginex');
      expect((await client.signInAnswer(292, { phonenum: PHONE })).json().retcode).toBe('100-003');
    });
  });
});

describe('the answer', () => {
  it("is the reference's example byte for byte, time aside [SI-30] [SI-33] [SI-35] [WI-16] [WI-35]", async () => {
    const day = 86_400_000;
    await withGateway({}, async (gateway) => {
      const validUntil = Date.now() + 10 * day - 1_000;
      await gateway.withStore((store) => store.setPasswordValidity(1 as never, validUntil));
      const answer = await gateway.client.send({
        method: 'PUT',
        path: '/onlineagent/291/loginex',
        headers: {
          'Content-Type': 'application/json; charset=UTF-8',
          Guid: 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx.AgentGateway1',
        },
        body: '{ "password": "", "phonenum": "40038", "status": "4", "releasephone": "false", "agenttype": "4" }',
      });
      const loginTime = /"loginTime":"(\d{13})"/.exec(answer.text)?.[1];
      expect(answer.text).toBe(
        `{"message":"","retcode":"0","result":{"vdnid":1,"workno":"291","mediatype":"TTF","loginTime":"${loginTime}","isForceChange":"false","serverName":"AgentGateway","timeRemaining":"9"}}`,
      );
      expect(Math.abs(Date.now() - Number(loginTime))).toBeLessThan(10_000);
    });
  });

  it.each([
    [{}, 291, 'TTF'],
    [{ checkInWebm: false }, 291, 'TFF'],
    [{ checkInWebm: 'false', checkInMailm: true }, 291, 'TFF'],
    [{ checkInMailm: true }, 291, 'TTF'],
    [{ checkInWebm: true }, 401, 'TFF'],
  ])('mediatype for %j of agent %i is %s [SI-31]', async (body, workNumber, mediatype) => {
    await withGateway({}, async ({ client }) => {
      const { result } = (await client.signInAnswer(workNumber, body)).json();
      expect(result).toMatchObject({ mediatype });
    });
  });

  it('says when the password must be changed, has expired, or never expires [SI-32]', async () => {
    await withGateway(
      { environment: { ROLLCALL_SERVER_NAME: 'Site-7' } },
      async ({ client, passwords, withStore }) => {
        const answers = [
          await client.signInAnswer(301, { password: passwords.get(301) }),
          await client.signInAnswer(401),
        ];
        await withStore((store) => store.setPasswordValidity(1 as never, Date.now() - 1));
        answers.push(await client.signInAnswer(291));
        const facts = answers.map((answer) => {
          const { isForceChange, timeRemaining, serverName } = answer.json().result as Record<string, string>;
          return [isForceChange, timeRemaining, serverName];
        });
        expect(facts).toEqual([
          ['true', '9', 'Site-7'],
          ['true', '', 'Site-7'],
          ['true', '0', 'Site-7'],
        ]);
      },
    );
  });

  it.each([
    [3, ['AgentOther_InService', 'AgentState_Ready', 'AgentState_SetNotReady_Success']],
    [4, ['AgentOther_InService', 'AgentState_Ready']],
    [5, ['AgentOther_InService', 'AgentState_Ready', 'AgentState_Work']],
  ])('status %i begins in that state with its events [SI-34] [AS-1] [AS-2]', async (status, events) => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291, { status });
      expect(await client.agentState(291, guid)).toEqual({ agentState: status, isWorking: false });
      expect(await client.events(291, guid, events.length)).toEqual(events);
    });
  });

  it('the first events carry exactly these bytes [SI-34] [WI-16]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291, { status: 3 });
      const texts = [
        await client.poll(291, guid),
        await client.poll(291, guid),
        await client.poll(291, guid),
      ];
      const event = (eventType: string, content: string) =>
        `{"message":"","retcode":"0","event":{"eventType":"${eventType}","workNo":"291","content":${content}}}`;
      expect(texts.map(({ text }) => text)).toEqual([
        event('AgentOther_InService', 'null'),
        event('AgentState_Ready', 'null'),
        event('AgentState_SetNotReady_Success', '{"reason":"0"}'),
      ]);
    });
  });

  it('the thirteen values stand in the audit entry and outlive a restart [SI-9] [SI-36] [WI-27]', async () => {
    await withGateway({}, async (gateway) => {
      const body = {
        phonenum: 40_038,
        autoanswer: 'false',
        agenttype: '11',
        ip: '10.0.0.7',
        entryIp: 'gw',
        vcPhoneNumber: '6001',
      };
      const guid = await gateway.client.signIn(291, body);
      const kept = {
        phoneNumber: PHONE,
        autoAnswer: false,
        autoEnterReady: true,
        releasePhone: true,
        agentType: 'pcAndVideoPhone',
        initialState: 'ready',
        claimedIp: '10.0.0.7',
        entryAddress: 'gw',
        phoneLinkage: false,
        registerTextChat: true,
        registerMail: false,
        videoNumber: '6001',
        watchSignIns: false,
      };
      const [entry] = sqliteRows(gateway.config, 'SELECT act FROM audit_entry');
      expect(JSON.parse(String(entry?.act))).toEqual({
        kind: 'signIn',
        forced: false,
        settings: kept,
        peerAddress: '127.0.0.1',
      });
      const again = await gateway.restart();
      const [row] = sqliteRows(
        again.config,
        'SELECT settings, seats, token_hash FROM agent WHERE work_number = 291',
      );
      expect(JSON.parse(String(row?.settings))).toMatchObject(kept);
      expect(row?.seats).toBe('none');
      expect(
        sqliteRows(again.config, 'SELECT agent_used, video_used FROM licence WHERE tenant_id = 1'),
      ).toEqual([{ agent_used: 0, video_used: 0 }]);
      expect(row?.token_hash).not.toContain(guid.split('.')[0]);
      expect(await again.client.agentState(291, guid)).toEqual({ agentState: 4, isWorking: false });
    });
  });
});
