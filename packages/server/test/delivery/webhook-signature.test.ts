import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { signatureOf } from '../../src/delivery/webhooks/signature.ts';

const SECRET = 'whsec_3vJ0mY1u5Zr8QbXo2pTgKc7nWd4sHfLa6iEyN9xRtUk';
const AT_S = 1_792_870_001;

function page(path: string): string {
  return readFileSync(new URL(`../../../../docs/${path}`, import.meta.url), 'utf8');
}

it('the rule and the example of the API are signed as they say [WH-8]', () => {
  const [, proof] = /`(v1=[0-9a-f]{64})`/.exec(page('spec/webhooks.md')) ?? [];
  expect(signatureOf('{"vdn":1}', AT_S, { secret: SECRET, oldSecret: null })).toBe(`t=${AT_S},${proof}`);
  const [, header, body = ''] = /^Rollcall-Signature: (\S+)\n\n(.*?)\n```/ms.exec(page('api.md')) ?? [];
  expect(signatureOf(body.replaceAll(/\n */g, ''), AT_S, { secret: SECRET, oldSecret: null })).toBe(header);
});
