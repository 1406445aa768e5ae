import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../../support/movable-time.ts';
import { type RunningGateway, TEST_SITE, withGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';

const AGENT = 291;
const PATH = `/onlineagent/${AGENT}`;

/** What the session of an agent goes by, as it is stored. */
async function settingsOf(gateway: RunningGateway, workNumber = AGENT): Promise<Record<string, unknown>> {
  const [row] = await gateway.rows(`SELECT settings FROM agent WHERE work_number = ${workNumber}`);
  return JSON.parse(String(row?.settings));
}

async function offer(gateway: RunningGateway, workNumber: number): Promise<string> {
  const [row] = await gateway.rows(`SELECT session_id FROM agent WHERE work_number = ${workNumber}`);
  const outcome = await gateway.submit({
    kind: 'offerContact',
    workNumber: workNumber as WorkNumber,
    tenantId: 1 as TenantId,
    sessionId: row?.session_id as SessionId,
  });
  return outcome.kind === 'refused' ? outcome.refusal.kind : outcome.kind;
}

describe('what is not a rest, a number or a flag', () => {
  it.each([
    'rest/0/1',
    'rest/86400/1',
    'rest/99999/1',
    'rest/060/1',
    'rest/60/256',
    'rest/60/-1',
    'rest/60/01',
    'rest/60/x',
    'rest/1.5/1',
    'rest/60/1?prolong=maybe',
    'setcustomstate',
    'setcustomstate?customstate=',
    'setcustomstate?customstate=65535',
    'setcustomstate?customstate=-1',
    'setcustomstate?customstate=1.5',
    'setcustomstate?customstate=seven',
    'settalkright',
    'settalkright?flag=',
    'settalkright?flag=2',
    'settalkright?flag=true',
    'setselfrecord/2/0',
    'setselfrecord/0/2',
  ])('%s is refused and changes nothing [AS-9] [AS-15] [AS-16]', async (path) => {
    await withGateway({}, async (gateway) => {
      const guid = await gateway.client.signIn(AGENT);
      const before = await gateway.rows(`SELECT * FROM agent WHERE work_number = ${AGENT}`);
      expect(await gateway.client.call('POST', `${PATH}/${path}`, guid)).toBe('000-002');
      expect(await gateway.rows(`SELECT * FROM agent WHERE work_number = ${AGENT}`)).toEqual(before);
    });
  });

  it('the shortest and the longest rest, and the first and last cause, are taken [AS-9]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(AGENT);
      await client.events(AGENT, guid, 2);
      for (const [path, reason] of [
        ['rest/86399/0', '0'],
        ['rest/1/255?prolong=TRUE', '255'],
        ['rest/80000/9?prolong=1', '9'],
      ] as const) {
        expect(await client.call('POST', `${PATH}/${path}`, guid), path).toBe('0');
        const { event } = (await client.poll(AGENT, guid)).json();
        expect(event).toEqual({
          eventType: 'AgentState_SetRest_Success',
          workNo: '291',
          content: { reason },
        });
      }
    });
  });

  it.each([
    ['setforwarding', {}, '000-006'],
    ['setforwarding', { phonenum: 'with space' }, '000-006'],
    ['setforwarding', { phonenum: '1'.repeat(25) }, '000-006'],
    ['setforwarding', '[]', '000-006'],
    ['bindphone', {}, '100-013'],
    ['bindphone', { phonenum: '' }, '100-013'],
    ['bindphone', { phonenum: 'with space' }, '100-013'],
    ['bindphone', { phonenum: '1'.repeat(25) }, '100-013'],
    ['bindphone', { phonenum: '39999' }, '100-014'],
    ['bindphone', 'nonsense', '000-006'],
  ])('%s with %j is refused and changes nothing [AS-15] [AS-17]', async (operation, body, code) => {
    await withGateway({}, async (gateway) => {
      const guid = await gateway.client.signIn(AGENT, { phonenum: '40038' });
      const before = await gateway.rows(`SELECT * FROM agent WHERE work_number = ${AGENT}`);
      const answer = await gateway.client.send({
        method: 'POST',
        path: `${PATH}/${operation}`,
        headers: { Guid: guid },
        body,
      });
      expect(answer.json().retcode).toBe(code);
      expect(await gateway.rows(`SELECT * FROM agent WHERE work_number = ${AGENT}`)).toEqual(before);
      expect(await gateway.phones()).toEqual(['1/40038/291']);
    });
  });
});

describe.each(STORES)('settings of a session, on %s', (store) => {
  it('are kept as they were set, over a restart too, and end with the session [AS-15] [AS-16]', async () => {
    await withGateway({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(AGENT);
      const customState = async ({ client }: RunningGateway, token: string) => {
        const answer = await client.send({
          method: 'GET',
          path: `${PATH}/querycustomstate`,
          headers: { Guid: token },
        });
        return answer.text;
      };
      const none = '{"message":"","retcode":"0","result":{"agentcustomstate":"65535"}}';
      expect(await customState(gateway, guid)).toBe(none);
      for (const path of [
        'autoanswer/false',
        'autoenteridle/no',
        'settalkright?flag=0',
        'setcustomstate?customstate=65534',
        'setselfrecord/1/0',
      ]) {
        expect(await gateway.client.call('POST', `${PATH}/${path}`, guid), path).toBe('0');
      }
      const forwarding = { method: 'POST', path: `${PATH}/setforwarding`, headers: { Guid: guid } };
      const forwarded = await gateway.client.send({ ...forwarding, body: { phonenum: 40099 } });
      expect(forwarded.text).toBe('{"message":"","retcode":"0"}');
      const expected = {
        autoAnswer: false,
        autoEnterReady: false,
        takesContacts: false,
        customState: 65_534,
        selfRecording: { isOn: true, beforeTalking: false },
        forwardTo: '40099',
      };
      expect(await settingsOf(gateway)).toMatchObject(expected);
      // No event tells of any of them, and no interval ends.
      const [row] = await gateway.rows(`SELECT log_head FROM agent WHERE work_number = ${AGENT}`);
      expect(Number(row?.log_head)).toBe(2);
      expect(await gateway.rows('SELECT * FROM agent_interval')).toEqual([]);

      const again = await gateway.restart();
      expect(await settingsOf(again)).toMatchObject(expected);
      expect(await customState(again, guid)).toContain('{"agentcustomstate":"65534"}');
      const empty = await again.client.send({ ...forwarding, body: { phonenum: '' } });
      expect(empty.json().retcode).toBe('0');
      for (const path of ['autoanswer/TRUE', 'autoenteridle/true', 'settalkright?flag=1']) {
        expect(await again.client.call('POST', `${PATH}/${path}`, guid), path).toBe('0');
      }
      const changed = { forwardTo: null, autoAnswer: true, autoEnterReady: true, takesContacts: true };
      expect(await settingsOf(again)).toMatchObject({ ...expected, ...changed });
      const next = await again.client.signIn(AGENT, {}, 'forceloginex');
      expect(await customState(again, next)).toBe(none);
    });
  });

  it('who has no right to take contacts is offered none [AS-14] [AS-15]', async () => {
    await withGateway({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(AGENT);
      await gateway.client.call('POST', `${PATH}/settalkright?flag=0`, guid);
      expect(await offer(gateway, AGENT)).toBe('notPossibleNow');
      await gateway.client.call('POST', `${PATH}/settalkright?flag=1`, guid);
      expect(await offer(gateway, AGENT)).toBe('accepted');
    });
  });

  it('who must change the password is offered nothing until it is changed [AS-14] [PW-12]', async () => {
    await withGateway({ store }, async (gateway) => {
      const oldPassword = gateway.passwords.get(301) ?? '';
      const guid = await gateway.client.signIn(301, { password: oldPassword });
      expect(await offer(gateway, 301)).toBe('notPossibleNow');
      const change = await gateway.client.send({
        method: 'POST',
        path: '/onlineagent/301/modifyaccountpwdex',
        headers: { Guid: guid },
        body: { oldPassword, newPassword: 'Quite-Another-7' },
      });
      expect(change.json().retcode).toBe('0');
      expect(await offer(gateway, 301)).toBe('accepted');
    });
  });

  it('a session takes another phone by the rules of a sign-in [AS-17]', async () => {
    const time = new MovableTime();
    await withGateway({ store, time, site: TEST_SITE }, async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(AGENT, { phonenum: '40038' });
      const other = await client.signIn(292, { phonenum: '40039' });
      const bind = async (workNumber: number, token: string, phonenum: string) => {
        const answer = await client.send({
          method: 'POST',
          path: `/onlineagent/${workNumber}/bindphone`,
          headers: { Guid: token },
          body: { phonenum },
        });
        return answer.json();
      };
      expect(await bind(AGENT, guid, '40039')).toEqual({
        message: 'the phone 40039 is in use',
        retcode: '100-003',
      });
      expect((await bind(AGENT, guid, '40038')).retcode).toBe('0');
      expect((await bind(AGENT, guid, '40040')).retcode).toBe('0');
      expect((await bind(292, other, '40038')).retcode).toBe('0');
      expect(await gateway.phones()).toEqual(['1/40040/291', '1/40038/292']);
      expect(await settingsOf(gateway)).toMatchObject({ phoneNumber: '40040' });
      // Nobody reads the events of agent 292 any more: it keeps its session and loses its phone.
      for (let minute = 0; minute < 2; minute++) {
        await time.pass(50_000);
        expect(await client.call('POST', '/onlineagent/292/handshake', other)).toBe('0');
        await client.events(AGENT, guid, 1);
      }
      expect((await bind(AGENT, guid, '40038')).retcode).toBe('0');
      expect(await gateway.phones()).toEqual(['1/40038/291']);
      expect((await gateway.auditActs(AGENT)).at(-1)).toEqual({
        kind: 'phoneBound',
        number: '40038',
        takenFrom: [292],
      });
      expect(await client.call('DELETE', `${PATH}/logout`, guid)).toBe('0');
      expect(await gateway.phones()).toEqual([]);
    });
  });
});
