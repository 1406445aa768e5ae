import { StreamBeginning, StreamEnd, WireEvent } from '@rollcall/contract';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../support/movable-time.ts';
import { changeRows, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';
import { STORES } from '../support/store-kinds.ts';
import { type Block, StreamClient } from '../support/stream-client.ts';

const [IN_SERVICE, READY, BUSY, FREE] = [
  'AgentOther_InService',
  'AgentState_Ready',
  'AgentState_SetNotReady_Success',
  'AgentState_CancelNotReady_Success',
];

interface Asked {
  readonly agent?: number;
  readonly query?: string;
  readonly lastEventId?: string;
}

/** Each stream that a test opens; closed with it. */
const opened: StreamClient[] = [];

async function open(
  { port, certificate }: RunningGateway,
  guid: string,
  { agent = 291, query = '', lastEventId }: Asked = {},
): Promise<StreamClient> {
  const headers = { Guid: guid, ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) };
  const path = `/agentgateway/resource/agentevent/${agent}/stream${query}`;
  const stream = await StreamClient.open({ port, certificate, path, headers });
  opened.push(stream);
  return stream;
}

function withStreams<Options extends Parameters<typeof withGateway>[0]>(
  options: Options,
  use: (gateway: RunningGateway) => Promise<void>,
): Promise<void> {
  return withGateway(options, async (gateway) => {
    try {
      await use(gateway);
    } finally {
      for (const stream of opened.splice(0)) stream.close();
    }
  });
}

/** What is checked of every block, and its event's name or its data. */
function told(blocks: readonly Block[]): unknown[] {
  return blocks.map(({ name, id, data }) => {
    if (name !== 'message') {
      expect(id).toBeUndefined();
      const schema = name === 'end' ? StreamEnd : StreamBeginning;
      expect(Value.Check(schema, data), JSON.stringify(data)).toBe(true);
      return { [name]: data };
    }
    expect(id).toMatch(/^[a-z0-9]+\.\d+$/);
    expect(Value.Check(WireEvent, data), JSON.stringify(data)).toBe(true);
    return (data as WireEvent).eventType;
  });
}

const sequences = (blocks: readonly Block[]) =>
  blocks.flatMap(({ id }) => (id === undefined ? [] : [Number(id.split('.')[1])]));
const call = ({ client }: RunningGateway, guid: string, path: string) =>
  client.call('POST', `/onlineagent/291/${path}`, guid);
const BEGUN = { recovered: { recovered: true } };
const ended = (reason: string) => ({ end: { reason } });

describe.each(STORES)('streams on %s', (store) => {
  it('give the own events and each new one, with their positions, beside polls [DL-16] [DL-17]', () =>
    withStreams({ store }, async (gateway) => {
      // An earlier session's events are not told again.
      const before = await gateway.client.signIn(291);
      await gateway.client.send({
        method: 'DELETE',
        path: '/onlineagent/291/logout',
        headers: { Guid: before },
      });
      const guid = await gateway.client.signIn(291);
      const stream = await open(gateway, guid);
      expect(stream.status).toBe(200);
      expect(stream.headers).toMatchObject({
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      });
      expect(told(await stream.take(3))).toEqual([BEGUN, IN_SERVICE, READY]);
      expect(await call(gateway, guid, 'saybusy')).toBe('0');
      expect(await call(gateway, guid, 'sayfree')).toBe('0');
      const news = await stream.take(2);
      expect(told(news)).toEqual([BUSY, FREE]);
      // The first session has 1 to 3.
      expect(sequences(news)).toEqual([6, 7]);
      expect(await gateway.client.events(291, guid, 4)).toEqual([IN_SERVICE, READY, BUSY, FREE]);
      const poll = await gateway.client.send({
        method: 'GET',
        path: `/agentevent/291?after=${news[0]?.id}`,
        headers: { Guid: guid },
      });
      expect(poll.headers['event-position']).toBe(news[1]?.id);
    }));

  it('go on behind the place that they are told, earlier sessions included [DL-16] [DL-17]', () =>
    withStreams({ store }, async (gateway) => {
      const first = await gateway.client.signIn(291);
      const [, one] = await (await open(gateway, first)).take(2);
      await gateway.client.signIn(291, {}, 'forceloginex');
      const guid = await gateway.client.signIn(291, {}, 'forceloginex');
      const epoch = one?.id?.split('.')[0];
      const all = [BEGUN, READY, 'AgentOther_ShutdownService'];
      const asHeader = await open(gateway, guid, {
        query: `?after=${epoch}.5`,
        lastEventId: `${epoch}.1`,
      });
      expect(told(await asHeader.take(3))).toEqual(all);
      const asQuery = await open(gateway, guid, { query: `?after=${epoch}.0` });
      const told9 = await asQuery.take(9);
      expect(sequences(told9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      for (const lastEventId of ['nonsense', '1', `${epoch}.01`, `${epoch}.1 `.repeat(20)]) {
        const refused = await open(gateway, guid, { lastEventId });
        expect(refused.headers['content-type']).toBe('application/json');
        expect(JSON.parse(await refused.text()).retcode, lastEventId).toBe('000-002');
      }
    }));

  it('say when they cannot go on, tell the agent as it is, and give all that is kept [DL-17]', () =>
    withStreams({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      await call(gateway, guid, 'rest/60/2');
      const [head] = (await gateway.rows('SELECT epoch FROM log_epoch')).map(({ epoch }) => String(epoch));
      for (const lastEventId of [`${head}.4`, 'other.1']) {
        const stream = await open(gateway, guid, { lastEventId });
        const [beginning, ...events] = await stream.take(4);
        expect(beginning?.data).toMatchObject({
          recovered: false,
          agent: { agent: 291, state: 'resting', reason: 2, position: `${head}.3` },
        });
        expect(sequences(events)).toEqual([1, 2, 3]);
      }
    }));

  it('end with the session, and open its own range to its ended token [DL-17] [DL-18]', () =>
    withStreams({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const stream = await open(gateway, guid);
      await stream.take(3);
      const next = await gateway.client.signIn(291, {}, 'forceloginex');
      expect(told(await stream.rest())).toEqual(['AgentOther_ShutdownService', ended('over')]);
      const whole = [BEGUN, IN_SERVICE, READY, 'AgentOther_ShutdownService', ended('over')];
      expect(told(await (await open(gateway, guid)).rest())).toEqual(whole);
      const epoch = String((await gateway.rows('SELECT epoch FROM log_epoch'))[0]?.epoch);
      const behind = await open(gateway, guid, { lastEventId: `${epoch}.2` });
      expect(told(await behind.rest())).toEqual([BEGUN, 'AgentOther_ShutdownService', ended('over')]);
      const outside = await open(gateway, guid, { lastEventId: `${epoch}.5` });
      expect(told(await outside.rest())).toEqual([
        { recovered: { recovered: false, agent: null } },
        ...whole.slice(1),
      ]);
      // Its own sign-out is told to nobody, so the stream of the new session just ends.
      const live = await open(gateway, next);
      await live.take(3);
      await gateway.client.send({
        method: 'DELETE',
        path: '/onlineagent/291/logout',
        headers: { Guid: next },
      });
      expect(told(await live.rest())).toEqual([ended('over')]);
    }));

  it('ask to come again after a minute, and say every 10 s that they are there [DL-18] [DL-21]', async () => {
    const time = new MovableTime();
    await withStreams({ store, time }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const stream = await open(gateway, guid);
      await stream.take(3);
      const next = stream.next();
      for (const round of [1, 2, 3, 4]) {
        await time.pass(10_000);
        await expect.poll(() => stream.comments).toBe(round);
      }
      await time.pass(25_000);
      expect(told([(await next) as Block, ...(await stream.rest())])).toEqual([ended('comeAgain')]);
    });
  });

  it('tell their clients to come again when the node stops, and lose nothing [DL-18]', () =>
    withStreams({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const stream = await open(gateway, guid);
      const last = (await stream.take(3)).at(-1)?.id ?? '';
      const again = await gateway.restart();
      expect(told(await stream.rest())).toEqual([ended('restarting')]);
      await call(again, guid, 'saybusy');
      expect(told(await (await open(again, guid, { lastEventId: last })).take(2))).toEqual([BEGUN, BUSY]);
    }));

  it('are four a session, the oldest giving way [DL-20]', () =>
    withStreams({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const streams: StreamClient[] = [];
      for (let count = 0; count < 5; count += 1) {
        const stream = await open(gateway, guid);
        await stream.take(3);
        streams.push(stream);
      }
      const other = await open(gateway, await gateway.client.signIn(292), { agent: 292 });
      await other.take(3);
      expect(told((await streams[0]?.rest()) ?? [])).toEqual([ended('displaced')]);
      await call(gateway, guid, 'saybusy');
      for (const stream of streams.slice(1)) expect(told(await stream.take(1))).toEqual([BUSY]);
    }));

  it('are for those who may read: nobody without the token, and no other agent [DL-17]', () =>
    withStreams({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      await gateway.client.signIn(292);
      for (const [token, agent, code] of [
        ['', 291, '100-006'],
        [guid, 292, '000-003'],
        ['00000000-0000-0000-0000-000000000000.AgentGateway1', 291, '100-006'],
      ] as const) {
        const refused = await open(gateway, token, { agent });
        expect(JSON.parse(await refused.text()).retcode).toBe(code);
      }
    }));
});

it('a stream keeps the session of a client that only reads, and one that is gone keeps none [DL-18] [LE-1]', async () => {
  const time = new MovableTime();
  await withStreams({ time }, async (gateway) => {
    const guid = await gateway.client.signIn(291);
    for (let minute = 0; minute < 4; minute += 1) {
      const stream = await open(gateway, guid);
      await stream.take(3);
      await time.pass(60_000);
      expect(told(await stream.rest())).toEqual([ended('comeAgain')]);
    }
    const gone = await open(gateway, guid);
    await gone.take(3);
    await time.pass(130_000);
    expect(told(await gone.rest())).toContainEqual(ended('comeAgain'));
    expect(await gateway.rows('SELECT session_id FROM agent WHERE work_number = 291')).toEqual([
      { session_id: null },
    ]);
  });
});

it('a client that does not read is told so after 20 s, and is given the rest behind its position [DL-19]', async () => {
  const clock = new StoppableClock();
  await withStreams({ overrides: { clock } }, async (gateway) => {
    const guid = await gateway.client.signIn(291);
    const content = encodeURIComponent('记'.repeat(1_000));
    const notes = 2_500;
    const send = async () => {
      const path = `/onlineagent/291/sendnotelet/291?content=${content}`;
      expect(await gateway.client.call('POST', path, guid)).toBe('0');
    };
    for (let sent = 0; sent < notes; sent += 50) await Promise.all(Array.from({ length: 50 }, send));
    const slow = await open(gateway, guid);
    await slow.take(1);
    // While others are answered the way to it fills up; it is told at 20 s and cut off at 40.
    for (let answer = 0; answer < 300; answer += 1) await gateway.client.agentState(291, guid);
    for (let second = 0; second < 23; second += 1) {
      clock.leap(1_000);
      await gateway.client.agentState(291, guid);
    }
    const first = await slow.rest();
    expect(told(first.slice(-1))).toEqual([ended('slow')]);
    const seen = sequences(first);
    expect(seen.length).toBeLessThan(notes);
    const rest = await open(gateway, guid, {
      lastEventId: first.findLast(({ id }) => id !== undefined)?.id ?? '',
    });
    const after = await rest.take(1 + notes + 2 - seen.length);
    expect([...seen, ...sequences(after)]).toEqual(
      Array.from({ length: notes + 2 }, (_, index) => index + 1),
    );
  });
}, 60_000);

it('a stream whose store fails ends with a word and goes on by position [DL-18]', () =>
  withStreams({}, async (gateway) => {
    const guid = await gateway.client.signIn(291);
    await changeRows(gateway, `UPDATE agent_event SET event = '{"v":99}' WHERE sequence = 2`);
    const stream = await open(gateway, guid);
    expect(told(await stream.rest())).toEqual([BEGUN, ended('fault')]);
    await changeRows(
      gateway,
      `UPDATE agent_event SET event = '{"v":1,"kind":"signInReadyAnnounced"}' WHERE sequence = 2`,
    );
    expect(told(await (await open(gateway, guid)).take(3))).toEqual([BEGUN, IN_SERVICE, READY]);
  }));
