import { describe, expect, it } from 'vitest';
import { EventReceiver } from '../../support/event-receiver.ts';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { STORES } from '../../support/store-kinds.ts';
import {
  BEGUN,
  busy,
  eventsOf,
  namesOf,
  nothingLeft,
  pushFields,
  SERVICE_TOKEN,
  sayBusy,
  signInPushed,
  withReceiver,
} from './pushed-site.ts';

const REASONS = [201, 202, 203, 204, 205];
const SHUTDOWN = 'AgentOther_ShutdownService';

/** Time goes by, a second at a time, until the check holds. */
function passUntil(time: MovableTime, check: () => void): Promise<void> {
  return eventually(async () => {
    try {
      check();
    } catch (fault) {
      await time.passAtOnce(1_000);
      throw fault;
    }
  });
}

describe.each(STORES)('events that are sent, with %s', (store) => {
  it('as lists come in order, with the headers of the sign-in [PU-1] [PU-3] [SI-44]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      let underWay = 0;
      let mostUnderWay = 0;
      receiver.answer = (_, response) => {
        underWay += 1;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        setImmediate(() => {
          underWay -= 1;
          response.writeHead(204).end();
        });
      };
      const guid = await signInPushed(gateway, 202, { url: receiver.url('/in?a=b') });
      await sayBusy(gateway, 202, { guid, reasons: REASONS });
      await eventually(() => expect(namesOf(receiver, 202)).toEqual([...BEGUN, ...REASONS.map(busy)]));
      expect(mostUnderWay).toBe(1);
      for (const { rawHeaders, body, path, method } of receiver.heard) {
        expect([method, path]).toEqual(['POST', '/in?a=b']);
        const pairs = rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
        );
        expect(pairs).toContain(`service_token: ${SERVICE_TOKEN}`);
        expect(pairs).toContain(`Guid: ${guid}`);
        expect(pairs).toContain('Content-Type: application/json');
        expect(body).toMatch(/^\{"workNo":"202","eventList":\[\{"eventType":.*\]\}$/);
      }
    }));

  it('one by one have exactly the bytes of a poll, and no token [PU-2] [PU-3]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const guid = await signInPushed(gateway, 202, { url: receiver.url(), form: 'single' });
      await sayBusy(gateway, 202, { guid, reasons: [201] });
      await eventually(() => expect(receiver.heard).toHaveLength(3));
      const event = (name: string, content: string) =>
        `{"message":"","retcode":"0","event":{"eventType":"${name}","workNo":"202","content":${content}}}`;
      expect(receiver.heard.map(({ body }) => body)).toEqual([
        event('AgentOther_InService', 'null'),
        event('AgentState_Ready', 'null'),
        event('AgentState_SetNotReady_Success', '{"reason":"201"}'),
      ]);
      for (const { headers, body } of receiver.heard) {
        expect(headers['content-length']).toBe(String(body.length));
        expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['guid']));
        expect(headers.service_token).toBeUndefined();
      }
    }));

  it.each(['list', 'single'] as const)(
    'are sent again until they are received, whatever comes instead: %s [PU-4] [PU-5] [PU-3]',
    (form) => {
      const time = new MovableTime();
      return withReceiver({ store, time }, async (gateway, receiver) => {
        const failures = [500, 404, 302, 'reset', 'late', 401, 'nonsense', 503] as const;
        let failed = 0;
        const received: string[] = [];
        receiver.answer = ({ body }, response) => {
          // Every other request fails, each in another way.
          const failure = receiver.heard.length % 2 === 1 ? failures[failed] : undefined;
          if (failure === undefined) {
            received.push(...eventsOf(body).map(({ content }) => content?.reason ?? ''));
            response.end('{"whatever":');
            return;
          }
          failed += 1;
          if (failure === 'reset') response.destroy();
          else if (failure === 'nonsense') response.socket?.end('not HTTP\r\n\r\n');
          else if (failure !== 'late')
            response.writeHead(failure, { Location: receiver.url('/other') }).end();
        };
        const guid = await signInPushed(gateway, 202, { url: receiver.url(), form });
        for (const reason of [...REASONS, 206, 207, 208]) {
          await sayBusy(gateway, 202, { guid, reasons: [reason] });
          await passUntil(time, () => expect(received).toContain(String(reason)));
        }
        expect(failed).toBe(failures.length);
        expect(received).toEqual(['', '', ...[...REASONS, 206, 207, 208].map(String)]);
        expect(receiver.heard.map(({ path }) => path)).not.toContain('/other');
      });
    },
  );

  it('go on after a restart where they were, none left out and none received sent again [PU-8]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const guid = await signInPushed(gateway, 202, { url: receiver.url() });
      await sayBusy(gateway, 202, { guid, reasons: [201, 202] });
      await eventually(() => expect(namesOf(receiver, 202)).toEqual([...BEGUN, busy(201), busy(202)]));
      receiver.answer = (_, response) => void response.writeHead(500).end();
      await sayBusy(gateway, 202, { guid, reasons: [203, 204] });
      await eventually(() => expect(namesOf(receiver, 202)).toContain(busy(203)));
      const again = await gateway.restart(async () => {
        receiver.heard.length = 0;
        receiver.answer = (_, response) => void response.end();
      });
      await sayBusy(again, 202, { guid, reasons: [205] });
      await eventually(() => expect(namesOf(receiver, 202)).toEqual([203, 204, 205].map(busy)));
    }));

  it('end with the session: ShutdownService last, nothing after an own sign-out, and nothing is kept [PU-9]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const { client } = gateway;
      const ownGuid = await signInPushed(gateway, 202, { url: receiver.url('/own') });
      await sayBusy(gateway, 202, { guid: ownGuid, reasons: [201] });
      expect(await client.call('DELETE', '/onlineagent/202/logout', ownGuid)).toBe('0');
      await signInPushed(gateway, 203, { url: receiver.url('/forced') });
      const inspector = await client.signIn(201);
      expect(await client.call('POST', '/qualitycontrol/201/forcelogout/203', inspector)).toBe('0');
      await nothingLeft(gateway);
      expect(namesOf(receiver, 202)).toEqual([...BEGUN, busy(201)]);
      expect(namesOf(receiver, 203)).toEqual([...BEGUN, SHUTDOWN]);
      const count = receiver.heard.length;
      await client.signIn(202);
      await client.signIn(203);
      await gateway.restart();
      expect(receiver.heard).toHaveLength(count);
    }));

  it("of an earlier session at the same URL come before a later one's [PU-6]", () => {
    const time = new MovableTime();
    return withReceiver({ store, time }, async (gateway, receiver) => {
      let isOpen = false;
      receiver.answer = (_, response) => void (isOpen ? response.end() : response.destroy());
      await signInPushed(gateway, 202, { url: receiver.url() });
      await eventually(() => expect(receiver.heard).toHaveLength(1));
      const guid = await signInPushed(gateway, 202, { url: receiver.url(), operation: 'forcelogin' });
      await sayBusy(gateway, 202, { guid, reasons: [201] });
      const failed = receiver.heard.length;
      await passUntil(time, () => expect(receiver.heard.length).toBeGreaterThan(failed));
      isOpen = true;
      receiver.heard.length = 0;
      const whole = [...BEGUN, SHUTDOWN, ...BEGUN, busy(201)];
      await passUntil(time, () => expect(namesOf(receiver, 202).slice(-whole.length)).toEqual(whole));
    });
  });

  it('an earlier session that is refused again and again holds a later one up no more [PU-6]', () => {
    const time = new MovableTime();
    return withReceiver({ store, time }, async (gateway, receiver) => {
      const old = await signInPushed(gateway, 202, { url: receiver.url() });
      receiver.answer = ({ headers }, response) =>
        void response.writeHead(headers.guid === old ? 401 : 200).end();
      const guid = await signInPushed(gateway, 202, { url: receiver.url(), operation: 'forcelogin' });
      await sayBusy(gateway, 202, { guid, reasons: [201] });
      await passUntil(time, () => expect(namesOf(receiver, 202)).toContain(busy(201)));
      const refused = receiver.heard.filter(({ headers }) => headers.guid === old);
      expect(refused.length).toBeGreaterThanOrEqual(6);
    });
  });

  it('to a receiver that never answers hold up no other [PU-7]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const hanging = await EventReceiver.open({ answer: () => undefined });
      try {
        const stuck = Array.from({ length: 12 }, (_, index) => 210 + index);
        for (const agent of stuck) await signInPushed(gateway, agent, { url: hanging.url() });
        await eventually(() => expect(hanging.heard).toHaveLength(8));
        const guid = await signInPushed(gateway, 202, { url: receiver.url() });
        await sayBusy(gateway, 202, { guid, reasons: REASONS });
        await eventually(() => expect(namesOf(receiver, 202)).toEqual([...BEGUN, ...REASONS.map(busy)]));
        // None of the first requests has been given up: the other's events did not wait for that.
        expect(hanging.heard).toHaveLength(8);
      } finally {
        await hanging.close();
      }
    }));

  it('are not polled, but can be read by place; other agents poll beside them [PU-13]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const { client } = gateway;
      const guid = await signInPushed(gateway, 202, { url: receiver.url() });
      const other = await client.signIn(203);
      expect(await client.events(203, other, 2)).toEqual(BEGUN);
      const began = performance.now();
      const refused = await client.poll(202, guid);
      expect(performance.now() - began).toBeGreaterThanOrEqual(499);
      expect(refused.json()).toEqual({
        message: 'the events of this session are sent to its push address',
        retcode: '000-001',
      });
      await eventually(() => expect(namesOf(receiver, 202)).toEqual(BEGUN));
      const epoch = await client.send({
        method: 'GET',
        path: '/agentevent/202?after=x.0',
        headers: { Guid: guid },
      });
      const [start] = String(epoch.headers['event-position']).split('.');
      const read = await client.send({
        method: 'GET',
        path: `/agentevent/202?after=${start}.1`,
        headers: { Guid: guid },
      });
      expect(read.json().event?.eventType).toBe(BEGUN[1]);
    }));

  it('attend to a session by handshakes alone, for 130 s [PU-12]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      const { client } = gateway;
      const guid = await signInPushed(gateway, 202, { url: receiver.url() });
      await client.signIn(203);
      const signs = 'SELECT attention_ms, read_at FROM life_sign ORDER BY work_number';
      const [pushed, polling] = await gateway.rows(signs);
      expect([Number(pushed?.attention_ms), Number(polling?.attention_ms)]).toEqual([130_000, 75_000]);
      await eventually(() => expect(Date.now()).toBeGreaterThan(Number(pushed?.read_at) + 50));
      await client.call('GET', '/onlineagent/202/agentstatus', guid);
      expect(await client.call('POST', '/onlineagent/202/handshake', guid)).toBe('0');
      await gateway.restart(async () => {
        const [after, other] = await gateway.rows(signs);
        expect(Number(after?.read_at)).toBeGreaterThan(Number(pushed?.read_at));
        expect(other?.read_at).toBe(polling?.read_at);
      });
    }));

  it('leave their secrets in no log line and no audit entry, and a failing receiver in one warning [PU-11] [PU-14]', () => {
    const time = new MovableTime();
    return withReceiver({ store, time }, async (gateway, receiver) => {
      receiver.answer = (_, response) => void response.writeHead(500).end('no');
      const url = receiver.url('/path-of-ours?query-of-ours');
      const guids = [
        await signInPushed(gateway, 202, { url }),
        await signInPushed(gateway, 203, { url, form: 'single' }),
      ];
      await passUntil(time, () => expect(receiver.heard.length).toBeGreaterThan(5));
      const origin = `http://127.0.0.1:${receiver.port}`;
      const told = () => gateway.log.filter((line) => line.receiver !== undefined);
      const failing = 'events cannot be sent to a receiver; they are kept and sent later';
      expect(told()).toEqual([
        expect.objectContaining({ msg: failing, receiver: origin, why: 'it answered 500', level: 40 }),
      ]);
      receiver.answer = (_, response) => void response.end();
      await passUntil(time, () => expect(told()).toHaveLength(2));
      expect(told().at(-1)).toMatchObject({ msg: 'a receiver takes events again', receiver: origin });
      const acts = [...(await gateway.auditActs(202)), ...(await gateway.auditActs(203))];
      expect(acts).toMatchObject([
        { settings: { eventPush: { form: 'list', receiver: origin } } },
        { settings: { eventPush: { form: 'single', receiver: origin } } },
      ]);
      const rows = await gateway.rows('SELECT settings FROM agent WHERE session_id IS NOT NULL');
      const said = JSON.stringify([gateway.log, acts, rows]);
      const secrets = [
        SERVICE_TOKEN,
        'path-of-ours',
        'query-of-ours',
        ...guids.map((guid) => guid.slice(0, 36)),
      ];
      for (const secret of secrets) expect(said).not.toContain(secret);
    });
  });
});

describe('the address that a sign-in names', () => {
  it('has to be listed, whatever the form [SI-44] [OB-2] [OB-3]', () =>
    withReceiver({}, async (gateway, receiver) => {
      const { client } = gateway;
      const refused = { message: 'push address not allowed', retcode: '100-001' };
      const urls = [
        'http://127.0.0.2:80/',
        'https://crm.example/',
        'ftp://127.0.0.1/',
        'nonsense',
        'http://[::1]/',
      ];
      for (const url of urls) {
        for (const form of ['list', 'single'] as const) {
          const body = { phonenum: '40202', ...pushFields(form, url) };
          expect((await client.signInAnswer(202, body, '')).json()).toEqual(refused);
        }
      }
      const answer = await client.send({
        method: 'PUT',
        path: '/onlineagent/loginbyaccount',
        body: { account: 'agent-202', password: '', pushUrl: urls[0] },
      });
      expect(answer.json()).toEqual({ message: refused.message, retcode: '100-060' });
      // The pair wins over the older field, and is looked at alone.
      const both = { ...pushFields('single', 'nonsense'), ...pushFields('list', receiver.url('/pair')) };
      await client.signIn(202, { phonenum: '40202', ...both }, '');
      await eventually(() => expect(namesOf(receiver, 202)).toEqual(BEGUN));
      expect(receiver.heard.map(({ path }) => path)).toContain('/pair');
    }));

  it('half of a pair is none, and the sign-ins without a seat look at none [SI-44]', () =>
    withReceiver({}, async (gateway, receiver) => {
      const { client } = gateway;
      const halves = [{ callBackUri: receiver.url() }, { serviceToken: SERVICE_TOKEN }];
      for (const [index, half] of halves.entries()) {
        await client.signIn(202 + index, { phonenum: String(40_202 + index), ...half }, '');
      }
      await client.signIn(204, pushFields('list', receiver.url()));
      const guid = await client.signIn(205, pushFields('single', receiver.url()));
      expect(await client.events(205, guid, 2)).toEqual(BEGUN);
      expect(await gateway.rows('SELECT * FROM event_push')).toEqual([]);
      expect(receiver.heard).toEqual([]);
    }));

  it('404 is a receipt where the site says so [PU-4]', () =>
    withReceiver({ environment: { ROLLCALL_PUSH_404_IS_RECEIVED: 'on' } }, async (gateway, receiver) => {
      receiver.answer = (_, response) => void response.writeHead(404).end();
      const guid = await signInPushed(gateway, 202, { url: receiver.url(), form: 'single' });
      await sayBusy(gateway, 202, { guid, reasons: [201] });
      await eventually(() => expect(namesOf(receiver, 202)).toEqual([...BEGUN, busy(201)]));
    }));
});
