import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { STORES } from '../../support/store-kinds.ts';
import { answering, batchesOf, eventsOf, proofsBy, sentTo, withWebhookSite } from './webhook-site.ts';

describe.each(STORES)('a webhook on %s', (store) => {
  it('is sent all events of its VDN in the order of the feed, without a gap, each batch signed [WH-6] [WH-7] [WH-8] [WH-10] [WH-20]', () =>
    withWebhookSite({ store }, async (site) => {
      const { client } = site.gateway;
      const receiver = await site.receiver();
      const { id, secret } = await site.add(receiver.url('/in?key=1'));
      const guid = await client.signIn(291);
      await Promise.all([292, 293, 294].map((agent) => client.signIn(agent)));
      await client.signIn(401);
      await site.change(guid, 120);
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('0');
      const feed = await site.feed();
      expect(feed).toHaveLength(120 + 4 * 2 + 1);
      await eventually(() => expect(sentTo(receiver)).toEqual(feed));
      const [first, ...others] = batchesOf(receiver);
      expect(first).toMatchObject({ vdn: 1, webhook: id, replay: false });
      expect(others.length).toBeGreaterThan(0);
      for (const request of receiver.heard) {
        expect([request.method, request.path]).toEqual(['POST', '/in?key=1']);
        expect(request.headers['content-type']).toBe('application/json');
        expect(proofsBy(secret, request)).toBe(1);
        expect(proofsBy(secret, { ...request, body: `${request.body} ` })).toBe(0);
      }
      const events = batchesOf(receiver).flatMap((batch) => batch.events);
      expect(first?.events[0]).toEqual({
        feedPosition: expect.stringMatching(/^[a-z0-9]+\.1$/),
        agent: 291,
        position: expect.stringMatching(/^[a-z0-9]+\.1$/),
        at: expect.any(Number),
        event: { eventType: 'AgentOther_InService', workNo: '291', content: null },
      });
      expect(events.at(-1)?.event.eventType).toBe('AgentOther_ShutdownService');
      expect(await site.row(id)).toMatchObject({ behind: 0, lastAttempt: { status: 200, fault: null } });
    }));

  it('begins with the newest event, or behind the position that is named [WH-4]', () =>
    withWebhookSite({ store }, async (site) => {
      const guid = await site.gateway.client.signIn(291);
      await site.change(guid, 150);
      const [late, early] = [await site.receiver(), await site.receiver()];
      const { id } = await site.add(late.url());
      const { received } = await site.row(id);
      const at = (sequence: number) => received.replace(/\d+$/, String(sequence));
      await site.add(early.url(), { from: at(2) });
      await site.change(guid, 1);
      const feed = await site.feed();
      await eventually(() => expect(sentTo(early)).toEqual(feed.slice(2)));
      await eventually(() => expect(sentTo(late)).toEqual(feed.slice(-1)));
      // What was there is sent in as few batches as hold it.
      expect(batchesOf(early)[0]?.events).toHaveLength(100);
      for (const from of [at(154), `other.${1}`]) {
        expect((await site.call('POST 1/webhooks', { url: late.url(), from })).status).toBe(400);
      }
    }));

  it('has batches of at most 64 KiB [WH-6]', () =>
    withWebhookSite({ store }, async (site) => {
      const { client } = site.gateway;
      const guid = await client.signIn(291);
      // 400 characters of three bytes each.
      const content = '€'.repeat(400);
      for (let count = 0; count < 80; count += 1) {
        const answer = await client.send({
          method: 'POST',
          path: '/onlineagent/291/sendnoteletex',
          headers: { Guid: guid },
          body: { agentIds: [291], content },
        });
        expect(answer.json().retcode).toBe('0');
      }
      const receiver = await site.receiver();
      const { id } = await site.add(receiver.url(), { paused: true });
      const from = (await site.row(id)).received.replace(/\d+$/, '0');
      await site.add(receiver.url(), { from });
      const feed = await site.feed();
      await eventually(() => expect(sentTo(receiver)).toEqual(feed));
      const sizes = receiver.heard.map(({ body }) => Buffer.byteLength(body));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
      expect(Math.max(...sizes)).toBeGreaterThan(60_000);
    }));

  it('waits for nobody: one that fails, hangs or is slow delays no other [WH-10] [WH-12] [WH-16]', () =>
    withWebhookSite({ store }, async (site) => {
      const hanging: ServerResponse[] = [];
      const hung = await site.receiver((_, response) => void hanging.push(response));
      const failing = await site.receiver(answering(500));
      const moved = await site.receiver(
        (_, response) => void response.writeHead(302, { Location: '/' }).end(),
      );
      const good = await site.receiver();
      for (const receiver of [hung, failing, moved, good]) await site.add(receiver.url());
      const guid = await site.gateway.client.signIn(291);
      await eventually(() => expect(hung.heard).toHaveLength(1));
      for (let round = 0; round < 10; round += 1) {
        await site.change(guid, 3);
        // All of it has come while the first request to the other one stands open.
        await eventually(async () => expect(sentTo(good)).toEqual(await site.feed()));
        expect(hung.heard).toHaveLength(1);
      }
      hung.answer = answering(204);
      failing.answer = answering(200);
      moved.answer = answering(299);
      for (const response of hanging) response.end();
      for (const receiver of [hung, failing, moved]) {
        await eventually(async () => {
          const received = new Set(batchesOf(receiver).flatMap(eventsOf));
          expect([...received]).toEqual(await site.feed());
        });
      }
      // What failed came again before anything behind it.
      const first = batchesOf(failing).map(eventsOf);
      expect(first[1]).toEqual(first[0]);
      expect(batchesOf(moved).map(eventsOf)[1]).toEqual(batchesOf(moved).map(eventsOf)[0]);
    }));
});
