import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { foldBatch } from '../../../src/domain/agent-session/fold.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { changeRows, load, type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { postBulletin, verdicts } from '../../support/store-fixture.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from '../supervision/supervised-site.ts';

const FIRST = ['AgentOther_InService', 'AgentState_Ready'];
const HOUSEKEEPING_MS = 60_000;
const [first, ...others] = SUPERVISED_SITE.tenants;

/** In VDN 1 there are also a queue with the name of a group, for agent 304, and a group without agents. */
const SITE = {
  tenants: [
    {
      ...first,
      timeZone: 'Asia/Kolkata',
      groups: [...(first?.groups ?? []), { groupId: 3, name: 'Night' }],
      skillQueues: [...(first?.skillQueues ?? []), { skillQueueId: 4, name: 'Morning', media: 'voice' }],
      agents: first?.agents.map((agent) =>
        agent.workNumber === 304 ? { ...agent, skillQueues: [4] } : agent,
      ),
    },
    ...others,
  ],
};
/** The same after agent 304 has joined the group Evening. */
const LATER_SITE = {
  tenants: SITE.tenants.map((tenant) => ({
    ...tenant,
    agents: tenant.agents?.map((agent) => (agent.workNumber === 304 ? { ...agent, group: 2 } : agent)),
  })),
};

async function post(author: Caller, bulletindata: unknown, more: object = {}): Promise<string> {
  return (await author.call('POST', '/onlineagent/{}/notifybulletin', { bulletindata, ...more })).retcode;
}

/** Resolves when all who are signed in have been given what there is. */
function untilGiven(gateway: RunningGateway): Promise<void> {
  const backlog = 'SELECT * FROM bulletin_board WHERE head > given_up_to';
  return expect.poll(() => gateway.rows(backlog), { timeout: 10_000 }).toEqual([]);
}

/** The bulletins in every agent's log, in order. */
async function given(gateway: RunningGateway): Promise<Record<number, string[]>> {
  const rows = await gateway.rows(
    `SELECT work_number, event FROM agent_event WHERE event LIKE '%"bulletinReceived"%'
     ORDER BY work_number, sequence`,
  );
  const all: Record<number, string[]> = {};
  for (const { work_number: workNumber, event } of rows) {
    const reader = Number(workNumber);
    all[reader] = [...(all[reader] ?? []), JSON.parse(String(event)).text];
  }
  return all;
}

async function next(gateway: RunningGateway, { workNumber, guid }: Caller) {
  return (await gateway.client.poll(workNumber, guid)).json().event;
}

describe.each(STORES)('bulletins on %s', (store) => {
  it('reach who is signed in, with who wrote it and when [NB-6] [NB-8]', () =>
    withGateway({ store, site: SITE }, async (gateway) => {
      const author = await Caller.signIn(gateway, 203);
      const reader = await Caller.signIn(gateway, 304);
      await reader.events(2);
      const held = next(gateway, reader);
      const answer = await author.call('POST', '/onlineagent/{}/notifybulletin', {
        targettype: '2',
        targetname: '',
        bulletindata: 'Fire drill at noon 🔔',
      });
      expect(answer).toEqual({ message: '', retcode: '0' });
      const event = await held;
      expect(event).toMatchObject({ eventType: 'AgentOther_Bulletin', workNo: '304' });
      const content = event?.content as Record<string, string>;
      const sentAt = Number(content.receivetime);
      expect(Math.abs(sentAt - Date.now())).toBeLessThan(60_000);
      expect(content).toEqual({
        sender: '203',
        sendername: 'Agent 203',
        context: 'Fire drill at noon 🔔',
        receivetime: String(sentAt),
        timestring: new Date(sentAt + 5.5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' '),
      });
    }));

  it('go to the group, the queue or the whole VDN that is named, and to no other [NB-6] [NB-7]', () =>
    withGateway({ store, site: SITE }, async (gateway) => {
      const author = await Caller.signIn(gateway, 203);
      for (const reader of [201, 301, 302, 303, 304, 402]) await Caller.signIn(gateway, reader);
      for (const [bulletindata, target] of [
        ['to a group', { targettype: 2, targetname: 'Evening' }],
        ['to a queue', { targettype: 3, targetname: 'Orders' }],
        ['the name decides', { targettype: 3, targetname: 'Evening' }],
        ['here too', { targettype: '2', targetname: 'Chat' }],
        ['to the group of two', { targettype: 2, targetname: 'Morning' }],
        ['to the queue of two', { targettype: '3', targetname: 'Morning' }],
        ['to the first of two', { targetname: 'Morning' }],
        ['to nobody', { targetname: 'Night', targettype: 0 }],
        ['to everyone', { targettype: 255, targetname: null }],
      ] as const) {
        expect(await post(author, bulletindata, target), bulletindata).toBe('0');
      }
      await untilGiven(gateway);
      expect(await given(gateway)).toEqual({
        201: ['to everyone'],
        203: ['to everyone'],
        301: ['to a queue', 'here too', 'to the group of two', 'to the first of two', 'to everyone'],
        302: ['to a queue', 'to the group of two', 'to the first of two', 'to everyone'],
        303: ['to a group', 'the name decides', 'to everyone'],
        304: ['to the queue of two', 'to everyone'],
      });
    }));

  it('that are not what they have to be are refused, and kept nowhere [NB-6]', () =>
    withGateway({ store, site: SITE }, async (gateway) => {
      const author = await Caller.signIn(gateway, 204);
      const agent = await Caller.signIn(gateway, 205);
      for (const [text, more] of [
        ['x', { targetname: 'Nowhere' }],
        ['x', { targetname: 'morning' }],
        ['x', { targetname: 'Night'.repeat(100) }],
        ['x', { targetname: ['Morning'] }],
        ['x', { targettype: 'group' }],
        ['x', { targettype: -1 }],
        ['x', { targettype: 256 }],
        ['x', { targettype: 2.5 }],
        ['', {}],
        [undefined, {}],
        [7, {}],
        [{}, {}],
        ['\ud800', {}],
        ['😀'.repeat(1_000).concat('x'), {}],
      ] as const) {
        expect(await post(author, text, more), JSON.stringify([text, more])).toBe('000-006');
      }
      const { text } = await gateway.client.send({
        method: 'POST',
        path: '/onlineagent/204/notifybulletin',
        headers: { Guid: author.guid },
        body: '["x"]',
      });
      expect(text).toContain('000-006');
      // What is wrong in the body is said to all; what a name stands for, to inspectors alone.
      expect(await post(agent, '')).toBe('000-006');
      expect(await post(agent, 'x', { targetname: 'Nowhere' })).toBe('300-001');
      expect(await post(agent, 'x')).toBe('300-001');
      expect(await gateway.rows('SELECT * FROM bulletin')).toEqual([]);
      expect(await post(author, '😀'.repeat(1_000))).toBe('0');
    }));

  it('wait for who is signed out over a restart, behind the notes, and are handed over once [NB-9] [NB-10]', () =>
    withGateway({ store, site: SITE }, async (one) => {
      const author = await Caller.signIn(one, 203);
      expect(await post(author, 'one', { targetname: 'Evening' })).toBe('0');
      expect((await author.call('POST', '/onlineagent/{}/sendnotelet/303?content=a+note')).retcode).toBe('0');
      const two = await one.restart();
      expect(await post(await Caller.signIn(two, 203), 'two')).toBe('0');
      const reader = await Caller.signIn(two, 303);
      expect(await reader.events(2)).toEqual(FIRST);
      const texts = ['a note', 'one', 'two'];
      for (const context of texts) expect((await next(two, reader))?.content).toMatchObject({ context });
      await Caller.signIn(two, 303);
      await untilGiven(two);
      expect(await given(two)).toEqual({ 203: ['two'], 303: ['one', 'two'] });
    }));

  it('that were put up before a kill are given after the start, once [NB-10]', () =>
    withGateway({ store, site: SITE }, async (one) => {
      const author = await Caller.signIn(one, 203);
      for (const reader of [301, 303]) await Caller.signIn(one, reader);
      expect(await post(author, 'one')).toBe('0');
      await untilGiven(one);
      const two = await one.restart(async () => {
        // As a node leaves it that is killed when it has put one up, and another that was half way through.
        const [row] = await one.rows('SELECT session_id FROM agent WHERE work_number = 203');
        const of = { workNumber: 203 as WorkNumber, session: String(row?.session_id) };
        const command = postBulletin(of, { text: 'two', sentAt: Date.now() });
        const result = await one.withStore((opened) => opened.commit([command], foldBatch));
        expect(verdicts(result)).toEqual(['accepted']);
        await changeRows(one, 'UPDATE bulletin_board SET given_up_to = 0');
      });
      await untilGiven(two);
      expect(await given(two)).toEqual({ 203: ['one', 'two'], 301: ['one', 'two'], 303: ['one', 'two'] });
    }));

  it('go to those whom they are for when they are given [NB-7]', () =>
    withGateway({ store, site: SITE }, async (one) => {
      const author = await Caller.signIn(one, 203);
      expect(await post(author, 'one', { targetname: 'Evening' })).toBe('0');
      await untilGiven(one);
      const two = await one.restart(async () => {
        await load(one.config, LATER_SITE);
      });
      await Caller.signIn(two, 304);
      expect(await given(two)).toEqual({ 304: ['one'] });
    }));

  it('are kept for seven days [NB-11]', async () => {
    const time = new MovableTime();
    await withGateway({ store, time, site: SITE }, async (gateway) => {
      const author = await Caller.signIn(gateway, 203);
      for (const text of ['one', 'two', 'three']) expect(await post(author, text)).toBe('0');
      await changeRows(
        gateway,
        `UPDATE bulletin SET posted_at = posted_at - ${7 * 86_400_000} WHERE place < 3`,
      );
      await changeRows(gateway, 'UPDATE bulletin SET posted_at = posted_at + 90000 WHERE place = 2');
      await time.passAtOnce(HOUSEKEEPING_MS);
      await expect
        .poll(() => gateway.rows('SELECT place FROM bulletin ORDER BY place'))
        .toEqual([{ place: 2 }, { place: 3 }]);
    });
  });
});

describe('two nodes on one database', () => {
  it('give each bulletin once, whichever of them it was put up at [NB-8] [NB-10]', () =>
    withGateway({ store: 'postgres', site: SITE }, (one) => {
      const environment = {
        ROLLCALL_DATABASE_URL: one.config.databaseUrl ?? '',
        ROLLCALL_NODE_NAME: 'Other',
      };
      return withGateway({ environment, site: null }, async (other) => {
        const [author, second] = [await Caller.signIn(one, 203), await Caller.signIn(other, 201)];
        const readers = [
          [one, await Caller.signIn(one, 301)],
          [other, await Caller.signIn(other, 303)],
        ] as const;
        for (const [, reader] of readers) expect(await reader.events(2)).toEqual(FIRST);
        const texts = Array.from({ length: 10 }, (_, index) => `bulletin ${index}`);
        for (const [index, text] of texts.entries()) {
          expect(await post(index % 2 === 0 ? author : second, text)).toBe('0');
        }
        for (const [node, reader] of readers) {
          for (const context of texts) expect((await next(node, reader))?.content).toMatchObject({ context });
        }
        await untilGiven(one);
        expect(await given(one)).toEqual({ 201: texts, 203: texts, 301: texts, 303: texts });
      });
    }));
});
