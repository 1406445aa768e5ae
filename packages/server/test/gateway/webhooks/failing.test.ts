import type { WebhookBatch } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import type { EventReceiver } from '../../support/event-receiver.ts';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { changeRows } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { answering, batchesOf, eventsOf, sentTo, withWebhookSite } from './webhook-site.ts';

const HOUR_MS = 3_600_000;

/** Refuses batches that `isBad` names, takes all others. */
function refusing(receiver: EventReceiver, status: number, isBad: (batch: WebhookBatch) => boolean): void {
  receiver.answer = (request, response) =>
    void response.writeHead(isBad(JSON.parse(request.body)) ? status : 200).end();
}

const has = (sequence: number) => (batch: WebhookBatch) =>
  batch.events.some(({ feedPosition }) => feedPosition.endsWith(`.${sequence}`));

/** An attempt that began now has failed. */
async function failsAgain(receiver: EventReceiver): Promise<void> {
  const before = receiver.heard.length;
  await eventually(() => expect(receiver.heard.length).toBeGreaterThan(before));
}

it('a receiver that fails is asked again later and later, in order and without loss [WH-12]', async () => {
  const delays: number[] = [];
  // The retries are the only ones whose time is cut by chance; here they come at once.
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => {
      if (Number.isInteger(ms)) return systemClock.after(ms, run);
      delays.push(ms);
      return systemClock.after(0, run);
    },
  };
  await withWebhookSite({ overrides: { clock } }, async (site) => {
    const receiver = await site.receiver();
    receiver.answer = (_, response) => void response.writeHead(receiver.heard.length > 12 ? 200 : 500).end();
    const { id } = await site.add(receiver.url());
    const guid = await site.gateway.client.signIn(291);
    await site.change(guid, 2);
    await eventually(async () => expect(await site.row(id)).toMatchObject({ behind: 0, failingSince: null }));
    expect([...new Set(sentTo(receiver))]).toEqual(await site.feed());
    const wholeS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300];
    expect(delays).toHaveLength(wholeS.length);
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual((wholeS[index] ?? 0) * 500);
      expect(delay).toBeLessThanOrEqual((wholeS[index] ?? 0) * 1_000);
    }
    // What is sent again is the same.
    expect(new Set(receiver.heard.slice(0, 13).map(({ body }) => body)).size).toBe(1);
  });
});

describe.each(STORES)('dead letters on %s', (store) => {
  it('a batch that fails for 24 hours becomes one, a restart does not begin them anew, and the webhook goes on [WH-13] [WH-18] [WH-19]', () => {
    const time = new MovableTime();
    return withWebhookSite({ store, time }, async (first) => {
      const receiver = await first.receiver();
      refusing(receiver, 503, has(1));
      const { id } = await first.add(receiver.url('/in?key=sesame'));
      await first.gateway.client.signIn(291);
      await eventually(async () => expect((await first.row(id)).lastAttempt).toMatchObject({ status: 503 }));
      const refused = batchesOf(receiver)[0];
      const { failingSince } = await first.row(id);
      await time.passAtOnce(13 * HOUR_MS);
      await failsAgain(receiver);
      const second = first.on(await first.gateway.restart());
      await failsAgain(receiver);
      await time.passAtOnce(10.9 * HOUR_MS);
      await failsAgain(receiver);
      expect(await second.row(id)).toMatchObject({ deadLetters: 0, failingSince, state: 'active' });
      await time.passAtOnce(0.2 * HOUR_MS);
      await eventually(async () => expect((await second.row(id)).deadLetters).toBe(1));
      const [dead] = await second.deadLetters(id);
      expect(dead).toMatchObject({
        from: refused?.events[0]?.feedPosition,
        to: refused?.events.at(-1)?.feedPosition,
        failingSince,
        status: 503,
        fault: null,
      });
      expect(Number(dead?.made) - Number(dead?.failingSince)).toBeGreaterThanOrEqual(24 * HOUR_MS);
      expect(dead?.failures).toBeGreaterThanOrEqual(4);
      // Behind it everything goes on.
      await second.gateway.client.signIn(292);
      await eventually(async () => {
        const behind = (await second.feed()).slice(refused?.events.length);
        expect(behind.length).toBeGreaterThan(0);
        const accepted = batchesOf(receiver).filter((batch) => !has(1)(batch));
        expect(accepted.flatMap(eventsOf)).toEqual(behind);
      });
      expect(await second.row(id)).toMatchObject({ failingSince: null, behind: 0 });
      expect(JSON.stringify([first.gateway.log, second.gateway.log])).not.toContain('sesame');
      receiver.answer = answering(200);
      const asked = await second.call(`POST 1/webhooks/${id}/replay`, { deadLetter: dead?.deadLetter });
      expect(asked.body).toEqual({ webhook: id, from: dead?.from, to: dead?.to });
      await eventually(async () =>
        expect(await second.row(id)).toMatchObject({ deadLetters: 0, replays: 0 }),
      );
      expect(batchesOf(receiver).at(-1)).toEqual({ ...refused, replay: true });
      expect(await second.deadLetters(id)).toEqual([]);
    });
  });

  it('a part of the feed is sent again beside what is new; a replay that fails leaves a dead letter [WH-19]', () =>
    withWebhookSite({ store }, async (site) => {
      const receiver = await site.receiver();
      const { id } = await site.add(receiver.url());
      const guid = await site.gateway.client.signIn(291);
      await site.change(guid, 150);
      await eventually(async () => expect(sentTo(receiver)).toEqual(await site.feed()));
      const { received } = await site.row(id);
      const at = (sequence: number) => received.replace(/\d+$/, String(sequence));
      const replays = () => batchesOf(receiver).filter(({ replay }) => replay);
      const before = receiver.heard.length;
      await site.call(`POST 1/webhooks/${id}/replay`, { from: at(3), to: at(120) });
      await eventually(async () => expect((await site.row(id)).replays).toBe(0));
      expect(replays().flatMap(eventsOf)).toEqual((await site.feed()).slice(2, 120));
      expect(replays().map(({ events }) => events.length)).toEqual([100, 18]);
      expect(receiver.heard.length).toBe(before + 2);
      await site.change(guid, 1);
      await eventually(async () => expect(batchesOf(receiver).at(-1)).toMatchObject({ replay: false }));
      refusing(receiver, 500, (batch) => batch.replay && has(110)(batch));
      await site.call(`POST 1/webhooks/${id}/replay`, { from: at(3), to: at(120) });
      await eventually(async () => expect((await site.row(id)).deadLetters).toBe(1));
      const [dead] = await site.deadLetters(id);
      expect(dead).toMatchObject({ from: at(103), to: at(120), failures: 1, status: 500 });
      // It is one still when it fails again, and none when it is received.
      await site.call(`POST 1/webhooks/${id}/replay`, { deadLetter: dead?.deadLetter });
      await eventually(async () =>
        expect(await site.deadLetters(id)).toEqual([{ ...dead, failures: 2, made: expect.any(Number) }]),
      );
      receiver.answer = answering(200);
      await site.change(guid, 1);
      await site.call(`POST 1/webhooks/${id}/replay`, { deadLetter: dead?.deadLetter });
      await eventually(async () => expect(await site.deadLetters(id)).toEqual([]));
      const live = batchesOf(receiver).filter(({ replay }) => !replay);
      expect(live.flatMap(eventsOf)).toEqual(await site.feed());
    }));

  it('410 pauses, and no other refusal does; what was paused goes on where it was, at once [WH-14] [WH-15]', () => {
    const time = new MovableTime();
    return withWebhookSite({ store, time }, async (site) => {
      const receivers = await Promise.all([site.receiver(answering(410)), site.receiver(answering(404))]);
      const [gone, missing] = receivers as [EventReceiver, EventReceiver];
      const ids = [(await site.add(gone.url())).id, (await site.add(missing.url())).id] as const;
      const guid = await site.gateway.client.signIn(291);
      await eventually(async () => expect((await site.row(ids[0])).state).toBe('gone'));
      await eventually(async () => expect((await site.row(ids[1])).lastAttempt?.status).toBe(404));
      gone.answer = answering(200);
      missing.answer = answering(200);
      await site.change(guid, 3);
      await time.passAtOnce(HOUR_MS);
      await eventually(async () => expect(new Set(sentTo(missing))).toEqual(new Set(await site.feed())));
      expect(gone.heard).toHaveLength(1);
      expect((await site.call(`PATCH 1/webhooks/${ids[0]}`, { paused: false })).status).toBe(200);
      await eventually(async () => expect(new Set(sentTo(gone))).toEqual(new Set(await site.feed())));
      expect(await site.row(ids[0])).toMatchObject({ state: 'active', failingSince: null });
    });
  });

  it('a new address is asked at once, however long the old one failed [WH-15]', () =>
    withWebhookSite({ store }, async (site) => {
      const [old, young] = [await site.receiver(answering(500)), await site.receiver()];
      const { id } = await site.add(old.url());
      await site.gateway.client.signIn(291);
      // The next attempt would be seconds away.
      await eventually(() => expect(old.heard.length).toBeGreaterThanOrEqual(3));
      await site.call(`PATCH 1/webhooks/${id}`, { url: young.url() });
      const tries = old.heard.length;
      await eventually(async () => expect(sentTo(young)).toEqual(await site.feed()));
      expect(old.heard.length).toBeLessThanOrEqual(tries + 1);
    }));
});

it('a replay waits while the batch of the webhook fails, and is sent then [WH-19]', () =>
  withWebhookSite({}, async (site) => {
    const receiver = await site.receiver();
    const { id } = await site.add(receiver.url());
    const guid = await site.gateway.client.signIn(291);
    await eventually(async () => expect(sentTo(receiver)).toEqual(await site.feed()));
    const { received } = await site.row(id);
    receiver.answer = answering(500);
    await site.change(guid, 1);
    await eventually(async () => expect((await site.row(id)).failingSince).not.toBeNull());
    await site.call(`POST 1/webhooks/${id}/replay`, { from: received, to: received });
    await failsAgain(receiver);
    await failsAgain(receiver);
    expect(batchesOf(receiver).some(({ replay }) => replay)).toBe(false);
    receiver.answer = answering(200);
    await eventually(async () => expect(await site.row(id)).toMatchObject({ replays: 0, deadLetters: 0 }));
    expect(batchesOf(receiver).at(-1)).toMatchObject({ replay: true });
  }));

it('no answer within 10 s is a failure like any [WH-12]', () => {
  const time = new MovableTime();
  return withWebhookSite({ time }, async (site) => {
    const receiver = await site.receiver(() => undefined);
    const { id } = await site.add(receiver.url());
    await site.gateway.client.signIn(291);
    await eventually(() => expect(receiver.heard).toHaveLength(1));
    await time.passAtOnce(9_000);
    expect((await site.row(id)).lastAttempt).toBeNull();
    await time.passAtOnce(1_000);
    const late = { status: null, fault: 'no answer within 10 s' };
    await eventually(async () => expect((await site.row(id)).lastAttempt).toMatchObject(late));
    receiver.answer = answering(200);
    await eventually(async () => expect(sentTo(receiver).slice(-2)).toEqual(await site.feed()));
  });
});

describe.each(STORES)('a webhook on %s', (store) => {
  it('that is paused is sent nothing, and goes on without a gap [WH-15]', () =>
    withWebhookSite({ store }, async (site) => {
      const [paused, other] = [await site.receiver(), await site.receiver()];
      const { id } = await site.add(paused.url());
      await site.add(other.url());
      const guid = await site.gateway.client.signIn(291);
      await eventually(async () => expect(sentTo(paused)).toEqual(await site.feed()));
      await site.call(`PATCH 1/webhooks/${id}`, { paused: true });
      /** Gives how much the paused one has heard by the time when another has received a change. */
      const heardAfterChange = async () => {
        await site.change(guid, 1);
        await eventually(async () => expect(sentTo(other)).toEqual(await site.feed()));
        return paused.heard.length;
      };
      await eventually(async () => expect(await heardAfterChange()).toBe(await heardAfterChange()));
      const heard = paused.heard.length;
      for (let round = 0; round < 3; round += 1) expect(await heardAfterChange()).toBe(heard);
      expect((await site.row(id)).state).toBe('paused');
      await site.call(`PATCH 1/webhooks/${id}`, { paused: false });
      await eventually(async () => expect(sentTo(paused)).toEqual(await site.feed()));
    }));

  it('is told of what was removed before it was sent, as a dead letter [WH-23]', () =>
    withWebhookSite({ store }, async (site) => {
      const receiver = await site.receiver();
      const { id } = await site.add(receiver.url(), { paused: true });
      const guid = await site.gateway.client.signIn(291);
      await site.change(guid, 4);
      await changeRows(site.gateway, 'DELETE FROM agent_event WHERE tenant_id = 1 AND feed_sequence <= 3');
      await site.call(`PATCH 1/webhooks/${id}`, { paused: false });
      await eventually(async () => expect(sentTo(receiver)).toEqual(await site.feed()));
      const { received } = await site.row(id);
      const at = (sequence: number) => received.replace(/\d+$/, String(sequence));
      const [dead] = await site.deadLetters(id);
      const fault = 'these events are not kept any more';
      expect(dead).toMatchObject({ from: at(1), to: at(3), failures: 1, status: null, fault });
      await site.call(`POST 1/webhooks/${id}/replay`, { deadLetter: dead?.deadLetter });
      await eventually(async () =>
        expect(await site.deadLetters(id)).toMatchObject([{ failures: 2, fault }]),
      );
      expect(sentTo(receiver)).toEqual(await site.feed());
    }));

  it('goes on by itself when the store answers again; the log says so once [WH-22] [WH-11]', () =>
    withWebhookSite({ store }, async (site) => {
      const receiver = await site.receiver();
      const { id } = await site.add(receiver.url());
      const guid = await site.gateway.client.signIn(291);
      await eventually(async () => expect(await site.row(id)).toMatchObject({ behind: 0 }));
      const isTold = ({ msg }: { readonly msg: string }) =>
        msg.startsWith('webhooks cannot be read or claimed');
      const before = receiver.heard.length;
      await changeRows(site.gateway, 'ALTER TABLE webhook RENAME TO webhook_away');
      await site.change(guid, 3);
      await eventually(() => expect(site.gateway.log.filter(isTold)).toHaveLength(1));
      await site.change(guid, 3);
      expect(receiver.heard.length).toBeLessThanOrEqual(before + 1);
      await changeRows(site.gateway, 'ALTER TABLE webhook_away RENAME TO webhook');
      await eventually(async () => expect(await site.row(id)).toMatchObject({ behind: 0 }));
      expect([...new Set(sentTo(receiver))]).toEqual(await site.feed());
      expect(site.gateway.log.filter(isTold)).toHaveLength(1);
    }));
});
