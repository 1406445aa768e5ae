import { describe, expect, it } from 'vitest';
import { MovableTime } from '../support/movable-time.ts';
import { changeRows as change, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';

const DAY_MS = 86_400_000;
const HOUSEKEEPING_MS = 60_000;
const [IN_SERVICE, READY, BUSY, CANCELLED] = [
  'AgentOther_InService',
  'AgentState_Ready',
  'AgentState_SetNotReady_Success',
  'AgentState_CancelNotReady_Success',
];

/** One poll; `after` is sent as it is. Gives the event's name and position, or the code. */
async function read({ client }: RunningGateway, guid: string, after?: string): Promise<string[]> {
  const path = `/agentevent/291${after === undefined ? '' : `?after=${after}`}`;
  const answer = await client.send({ method: 'GET', path, headers: { Guid: guid } });
  const { event, retcode } = answer.json();
  const position = answer.headers['event-position'];
  return event === undefined ? [retcode] : [event.eventType, String(position)];
}

/** Reads behind a place until `count` events are there. */
async function readOn(
  gateway: RunningGateway,
  guid: string,
  { from, count }: { from: string; count: number },
): Promise<string[][]> {
  const events: string[][] = [];
  let after = from;
  while (events.length < count) {
    const event = await read(gateway, guid, after);
    events.push(event);
    after = event[1] ?? expect.fail(`the poll answered ${event[0]}`);
  }
  return events;
}

async function epochOf(gateway: RunningGateway): Promise<string> {
  return String((await gateway.rows('SELECT epoch FROM log_epoch'))[0]?.epoch);
}

const busy = ({ client }: RunningGateway, guid: string) =>
  client.call('POST', '/onlineagent/291/saybusy?reason=200', guid);
const cancel = ({ client }: RunningGateway, guid: string) =>
  client.call('POST', '/onlineagent/291/cancelbusy', guid);

describe.each(STORES)('positions on %s', (store) => {
  it('each answer names its place, and a poll without news none [DL-11]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      expect(epoch).toMatch(/^[a-z0-9]{1,16}$/);
      const guid = await gateway.client.signIn(291);
      expect(await read(gateway, guid)).toEqual([IN_SERVICE, `${epoch}.1`]);
      const answer = await gateway.client.poll(291, guid);
      const names = answer.rawHeaders.filter((_, index) => index % 2 === 0);
      expect(names).toContain('Event-Position');
      expect(answer.headers['event-position']).toBe(`${epoch}.2`);
      expect((await gateway.client.poll(291, guid)).headers).not.toHaveProperty('event-position');
    }));

  it('behind a place the whole log is read, and nothing is consumed [DL-12] [DL-14]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      const first = await gateway.client.signIn(291);
      await busy(gateway, first);
      const guid = await gateway.client.signIn(291, {}, 'forceloginex');
      const all = [IN_SERVICE, READY, BUSY, 'AgentOther_ShutdownService', IN_SERVICE, READY];
      const expected = all.map((name, index) => [name, `${epoch}.${index + 1}`]);
      for (let time = 0; time < 2; time += 1) {
        expect(await readOn(gateway, guid, { from: `${epoch}.0`, count: all.length })).toEqual(expected);
      }
      expect(await read(gateway, guid, `${epoch}.2`)).toEqual(expected[2]);
      // The session's own reading begins where it would have without them.
      expect(await read(gateway, guid)).toEqual(expected[4]);
      expect(await read(gateway, guid, `${epoch}.0`)).toEqual(expected[0]);
      expect(await read(gateway, guid)).toEqual(expected[5]);
    }));

  it('a poll at the newest place is held and woken, beside a plain one [DL-12] [DL-14] [DL-2]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      const guid = await gateway.client.signIn(291);
      await gateway.client.events(291, guid, 2);
      const explicit = read(gateway, guid, `${epoch}.2`);
      const plain = read(gateway, guid);
      // Calls that come later are answered when both polls are held.
      for (let call = 0; call < 3; call += 1) await gateway.client.agentState(291, guid);
      await busy(gateway, guid);
      expect(await explicit).toEqual([BUSY, `${epoch}.3`]);
      // Given again where its connection is newer than the one on which the event before it was given (rule DL-6).
      const given = await plain;
      expect(given).toEqual(given[0] === READY ? [READY, `${epoch}.2`] : [BUSY, `${epoch}.3`]);
    }));

  it('a place that cannot be continued is told by the present state, then everything [DL-13]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      const guid = await gateway.client.signIn(291, { status: 3 });
      for (const place of [`${epoch}.4`, `${epoch}.999999999999999`, 'otherepoch.2', '0.0']) {
        expect(await read(gateway, guid, place)).toEqual([BUSY, `${epoch}.0`]);
      }
      const [first] = await readOn(gateway, guid, { from: 'otherepoch.2', count: 1 });
      const rest = await readOn(gateway, guid, { from: first?.[1] ?? '', count: 3 });
      expect(rest.map(([name]) => name)).toEqual([IN_SERVICE, READY, BUSY]);
      await gateway.client.call('POST', '/onlineagent/291/sayfree', guid);
      expect(await read(gateway, guid, 'other.2')).toEqual([READY, `${epoch}.0`]);
      const wrapUp = await gateway.client.signIn(291, { status: 5 }, 'forceloginex');
      expect(await read(gateway, wrapUp, 'other.2')).toEqual(['AgentState_Work', `${epoch}.0`]);
    }));

  it('what is no position is a bad parameter, answered as late as any refused poll [DL-12] [DL-5]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      const guid = await gateway.client.signIn(291);
      const beganMs = performance.now();
      const bad = [
        '1',
        `${epoch}`,
        `${epoch}.`,
        `${epoch}.-1`,
        `${epoch}.01`,
        `${epoch}.1.1`,
        `${epoch}.1e3`,
      ];
      bad.push(
        'UPPER.1',
        '.1',
        `${'e'.repeat(17)}.1`,
        `${epoch}.${'9'.repeat(16)}`,
        '%00.1',
        `${epoch}.1%20`,
      );
      const codes = await Promise.all(bad.map((after) => read(gateway, guid, after)));
      expect(codes).toEqual(bad.map(() => ['000-002']));
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(499);
      // An empty value is none.
      expect((await read(gateway, guid, ''))[0]).toBe(IN_SERVICE);
    }));

  it("an ended session's token reads that session's own events alone [DL-14] [DL-7]", () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      await gateway.client.signIn(291);
      const middle = await gateway.client.signIn(291, {}, 'forceloginex');
      await gateway.client.signIn(291, {}, 'forceloginex');
      // 1 to 3 are the first session's, 4 to 6 the middle one's.
      for (const place of [`${epoch}.0`, `${epoch}.99`, 'other.5', `${epoch}.3`]) {
        expect(await read(gateway, middle, place)).toEqual([IN_SERVICE, `${epoch}.4`]);
      }
      expect(await read(gateway, middle, `${epoch}.5`)).toEqual(['AgentOther_ShutdownService', `${epoch}.6`]);
      expect(await read(gateway, middle, `${epoch}.6`)).toEqual(['100-006']);
    }));

  it('a session goes on where it was after a restart [DL-15]', () =>
    withGateway({ store }, async (gateway) => {
      const epoch = await epochOf(gateway);
      const guid = await gateway.client.signIn(291);
      await busy(gateway, guid);
      // The third poll is the receipt of the second event; its own answer has none.
      expect((await gateway.client.events(291, guid, 3)).at(-1)).toBe(BUSY);
      const after = await gateway.restart();
      expect(await epochOf(after)).toBe(epoch);
      expect(await read(after, guid)).toEqual([BUSY, `${epoch}.3`]);
      await cancel(after, guid);
      expect(await read(after, guid)).toEqual([CANCELLED, `${epoch}.4`]);
      await after.client.call('DELETE', '/onlineagent/291/logout', guid);
      const last = await after.restart();
      // The rest of an ended session's events too.
      expect(await read(last, guid)).toEqual([CANCELLED, `${epoch}.4`]);
      expect(await read(last, guid)).toEqual(['100-006']);
    }));

  it('is kept within a second of the receipt, and forgotten with the token [DL-15] [DL-10]', async () => {
    const time = new MovableTime();
    await withGateway({ store, time }, async (gateway) => {
      const kept = async () => {
        const rows = await gateway.rows('SELECT sequence FROM read_position');
        return rows.map(({ sequence }) => Number(sequence));
      };
      const guid = await gateway.client.signIn(291);
      await gateway.client.events(291, guid, 1);
      await time.clock.whileStopped(async () => {
        await gateway.client.events(291, guid, 1);
        expect(await kept()).toEqual([]);
        time.clock.advance(1_000);
        await expect.poll(kept).toEqual([1]);
      });
      await gateway.client.call('DELETE', '/onlineagent/291/logout', guid);
      await time.passAtOnce(DAY_MS + HOUSEKEEPING_MS);
      await expect.poll(kept).toEqual([]);
    });
  });
});

describe.each(STORES)('a store that fails, on %s', (store) => {
  it('gets the read position later [DL-15]', () =>
    withGateway({ store }, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      await change(gateway, 'ALTER TABLE read_position RENAME TO read_position_away');
      const polls = gateway.client.events(291, guid, 2);
      const isWarnedOf = () => gateway.log.some(({ msg }) => msg.startsWith('read positions could not'));
      // The first poll of a session asks where it was.
      await expect(polls).rejects.toThrow('100-007');
      await change(gateway, 'ALTER TABLE read_position_away RENAME TO read_position');
      await gateway.client.events(291, guid, 2);
      await change(gateway, 'ALTER TABLE read_position RENAME TO read_position_away');
      await expect.poll(isWarnedOf).toBe(true);
      await change(gateway, 'ALTER TABLE read_position_away RENAME TO read_position');
      const kept = async () => (await gateway.rows('SELECT sequence FROM read_position'))[0]?.sequence;
      await expect.poll(kept).toBe(1);
    }));
});
