import { createHmac } from 'node:crypto';
import type { WebhookSecrets } from '../../domain/webhook/webhook.ts';

/** Proves who sent a body and when, once for each secret that is good (rules WH-8, WH-9). */
export function signatureOf(body: string, atS: number, { secret, oldSecret }: WebhookSecrets): string {
  const keys = oldSecret === null ? [secret] : [secret, oldSecret.secret];
  const proofs = keys.map((key) => `v1=${createHmac('sha256', key).update(`${atS}.${body}`).digest('hex')}`);
  return [`t=${atS}`, ...proofs].join(',');
}
