import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { MovableTime, ROUND_MS } from '../../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { deliverNote } from '../../support/store-fixture.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from '../supervision/supervised-site.ts';

const HOUR_MS = 3_600_000;
/** Two o'clock in Berlin, which is three o'clock. */
const CLOCKS_GO_ON = Date.parse('2027-03-28T01:00:00Z');
const FIRST = ['AgentOther_InService', 'AgentState_Ready'];

function send(caller: Caller, receiver: number | string, content: string) {
  return caller.call(
    'POST',
    `/onlineagent/{}/sendnotelet/${receiver}?content=${encodeURIComponent(content)}`,
  );
}

/** The next event of a caller, whole. */
async function next(gateway: RunningGateway, { workNumber, guid }: Caller) {
  return (await gateway.client.poll(workNumber, guid)).json().event;
}

function utcText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Who has notes waiting, and their texts. */
async function waiting(gateway: RunningGateway): Promise<readonly [unknown, string][]> {
  const rows = await gateway.rows('SELECT work_number, event FROM waiting_note ORDER BY work_number, place');
  return rows.map(({ work_number: workNumber, event }) => [workNumber, JSON.parse(String(event)).text]);
}

describe.each(STORES)('notes on %s', (store) => {
  it('reach who is signed in, with who wrote it and when [NB-1] [NB-3]', () =>
    withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const sender = await Caller.signIn(gateway, 302);
      const receiver = await Caller.signIn(gateway, 303);
      await receiver.events(2);
      const beganMs = Date.now();
      const held = next(gateway, receiver);
      expect(await send(sender, 303, 'Tea at four? ☕')).toEqual({ message: '', retcode: '0' });
      const event = await held;
      const content = event?.content as Record<string, string>;
      expect(event).toMatchObject({ eventType: 'AgentOther_Note', workNo: '303' });
      const sentAt = Number(content.receivetime);
      expect(content).toEqual({
        sender: '302',
        sendername: 'Agent 302',
        context: 'Tea at four? ☕',
        receivetime: String(sentAt),
        timestring: expect.stringMatching(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/),
      });
      expect(Math.abs(sentAt - beganMs)).toBeLessThan(60_000);
      expect((await send(receiver, 303, 'to myself')).retcode).toBe('0');
      expect((await next(gateway, receiver))?.content).toMatchObject({ context: 'to myself' });
    }));

  it('tell when they were sent by the clocks of the VDN, before and after those are changed [NB-3]', async () => {
    const time = new MovableTime();
    const [tenant] = SUPERVISED_SITE.tenants;
    const site = { tenants: [{ ...tenant, timeZone: 'Europe/Berlin' }] };
    await withGateway({ store, time, site }, async (gateway) => {
      await time.stepStore(CLOCKS_GO_ON - 20_000 - Date.now());
      // The node learns of it with its next round.
      await time.pass(ROUND_MS);
      const caller = await Caller.signIn(gateway, 302);
      await caller.events(2);
      const sent = async () => {
        expect((await send(caller, 302, 'What time is it?')).retcode).toBe('0');
        const content = (await next(gateway, caller))?.content as Record<string, string>;
        return { at: Number(content.receivetime), timestring: content.timestring };
      };
      const before = await sent();
      await time.pass(20_000);
      const after = await sent();
      expect(before.at).toBeLessThan(CLOCKS_GO_ON);
      expect(after.at).toBeGreaterThanOrEqual(CLOCKS_GO_ON);
      expect(before.timestring).toBe(utcText(before.at + HOUR_MS));
      expect(after.timestring).toBe(utcText(after.at + 2 * HOUR_MS));
    });
  });

  it('of a thousand characters go to agents of the own VDN, or to nobody [NB-1] [NB-2]', () =>
    withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const sender = await Caller.signIn(gateway, 302);
      const several = (agentIds: unknown, content: unknown) =>
        sender.call('POST', '/onlineagent/{}/sendnoteletex', { agentIds, content });
      const longest = '😀'.repeat(1_000);
      for (const receiver of [402, 59_999, 'x', '0303', '3030303']) {
        expect((await send(sender, receiver, 'x')).retcode, String(receiver)).toBe('300-003');
      }
      expect((await several([303, 402, 304], 'x')).retcode).toBe('300-003');
      expect((await several(['303', 59_999], 'x')).retcode).toBe('300-003');
      expect((await send(sender, 303, '')).retcode).toBe('000-002');
      expect((await send(sender, 303, `${longest}x`)).retcode).toBe('000-002');
      const tooMany = Array.from({ length: 1_001 }, () => 303);
      for (const [agents, content] of [
        [[303], ''],
        [[303], `${longest}x`],
        [[303], undefined],
        [[], 'x'],
        [303, 'x'],
        [undefined, 'x'],
        [tooMany, 'x'],
      ]) {
        expect((await several(agents, content)).retcode, JSON.stringify(agents)).toBe('000-006');
      }
      expect(await gateway.rows('SELECT * FROM waiting_note')).toEqual([]);
      expect((await several(tooMany.slice(1), longest)).retcode).toBe('0');
      expect((await several(['304', 304, 205], 'twice named')).retcode).toBe('0');
      expect(await waiting(gateway)).toEqual([
        [205, 'twice named'],
        [303, longest],
        [304, 'twice named'],
      ]);
    }));

  it('wait for who is signed out over a restart, and are handed over once [NB-4]', () =>
    withGateway({ store, site: SUPERVISED_SITE }, async (first) => {
      const sender = await Caller.signIn(first, 302);
      const texts = ['one', 'two', 'a\u0000b\n"c"'];
      for (const text of texts) expect((await send(sender, 303, text)).retcode).toBe('0');
      const second = await first.restart();
      const receiver = await Caller.signIn(second, 303);
      expect(await receiver.events(2)).toEqual(FIRST);
      expect((await next(second, receiver))?.content).toMatchObject({ sender: '302', context: 'one' });
      // What was handed over and not confirmed comes again with the same session, and with no other.
      const third = await second.restart();
      expect((await next(third, receiver))?.content).toMatchObject({ context: 'one' });
      for (const context of texts.slice(1)) {
        expect((await next(third, receiver))?.content).toMatchObject({ context });
      }
      const again = await Caller.signIn(third, 303);
      expect(await again.events(2)).toEqual(FIRST);
      expect(await third.client.call('POST', '/onlineagent/303/sayfree', again.guid)).toBe('0');
      expect(await again.events(1)).toEqual(['AgentState_Ready']);
      expect(await third.rows('SELECT * FROM waiting_note')).toEqual([]);
    }));

  it('beyond a thousand that wait are refused, and the other receivers get theirs [NB-5]', () =>
    withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const sender = await Caller.signIn(gateway, 302);
      const deliver = deliverNote(303 as WorkNumber, 'x');
      await Promise.all(Array.from({ length: 1_000 }, () => gateway.submit(deliver)));
      const answer = await sender.call('POST', '/onlineagent/{}/sendnoteletex', {
        agentIds: [304, 303],
        content: 'late',
      });
      expect(answer.retcode).toBe('100-003');
      expect(answer.message).toContain('1000 notes wait already for agent 303');
      expect((await waiting(gateway)).filter(([, text]) => text === 'late')).toEqual([[304, 'late']]);
    }));
});
