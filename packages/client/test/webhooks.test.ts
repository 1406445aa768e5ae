import { createHmac } from 'node:crypto';
import { verifyWebhook, type WebhookBatch } from '@rollcall/client';
import type { WebhookBatch as ContractBatch } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { withWebhookSite } from '../../server/test/gateway/webhooks/webhook-site.ts';
import { eventually } from '../../server/test/support/eventually.ts';

const SECRET = 'whsec_3vJ0mY1u5Zr8QbXo2pTgKc7nWd4sHfLa6iEyN9xRtUk';
const NOW_S = 1_792_870_001;
const BODY =
  '{"vdn":1,"webhook":3,"replay":false,"events":[{"agent":291,"event":{"eventType":"ä\u{1F600}"}}]}';

function proof(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

function verify(signature: string | undefined, changes: object = {}) {
  return verifyWebhook({ secret: SECRET, signature, body: BODY, nowMs: NOW_S * 1_000, ...changes });
}

describe('a request to a webhook', () => {
  const own = proof(SECRET, `${NOW_S}.${BODY}`);
  const other = proof('whsec_other', `${NOW_S}.${BODY}`);

  it('is genuine by either of the secrets that it is signed with, as text and as bytes [CL-27]', async () => {
    const genuine = { kind: 'genuine', batch: JSON.parse(BODY) };
    expect(await verify(`t=${NOW_S},v1=${own}`)).toEqual(genuine);
    expect(await verify(`t=${NOW_S},v1=${other},v1=${own}`)).toEqual(genuine);
    expect(await verify(`t=${NOW_S},v1=${own}`, { body: Buffer.from(BODY) })).toEqual(genuine);
  });

  it('is genuine as the example of the rule is signed [CL-27]', async () => {
    const example = '3200194e52e6443c123d82f1678f6dc27bd46734c0ddcad705fc9b7d69a5403e';
    const body = '{"vdn":1}';
    expect(await verify(`t=${NOW_S},v1=${example}`, { body })).toEqual({
      kind: 'genuine',
      batch: { vdn: 1 },
    });
  });

  const late = { body: BODY, signature: `t=${NOW_S},v1=${own}` };

  it.each([
    ['without a signature', { signature: undefined }, 'noSignature'],
    ['with half a signature', { signature: `t=${NOW_S}` }, 'noSignature'],
    ['with more behind it', { signature: `t=${NOW_S},v1=${own}, v1=x` }, 'noSignature'],
    ['by another secret', { signature: `t=${NOW_S},v1=${other}` }, 'forged'],
    ['with another body', { signature: `t=${NOW_S},v1=${own}`, body: `${BODY} ` }, 'forged'],
    ['with another time', { signature: `t=${NOW_S + 1},v1=${own}` }, 'forged'],
    ['sent again later', { ...late, nowMs: (NOW_S + 301) * 1_000 }, 'untimely'],
    ['from the future', { ...late, nowMs: (NOW_S - 301) * 1_000 }, 'untimely'],
    ['late for a strict receiver', { ...late, nowMs: (NOW_S + 2) * 1_000, toleranceS: 1 }, 'untimely'],
  ])('%s is rejected [CL-27]', async (_case, request, reason) => {
    expect(await verify(undefined, request)).toEqual({ kind: 'rejected', reason });
  });

  it('of a real gateway is genuine, and brings what the contract says [CL-27]', async () => {
    await withWebhookSite({}, async (site) => {
      const receiver = await site.receiver();
      const { secret } = await site.add(receiver.url());
      await site.gateway.client.signIn(291);
      await eventually(() => expect(receiver.heard).not.toEqual([]));
      const [{ headers, body } = expect.fail('nothing was heard')] = receiver.heard;
      const signature = String(headers['rollcall-signature']);
      const verdict = await verifyWebhook({ secret, signature, body });
      const sent: ContractBatch = JSON.parse(body);
      const batch: WebhookBatch = sent;
      expect(verdict).toEqual({ kind: 'genuine', batch });
      expect(batch.events[0]?.event.eventType).toBe('AgentOther_InService');
    });
  });
});
