import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from '../supervision/supervised-site.ts';
import { answering, proofsBy, sentTo, type WebhookSite, withWebhookSite } from './webhook-site.ts';

const URL_OF_NOBODY = 'http://127.0.0.1:1/';

/** The audit trail's lines about webhooks, which stand under agent 0. */
const acts = (site: WebhookSite) => site.gateway.auditActs(0);

describe.each(STORES)('the administration of webhooks on %s', (store) => {
  it('an inspector lists those of its own VDN, the site token alone changes anything [WH-1]', () =>
    withWebhookSite({ store, site: SUPERVISED_SITE }, async (site) => {
      const { id } = await site.add(URL_OF_NOBODY, { paused: true });
      const [own, other, agent] = await Promise.all(
        [203, 401, 301].map((workNumber) => Caller.signIn(site.gateway, workNumber)),
      );
      const listed = await site.call('GET 1/webhooks', undefined, own?.guid);
      expect([listed.status, listed.body]).toEqual([200, { vdn: 1, webhooks: [await site.row(id)] }]);
      expect((await site.call(`GET 1/webhooks/${id}/dead-letters`, undefined, own?.guid)).status).toBe(200);
      const changes = [
        ['POST 1/webhooks', { url: URL_OF_NOBODY }],
        [`PATCH 1/webhooks/${id}`, { paused: false }],
        [`DELETE 1/webhooks/${id}`],
        [`POST 1/webhooks/${id}/rotate`, {}],
        [`POST 1/webhooks/${id}/replay`, { deadLetter: 1 }],
      ] as const;
      for (const [what, body] of changes) {
        for (const caller of [own, other, agent]) {
          expect((await site.call(what, body, caller?.guid)).status, what).toBe(403);
        }
        expect((await site.call(what, body, 'nonsense')).status, what).toBe(401);
        expect((await site.call(what.replace(' 1/', ' 9/'), body)).status, what).toBe(404);
        if (what.includes(`/${id}`)) {
          expect((await site.call(what.replace(' 1/', ' 2/'), body)).status, what).toBe(404);
        }
      }
      for (const what of ['GET 1/webhooks', `GET 1/webhooks/${id}/dead-letters`]) {
        for (const caller of [other, agent]) {
          expect((await site.call(what, undefined, caller?.guid)).status, what).toBe(403);
        }
      }
      expect(await site.row(id)).toMatchObject({ state: 'paused', oldSecretUntil: null });
      expect(await acts(site)).toHaveLength(1);
    }));

  it('a VDN has at most 20, even where they come at once [WH-1]', () =>
    withWebhookSite({ store }, async (site) => {
      const add = (vdn: number) => site.call(`POST ${vdn}/webhooks`, { url: URL_OF_NOBODY, paused: true });
      const statuses = await Promise.all(Array.from({ length: 24 }, async () => (await add(1)).status));
      expect(statuses.filter((status) => status === 200)).toHaveLength(20);
      expect((await add(1)).status).toBe(400);
      expect((await add(2)).status).toBe(200);
    }));

  it('secrets are told once, and what is done leaves a line that names who did it [WH-2] [WH-5]', () =>
    withWebhookSite({ store }, async (site) => {
      const receiver = await site.receiver();
      const { id, secret } = await site.add(receiver.url('/in?key=sesame'));
      expect(secret).toMatch(/^whsec_[A-Za-z0-9_-]{43}$/);
      const rotated = await site.call<{ secret: string }>(`POST 1/webhooks/${id}/rotate`, {});
      const { secret: newer } = rotated.body;
      expect(newer).not.toBe(secret);
      await site.call(`PATCH 1/webhooks/${id}`, { deadLetterAfterS: 90 });
      await site.gateway.client.signIn(291);
      await eventually(async () => expect(sentTo(receiver)).toEqual(await site.feed()));
      const { received } = await site.row(id);
      await site.call(`POST 1/webhooks/${id}/replay`, { from: received, to: received });
      const { text } = await site.call('GET 1/webhooks');
      expect((await site.call(`DELETE 1/webhooks/${id}`)).body).toEqual({ removed: id });
      const by = { by: 'siteToken', webhook: id };
      expect(await acts(site)).toEqual([
        { kind: 'webhookAdded', url: receiver.url('/in?key=sesame'), ...by },
        { kind: 'webhookSecretRotated', oldSecretForMs: 86_400_000, ...by },
        { kind: 'webhookChanged', deadLetterAfterMs: 90_000, ...by },
        { kind: 'webhookReplayAsked', first: 2, last: 2, ...by },
        { kind: 'webhookRemoved', ...by },
      ]);
      const told = [text, JSON.stringify(site.gateway.log), JSON.stringify(await acts(site))].join();
      for (const secretPart of [secret, newer, secret.slice(6, 20)]) expect(told).not.toContain(secretPart);
    }));

  it('while a secret is replaced each request is signed with both, and never with more than two [WH-9]', () => {
    const time = new MovableTime();
    return withWebhookSite({ store, time }, async (site) => {
      const receiver = await site.receiver();
      const { id, secret: first } = await site.add(receiver.url());
      const guid = await site.gateway.client.signIn(291);
      const secrets = [first];
      /** By which of the secrets so far the next request is signed. */
      const signers = async () => {
        const before = receiver.heard.length;
        await site.change(guid, 1);
        await eventually(() => expect(receiver.heard.length).toBeGreaterThan(before));
        const request = receiver.heard.at(-1);
        return request === undefined ? [] : secrets.map((secret) => proofsBy(secret, request));
      };
      const rotate = async (body: object) => {
        const answer = await site.call<{ secret: string }>(`POST 1/webhooks/${id}/rotate`, body);
        secrets.push(answer.body.secret);
      };
      await eventually(() => expect(receiver.heard.length).toBeGreaterThan(0));
      expect(await signers()).toEqual([1]);
      await rotate({ oldSecretForS: 3_600 });
      await eventually(async () => expect(await signers()).toEqual([1, 1]));
      expect(String(receiver.heard.at(-1)?.headers['rollcall-signature'])).toMatch(
        /^t=\d+,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/,
      );
      await rotate({ oldSecretForS: 3_600 });
      await eventually(async () => expect(await signers()).toEqual([0, 1, 1]));
      expect((await site.row(id)).oldSecretUntil).not.toBeNull();
      await time.passAtOnce(3_700_000);
      await eventually(async () => expect(await signers()).toEqual([0, 0, 1]));
      expect((await site.row(id)).oldSecretUntil).toBeNull();
      await rotate({ oldSecretForS: 0 });
      await eventually(async () => expect(await signers()).toEqual([0, 0, 0, 1]));
    });
  });

  it('the list tells what is known of a receiver [WH-20]', () =>
    withWebhookSite({ store }, async (site) => {
      const receiver = await site.receiver(answering(503));
      const { id } = await site.add(receiver.url(), { deadLetterAfterS: 60 });
      const { received, created, ...others } = await site.row(id);
      expect(others).toEqual({
        webhook: id,
        url: receiver.url(),
        state: 'active',
        deadLetterAfterS: 60,
        oldSecretUntil: null,
        behind: 0,
        lastAttempt: null,
        failingSince: null,
        deadLetters: 0,
        replays: 0,
      });
      expect(received).toMatch(/^[a-z0-9]+\.0$/);
      expect(Math.abs(created - Date.now())).toBeLessThan(60_000);
      await site.gateway.client.signIn(291);
      await eventually(async () => expect((await site.row(id)).lastAttempt?.status).toBe(503));
      const failing = await site.row(id);
      expect(failing).toMatchObject({ behind: 2, received, lastAttempt: { fault: null } });
      expect(failing.failingSince).toBeGreaterThanOrEqual(created);
      await receiver.close();
      const refused = { status: null, fault: 'the connection was refused' };
      await eventually(async () => expect((await site.row(id)).lastAttempt).toMatchObject(refused));
    }));
});

const REFUSED_BODIES = [
  ['no address', {}, /url/],
  ['an address that is none', { url: 'nonsense' }, /it is no URL/],
  ['an address that is not listed', { url: 'https://crm.example/' }, /not listed/],
  ['another scheme', { url: 'ftp://127.0.0.1/' }, /no URL of HTTPS or HTTP/],
  ['a name and a password', { url: 'http://a:b@127.0.0.1/' }, /user name/],
  ['a number for an address', { url: 7 }, /url/],
  ['an address that is too long', { url: `${URL_OF_NOBODY}${'x'.repeat(2_000)}` }, /url/],
  ['a position that is none', { url: URL_OF_NOBODY, from: 'x' }, /from/],
  ['too short a time', { url: URL_OF_NOBODY, deadLetterAfterS: 59 }, /deadLetterAfterS/],
  ['too long a time', { url: URL_OF_NOBODY, deadLetterAfterS: 604_801 }, /deadLetterAfterS/],
  ['an unknown key', { url: URL_OF_NOBODY, secret: 'mine' }, /the body|secret/],
  ['no JSON', '{', /JSON object/],
] as const;

it('what is no webhook is refused with a sentence, and changes nothing [WH-1] [WH-3]', () =>
  withWebhookSite({}, async (site) => {
    const { id } = await site.add(URL_OF_NOBODY, { paused: true });
    const before = await site.call('GET 1/webhooks');
    for (const [what, body, message] of REFUSED_BODIES) {
      const refused = { status: 400, body: { error: 'badRequest', message: expect.stringMatching(message) } };
      expect(await site.call('POST 1/webhooks', body), what).toMatchObject(refused);
      const isOfChange = typeof body === 'object' && 'url' in body && !('from' in body);
      if (isOfChange) expect(await site.call(`PATCH 1/webhooks/${id}`, body), what).toMatchObject(refused);
    }
    expect((await site.call('GET 1/webhooks')).text).toBe(before.text);
    expect(await acts(site)).toHaveLength(1);
  }));

/** EPOCH stands for that of the installation. */
const REFUSED_CALLS = [
  ['PATCH 1/webhooks/1', {}, 400],
  ['PATCH 1/webhooks/1', { paused: 'yes' }, 400],
  ['PATCH 1/webhooks/2', { paused: true }, 404],
  ['PATCH 1/webhooks/x', { paused: true }, 404],
  ['PATCH 1/webhooks/99999999999999999999', { paused: true }, 404],
  ['PATCH x/webhooks/1', { paused: true }, 404],
  ['DELETE 1/webhooks/2', undefined, 404],
  ['POST 1/webhooks/1/rotate', '', 400],
  ['POST 1/webhooks/1/rotate', { oldSecretForS: -1 }, 400],
  ['POST 1/webhooks/1/rotate', { oldSecretForS: 604_801 }, 400],
  ['POST 1/webhooks/2/rotate', {}, 404],
  ['POST 1/webhooks/1/replay', {}, 400],
  ['POST 1/webhooks/1/replay', { deadLetter: 0 }, 400],
  ['POST 1/webhooks/1/replay', { deadLetter: 1 }, 404],
  ['POST 1/webhooks/1/replay', { from: 'other.1', to: 'other.1' }, 400],
  ['POST 1/webhooks/1/replay', { from: 'EPOCH.1', to: 'EPOCH.9' }, 400],
  ['POST 1/webhooks/1/replay', { from: 'EPOCH.2', to: 'EPOCH.1' }, 400],
  ['POST 1/webhooks/1/replay', { from: 'EPOCH.0', to: 'EPOCH.1' }, 400],
  ['GET 1/webhooks/2/dead-letters', undefined, 404],
  ['GET 1/webhooks/1/dead-letters?after=x', undefined, 400],
] as const;

it('a call about what is not there, or with nonsense, is refused and changes nothing [WH-1] [WH-19]', () =>
  withWebhookSite({}, async (site) => {
    const { id } = await site.add(URL_OF_NOBODY, { paused: true });
    expect(id).toBe(1);
    await site.gateway.client.signIn(291);
    const before = await site.row(id);
    const epoch = before.received.split('.')[0] ?? '';
    for (const [what, body, status] of REFUSED_CALLS) {
      const sent = typeof body === 'object' ? JSON.stringify(body).replaceAll('EPOCH', epoch) : body;
      const answer = await site.call(what, sent);
      expect([what, sent, answer.status]).toEqual([what, sent, status]);
      expect(answer.text).toContain('"message"');
    }
    expect(await site.row(id)).toEqual(before);
    expect(await acts(site)).toHaveLength(1);
  }));
