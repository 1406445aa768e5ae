import { describe, expect, it } from 'vitest';
import { systemSecrets } from '../../../src/platform/session-tokens.ts';
import { eventually } from '../../support/eventually.ts';
import type { RunningGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { SERVICE_TOKEN, signInPushed, withReceiver } from './pushed-site.ts';

const SITE_TOKEN = 'the-site-token';

async function list({ client }: RunningGateway, token: string, vdn = '1') {
  const answer = await client.send({
    method: 'GET',
    absolute: true,
    path: `/api/v1/vdns/${vdn}/push-receivers`,
    headers: { Authorization: `Bearer ${token}` },
  });
  return { status: answer.status, text: answer.text, body: JSON.parse(answer.text) };
}

describe.each(STORES)('receivers as administrators see them, with %s', (store) => {
  it('are told with who waits since when and why, and without path or secret [PU-15] [PU-14]', () =>
    withReceiver({ store }, async (gateway, receiver) => {
      await gateway.withStore((opened) => opened.claimSiteToken(systemSecrets.hashToken(SITE_TOKEN)));
      expect((await list(gateway, SITE_TOKEN)).body).toEqual({ vdn: 1, receivers: [] });
      const before = Date.now();
      receiver.answer = ({ path }, response) => void response.writeHead(path === '/well' ? 200 : 503).end();
      await signInPushed(gateway, 202, { url: receiver.url('/well') });
      await signInPushed(gateway, 203, { url: receiver.url('/ill') });
      const told = await eventually(async () => {
        const answer = await list(gateway, SITE_TOKEN);
        expect(answer.body).toEqual({
          vdn: 1,
          receivers: [
            {
              receiver: `http://127.0.0.1:${receiver.port}`,
              sessions: 2,
              waiting: 1,
              waitingSince: expect.any(Number),
              lastFailure: { at: expect.any(Number), why: 'it answered 503' },
            },
          ],
        });
        return answer;
      });
      const [{ waitingSince, lastFailure }] = told.body.receivers;
      expect(waitingSince).toBeGreaterThanOrEqual(before);
      expect(lastFailure.at).toBeGreaterThanOrEqual(waitingSince);
      for (const secret of ['/ill', SERVICE_TOKEN]) expect(told.text).not.toContain(secret);
    }));
});

describe('who may see them', () => {
  it('the site token and inspectors of the VDN, no other agent and nobody else [PU-15]', () =>
    withReceiver({}, async (gateway) => {
      await gateway.withStore((opened) => opened.claimSiteToken(systemSecrets.hashToken(SITE_TOKEN)));
      const inspector = await gateway.client.signIn(201);
      const agent = await gateway.client.signIn(202);
      expect((await list(gateway, inspector)).status).toBe(200);
      expect((await list(gateway, inspector, '2')).status).toBe(403);
      expect((await list(gateway, agent)).status).toBe(403);
      expect((await list(gateway, 'nonsense')).status).toBe(401);
      for (const vdn of ['2', '0', 'x']) expect((await list(gateway, SITE_TOKEN, vdn)).status).toBe(404);
    }));
});
