import { Agent } from 'node:https';
import { connect } from 'node:tls';
import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { LongPoll } from '../../src/delivery/long-poll.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type RunningGateway, sqliteRows, withGateway } from '../support/running-gateway.ts';

const EMPTY = '{"message":"","retcode":"0"}';

async function timed<Result>(what: Promise<Result>): Promise<{ result: Result; ms: number }> {
  const beganMs = performance.now();
  const result = await what;
  return { result, ms: performance.now() - beganMs };
}

describe('reading events by polling', () => {
  it('begins with the own first event, also for the second session [DL-1]', async () => {
    await withGateway({}, async ({ client }) => {
      const first = await client.signIn(291);
      await client.call('POST', '/onlineagent/291/saybusy', first);
      await client.call('DELETE', '/onlineagent/291/logout', first);
      const second = await client.signIn(291);
      expect(await client.events(291, second, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);
    });
  });

  it('a held poll is woken by the change that it waits for [DL-2]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const poll = timed(client.poll(291, guid));
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=200', guid)).toBe('0');
      const { result, ms } = await poll;
      expect(result.json().event).toMatchObject({ content: { reason: '200' } });
      expect(ms).toBeLessThan(5_000);
    });
  });

  it('many changes are given one by one and in order [DL-1] [DL-2]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const expected = ['AgentOther_InService', 'AgentState_Ready'];
      for (let round = 0; round < 20; round += 1) {
        const [path, event] =
          round % 2 === 0
            ? ['saybusy', 'AgentState_SetNotReady_Success']
            : ['cancelbusy', 'AgentState_CancelNotReady_Success'];
        await client.call('POST', `/onlineagent/291/${path}`, guid);
        expected.push(event);
      }
      expect(await client.events(291, guid, expected.length)).toEqual(expected);
    });
  });

  it('without news it is held 9.5 to 10 seconds, the same for the same agent, and writes nothing [DL-3] [DL-10] [WI-16]', async () => {
    await withGateway({}, async ({ client, config }) => {
      const guids = await Promise.all([client.signIn(291), client.signIn(292)]);
      await client.events(291, guids[0] ?? '', 2);
      await client.events(292, guids[1] ?? '', 2);
      const pages = () =>
        sqliteRows(config, 'PRAGMA data_version').concat(
          sqliteRows(config, 'SELECT sum(log_head) AS n FROM agent'),
        );
      const before = JSON.stringify(pages());
      const polls = await Promise.all([
        timed(client.poll(291, guids[0] ?? '')),
        timed(client.poll(292, guids[1] ?? '')),
      ]);
      expect(polls.map(({ result }) => result.text)).toEqual([EMPTY, EMPTY]);
      for (const { ms } of polls) {
        expect(ms).toBeGreaterThanOrEqual(9_490);
        expect(ms).toBeLessThan(10_400);
      }
      expect(JSON.stringify(pages())).toBe(before);
      const again = await timed(client.poll(291, guids[0] ?? ''));
      expect(Math.abs(again.ms - (polls[0]?.ms ?? 0))).toBeLessThan(150);
    });
  });

  it('a second poll takes the place of the first, which answers empty after half a second [DL-4] [DL-5]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const first = timed(client.poll(291, guid));
      await untilHeld(client, guid);
      const { result, ms } = await first;
      expect(result.text).toBe(EMPTY);
      expect(ms).toBeGreaterThanOrEqual(499);
      expect(ms).toBeLessThan(5_000);
    });
  });

  it('a refused poll answers after half a second, never sooner [DL-5] [WI-24]', async () => {
    await withGateway({}, async ({ client }) => {
      await client.signIn(291);
      const other = await client.signIn(292);
      for (const [guid, code] of [
        ['', '100-006'],
        ['00000000-0000-0000-0000-000000000000.x', '100-006'],
        [other, '000-003'],
      ]) {
        const { result, ms } = await timed(client.poll(291, guid ?? ''));
        expect(result.json().retcode).toBe(code);
        expect(ms).toBeGreaterThanOrEqual(499);
      }
    });
  });

  it("a poll held at one's own sign-out is told so, without a ShutdownService [SO-2] [DL-7] [DL-8]", async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const poll = timed(client.poll(291, guid));
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('0');
      const { result, ms } = await poll;
      expect(result.json().retcode).toBe('100-006');
      expect(ms).toBeGreaterThanOrEqual(499);
      expect(ms).toBeLessThan(5_000);
    });
  });

  it('after the end the rest of the own events is read, then no more [DL-7]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.call('POST', '/onlineagent/291/saybusy', guid);
      await client.call('DELETE', '/onlineagent/291/logout', guid);
      await client.signIn(291);
      expect(await client.events(291, guid, 3)).toEqual([
        'AgentOther_InService',
        'AgentState_Ready',
        'AgentState_SetNotReady_Success',
      ]);
      expect((await client.poll(291, guid)).json().retcode).toBe('100-006');
      expect((await client.poll(291, guid)).json().retcode).toBe('100-006');
    });
  });

  it('a poll held while a forced sign-in displaces it gets the ShutdownService [DL-7] [DL-8]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const poll = client.poll(291, guid);
      await client.signIn(291, {}, 'forceloginex');
      expect((await poll).json().event?.eventType).toBe('AgentOther_ShutdownService');
    });
  });

  it('a poll whose caller has gone consumes nothing [DL-6]', async () => {
    await withGateway({}, async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      await pollAndHangUp(gateway, guid);
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect(await client.events(291, guid, 1)).toEqual(['AgentState_SetNotReady_Success']);
    });
  });
});

/** Holds a poll of 291 of its own and waits until the server has taken it. */
async function untilHeld(client: RunningGateway['client'], guid: string): Promise<void> {
  const own = new Agent({ keepAlive: false, ...(client.keepAlive.options as object) });
  void client
    .send({ method: 'GET', path: '/agentevent/291', headers: { Guid: guid }, agent: own })
    .catch(() => undefined);
}

/** Sends a poll, waits until the server holds it, and destroys the connection. */
async function pollAndHangUp({ port, certificate, log }: RunningGateway, guid: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', ca: certificate });
  socket.on('error', () => undefined);
  const gone = () => log.some(({ method, callerGone }) => method === 'getAgentEvent' && callerGone === true);
  socket.write(`GET /agentgateway/resource/agentevent/291 HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`);
  // The same connection answers a second request only when the first is through, so another call shows the arrival.
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  await expect
    .poll(() => {
      socket.destroy();
      return gone();
    })
    .toBe(true);
}

describe('pollers without pause', () => {
  it('each on its own connection get every event exactly once [DL-1] [DL-6]', async () => {
    await withGateway({}, async ({ client }) => {
      const rounds = 60;
      const agents = [291, 292, 293, 294, 295, 296];
      const seen = await Promise.all(
        agents.map(async (workNumber) => {
          const guid = await client.signIn(workNumber);
          const agent = new Agent({
            keepAlive: true,
            maxSockets: 1,
            ...(client.keepAlive.options as object),
          });
          const polling = pollUntil(client, { workNumber, guid, agent }, 2 + 2 * rounds);
          for (let round = 0; round < rounds; round += 1) {
            for (const call of ['saybusy', 'cancelbusy']) {
              expect(await client.call('POST', `/onlineagent/${workNumber}/${call}`, guid)).toBe('0');
            }
          }
          const names = await polling;
          agent.destroy();
          return names;
        }),
      );
      const changes = ['AgentState_SetNotReady_Success', 'AgentState_CancelNotReady_Success'];
      const expected = ['AgentOther_InService', 'AgentState_Ready'];
      for (let round = 0; round < rounds; round += 1) expected.push(...changes);
      for (const names of seen) expect(names).toEqual(expected);
    });
  });

  it('the next poll on the connection is the receipt; one on another connection is none [DL-6]', async () => {
    await withGateway({}, async ({ client, withStore }) => {
      await client.signIn(291, { status: 3 });
      await withStore(async (store) => {
        const longPoll = new LongPoll({ store, clock: systemClock });
        const record = await store.findAgent(291 as WorkNumber);
        const { id: sessionId, firstSequence } = record?.session ?? expect.fail('no session');
        const poll = async (connection: object) => {
          const workNumber = 291 as WorkNumber;
          const answer = await longPoll.poll(
            { workNumber, sessionId, firstSequence, record: record ?? null, connection },
            () => undefined,
          );
          return answer.kind === 'event' ? answer : expect.fail(answer.kind);
        };
        const [one, other] = [{}, {}];
        expect((await poll(one)).event.eventType).toBe('AgentOther_InService');
        expect((await poll(other)).event.eventType).toBe('AgentOther_InService');
        expect((await poll(other)).event.eventType).toBe('AgentState_Ready');
        const repeated = await poll(one);
        expect(repeated.event.eventType).toBe('AgentState_Ready');
        repeated.confirm();
        expect((await poll(other)).event.eventType).toBe('AgentState_SetNotReady_Success');
      });
    });
  });
});

/** Polls on one connection, the next poll as soon as an answer is there. */
async function pollUntil(
  client: RunningGateway['client'],
  { workNumber, guid, agent }: { workNumber: number; guid: string; agent: Agent },
  count: number,
): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const path = `/agentevent/${workNumber}`;
    const answer = await client.send({ method: 'GET', path, headers: { Guid: guid }, agent });
    const { event } = answer.json();
    if (event !== undefined) names.push(event.eventType);
  }
  return names;
}
