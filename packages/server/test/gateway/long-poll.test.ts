import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { AgentLogs } from '../../src/delivery/agent-logs.ts';
import { LongPoll } from '../../src/delivery/long-poll.ts';
import type { Store } from '../../src/storage/store.ts';
import { ROUND_MS } from '../support/movable-time.ts';
import { exchange, openRawConnection } from '../support/raw-connection.ts';
import { type GatewayOptions, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';
import { STORES } from '../support/store-kinds.ts';

const EMPTY = '{"message":"","retcode":"0"}';
/** Shorter than any hold: what is answered before was not waited for to the end. */
const WITHOUT_HOLD_MS = 9_000;

async function timed<Result>(what: Promise<Result>): Promise<{ result: Result; ms: number }> {
  const beganMs = performance.now();
  const result = await what;
  return { result, ms: performance.now() - beganMs };
}

const AGENTS = [291, 292, 293, 294, 295, 296];
/** Holds end in sweeps, so a hold may be this much longer than the agent's own time. */
const SWEEP_MS = 40;

/** A poll that the server holds. */
interface HeldPoll {
  /** The body of its answer, and how long that took. */
  readonly answer: Promise<{ readonly result: string; readonly ms: number }>;
  hangUp(): void;
}

/**
 * Polls on a connection of its own; resolves when the server holds the poll. What was read last on another connection
 * that stands open is given again first.
 */
async function holdPoll(gateway: RunningGateway, guid: string, repeats = 1): Promise<HeldPoll> {
  const workNumber = 291;
  const socket = await openRawConnection(gateway);
  const head = `GET /agentgateway/resource/agentevent/${workNumber} HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
  for (let repeat = 0; repeat < repeats; repeat += 1) expect(await exchange(socket, head)).toContain('event');
  const answer = timed(exchange(socket, head).then((text) => text.split('\r\n\r\n', 2)[1] ?? ''));
  // The poll may be answered with a fault only when its caller has hung up.
  answer.catch(() => undefined);
  await new Promise<void>((sent) => socket.write('', () => sent()));
  await untilCallsAreAnswered(gateway.client, guid, workNumber);
  return { answer, hangUp: () => socket.destroy() };
}

/** What reached the server before is in its hands when calls that came later have been answered. */
async function untilCallsAreAnswered(
  client: RunningGateway['client'],
  guid: string,
  workNumber: number,
): Promise<void> {
  for (let call = 0; call < 3; call += 1) {
    expect(await client.call('GET', `/onlineagent/${workNumber}/agentstatus`, guid)).toBe('0');
  }
}

/** What the embedded store has written so far: the time and size of its files. */
function filesOf({ dataDir }: Config): unknown {
  return ['rollcall.db', 'rollcall.db-wal'].map((name) => {
    const { size, mtimeNs } = statSync(join(dataDir, name), { bigint: true });
    return { size, mtimeNs };
  });
}

describe.each(STORES)('reading events by polling with %s', (store) => {
  const withClients = (use: (gateway: RunningGateway) => Promise<void>, options: GatewayOptions = {}) =>
    withGateway({ ...options, store }, use);

  it('begins with the own first event, also for the second session [DL-1]', async () => {
    await withClients(async ({ client }) => {
      const first = await client.signIn(291);
      await client.call('POST', '/onlineagent/291/saybusy', first);
      await client.call('DELETE', '/onlineagent/291/logout', first);
      const second = await client.signIn(291, { status: 5 });
      expect(await client.events(291, second, 3)).toEqual([
        'AgentOther_InService',
        'AgentState_Ready',
        'AgentState_Work',
      ]);
    });
  });

  it('a held poll is woken by the change that it waits for [DL-2]', async () => {
    await withClients(async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const { answer } = await holdPoll(gateway, guid);
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=200', guid)).toBe('0');
      const { result, ms } = await answer;
      expect(JSON.parse(result).event).toMatchObject({ content: { reason: '200' } });
      expect(ms).toBeLessThan(WITHOUT_HOLD_MS);
    });
  });

  it('many changes are given one by one and in order [DL-1] [DL-2]', async () => {
    await withClients(async ({ client }) => {
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

  it('without news it is held 9.5 to 10 seconds, then answers empty [DL-3] [WI-16]', async () => {
    const clock = new StoppableClock();
    await withClients(
      async (gateway) => {
        const { client } = gateway;
        const guid = await client.signIn(291);
        await client.events(291, guid, 2);
        await clock.whileStopped(async () => {
          const { answer } = await holdPoll(gateway, guid);
          let isAnswered = false;
          void answer.then(() => (isAnswered = true));
          clock.advance(9_499);
          await untilCallsAreAnswered(client, guid, 291);
          expect(isAnswered).toBe(false);
          clock.advance(501);
          expect((await answer).result).toBe(EMPTY);
        });
      },
      { overrides: { clock } },
    );
  });

  it('a second poll takes the place of the first, which answers empty after half a second [DL-4] [DL-5]', async () => {
    await withClients(async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const first = await holdPoll(gateway, guid);
      const second = await holdPoll(gateway, guid, 0);
      const { result, ms } = await first.answer;
      expect(result).toBe(EMPTY);
      expect(ms).toBeGreaterThanOrEqual(499);
      expect(ms).toBeLessThan(WITHOUT_HOLD_MS);
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect((await second.answer).result).toContain('AgentState_SetNotReady_Success');
    });
  });

  it('a refused poll answers after half a second, never sooner [DL-5] [WI-24]', async () => {
    await withClients(async ({ client }) => {
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
    await withClients(async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const { answer } = await holdPoll(gateway, guid);
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('0');
      const { result, ms } = await answer;
      expect(JSON.parse(result).retcode).toBe('100-006');
      expect(ms).toBeGreaterThanOrEqual(499);
      expect(ms).toBeLessThan(WITHOUT_HOLD_MS);
    });
  });

  it('after the end the rest of the own events is read, then no more [DL-7]', async () => {
    await withClients(async ({ client }) => {
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
    await withClients(async (gateway) => {
      const { client } = gateway;
      const first = await client.signInAnswer(291);
      const guid = String(first.headers.guid);
      const { loginTime } = first.json().result as { loginTime: string };
      await client.events(291, guid, 2);
      const { answer } = await holdPoll(gateway, guid);
      const second = await client.signIn(291, {}, 'forceloginex');
      expect(JSON.parse((await answer).result).event).toEqual({
        eventType: 'AgentOther_ShutdownService',
        workNo: '291',
        content: { loginTime },
      });
      expect(await client.events(291, second, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);
    });
  });

  it('a poll whose caller has gone consumes nothing [DL-6]', async () => {
    await withClients(async (gateway) => {
      const { client } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      const { hangUp } = await holdPoll(gateway, guid);
      hangUp();
      const isGone = () =>
        gateway.log.some(({ method, callerGone }) => method === 'getAgentEvent' && callerGone === true);
      await expect.poll(isGone).toBe(true);
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect(await client.events(291, guid, 1)).toEqual(['AgentState_SetNotReady_Success']);
    });
  });
});

/** Holds one poll without news of an agent that has read its events; gives how long, by the clock. */
async function measureHold(store: Store, clock: StoppableClock, workNumber: WorkNumber): Promise<number> {
  const positions = { find: async () => undefined, moved: () => undefined };
  const longPoll = new LongPoll({ logs: new AgentLogs({ store, epoch: store.logEpoch }), positions, clock });
  const record = (await store.findAgent(workNumber)) ?? null;
  const session = record?.session ?? expect.fail('no session');
  const poll = { workNumber, sessionId: session.id, firstSequence: session.firstSequence, record };
  const connection = { openedAtMs: 0, heardAtMs: 0, state: 'open', isShared: false } as const;
  const ask = () => longPoll.poll({ ...poll, connection, after: null }, () => undefined);
  for (let event = 0; event < 2; event += 1) expect((await ask()).kind).toBe('event');
  const beganMs = clock.monotonicMs();
  let answered: { kind: string; ms: number } | undefined;
  void ask().then(({ kind }) => (answered = { kind, ms: clock.monotonicMs() - beganMs }));
  while (answered === undefined) {
    clock.advance(1);
    await Promise.resolve();
    await Promise.resolve();
    if (clock.monotonicMs() - beganMs > 20_000) expect.fail('held for ever');
  }
  expect(answered.kind).toBe('empty');
  return answered.ms;
}

describe('a poll without news', () => {
  it('is held 9.5 to 10 seconds, and of one agent always as long [DL-3]', async () => {
    await withGateway({}, async ({ client, withStore }) => {
      for (const workNumber of AGENTS) await client.signIn(workNumber);
      await withStore(async (store) => {
        const clock = new StoppableClock();
        await clock.whileStopped(async () => {
          for (const workNumber of AGENTS) {
            const first = await measureHold(store, clock, workNumber as WorkNumber);
            clock.advance(workNumber / 7);
            const second = await measureHold(store, clock, workNumber as WorkNumber);
            for (const ms of [first, second]) {
              expect(ms).toBeGreaterThanOrEqual(9_500);
              expect(ms).toBeLessThanOrEqual(10_000);
            }
            expect(Math.abs(first - second)).toBeLessThanOrEqual(SWEEP_MS);
          }
        });
      });
    });
  });

  it('writes nothing [DL-10]', async () => {
    const clock = new StoppableClock();
    await withGateway({ overrides: { clock } }, async (gateway) => {
      const { client, config } = gateway;
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      let before: unknown;
      await clock.whileStopped(async () => {
        const { answer } = await holdPoll(gateway, guid);
        // The receipt that the poll brings, and the signs of life of the calls so far: once a round (rules DL-15, LE-7).
        const isRoundDone = clock.nextScheduling(ROUND_MS);
        clock.advance(ROUND_MS);
        await isRoundDone;
        const kept = async () => (await gateway.rows('SELECT sequence FROM read_position'))[0]?.sequence;
        await expect.poll(kept).toBe(2);
        before = filesOf(config);
        // Up to the next round.
        clock.advance(ROUND_MS - 100);
        expect((await answer).result).toBe(EMPTY);
        expect(filesOf(config)).toEqual(before);
      });
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect(filesOf(config)).not.toEqual(before);
    });
  });
});

describe('pollers without pause', () => {
  it('each on its own connection get every event exactly once [DL-1] [DL-6]', async () => {
    await withGateway({}, async ({ client }) => {
      const rounds = 60;
      const seen = await Promise.all(
        AGENTS.map(async (workNumber) => {
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

  it('two of one session for 10 s: each is answered at most twice a second, each event once [DL-4] [DL-5]', async () => {
    await withGateway({}, async ({ client, certificate }) => {
      const guid = await client.signIn(291);
      const endsMs = performance.now() + 10_000;
      const headers = { Guid: guid };
      const bothOpen = meeting(2);
      const pollOn = async () => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: certificate });
        // Both connections are open before the first event is given on one of them.
        await client.send({ method: 'POST', path: '/onlineagent/291/handshake', headers, agent });
        bothOpen.arrive();
        await bothOpen.promise;
        const answers: { readonly event: string | undefined }[] = [];
        while (performance.now() < endsMs) {
          const answer = await client.send({ method: 'GET', path: '/agentevent/291', headers, agent });
          answers.push({ event: answer.json().event?.eventType });
        }
        agent.destroy();
        return answers;
      };
      const polling = Promise.all([pollOn(), pollOn()]);
      let changes = 0;
      while (performance.now() < endsMs - 2_000) {
        await client.call('POST', `/onlineagent/291/${changes % 2 === 0 ? 'saybusy' : 'cancelbusy'}`, guid);
        changes += 1;
        await delay(700);
      }
      const answered = await polling;
      for (const answers of answered) {
        expect(answers.filter(({ event }) => event === undefined).length).toBeLessThanOrEqual(20);
      }
      const events = answered.flat().flatMap(({ event }) => event ?? []);
      expect(events).toHaveLength(2 + changes);
    });
  }, 40_000);
});

/** A promise that is kept when so many have arrived. */
function meeting(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  const arrive = () => {
    arrived += 1;
    if (arrived === count) resolve();
  };
  return { promise, arrive };
}

/** A connection of one session on which a test polls by hand. */
async function connectFor(gateway: RunningGateway, guid: string) {
  const socket = await openRawConnection(gateway);
  socket.on('error', () => undefined);
  const request = `GET /agentgateway/resource/agentevent/291 HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
  return { socket, poll: async () => /"eventType":"([^"]+)"/.exec(await exchange(socket, request))?.[1] };
}

const [FIRST_EVENT, SECOND_EVENT] = ['AgentOther_InService', 'AgentState_Ready'];

describe.each(STORES)('receipts on %s', (store) => {
  const withSession = (use: (gateway: RunningGateway, guid: string) => Promise<void>) =>
    withGateway({ store }, async (gateway) => use(gateway, await gateway.client.signIn(291)));

  it('the next poll on the same connection is one [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const { poll } = await connectFor(gateway, guid);
      expect([await poll(), await poll()]).toEqual([FIRST_EVENT, SECOND_EVENT]);
    }));

  it('one on a connection that was open already when the answer was written [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const other = await connectFor(gateway, guid);
      const one = await connectFor(gateway, guid);
      expect([await one.poll(), await other.poll()]).toEqual([FIRST_EVENT, SECOND_EVENT]);
    }));

  it('any later request on the connection of the answer, whichever asks for the next event [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const one = await connectFor(gateway, guid);
      expect(await one.poll()).toBe(FIRST_EVENT);
      const call = `POST /agentgateway/resource/onlineagent/291/handshake HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
      expect(await exchange(one.socket, call)).toContain('"retcode":"0"');
      expect(await (await connectFor(gateway, guid)).poll()).toBe(SECOND_EVENT);
    }));

  it('one after the client closed the earlier connection in order [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const one = await connectFor(gateway, guid);
      expect(await one.poll()).toBe(FIRST_EVENT);
      one.socket.end();
      await once(one.socket, 'close');
      expect(await (await connectFor(gateway, guid)).poll()).toBe(SECOND_EVENT);
    }));

  it('none on a newer connection while the earlier stands open and silent: the event is given again [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const one = await connectFor(gateway, guid);
      expect(await one.poll()).toBe(FIRST_EVENT);
      const other = await connectFor(gateway, guid);
      expect([await other.poll(), await other.poll()]).toEqual([FIRST_EVENT, SECOND_EVENT]);
    }));

  it('none after a reset: the event is given again, whichever connection asks [DL-6]', () =>
    withSession(async (gateway, guid) => {
      const plain = connectTcp({ port: gateway.port, host: '127.0.0.1' });
      const other = await connectFor(gateway, guid);
      const socket = await openRawConnection(gateway, { socket: plain });
      socket.on('error', () => undefined);
      const request = `GET /agentgateway/resource/agentevent/291 HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
      expect(await exchange(socket, request)).toContain(FIRST_EVENT);
      plain.resetAndDestroy();
      const handshake = () => gateway.client.call('POST', '/onlineagent/291/handshake', guid);
      // The reset has arrived when calls after it are answered.
      for (let call = 0; call < 3; call += 1) expect(await handshake()).toBe('0');
      expect([await other.poll(), await other.poll()]).toEqual([FIRST_EVENT, SECOND_EVENT]);
    }));
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
