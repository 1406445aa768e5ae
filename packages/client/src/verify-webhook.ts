import type { AgentEvent } from './agent-event.ts';

/** An event as a webhook is sent it. */
export interface WebhookEvent {
  /** Its place in the VDN's feed: dense, so that what is sent again is passed over, and what is missing is noticed. */
  readonly feedPosition: string;
  readonly agent: number;
  /** Its place in its agent's log. */
  readonly position: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly event: AgentEvent;
}

/** What one request to a webhook brings. */
export interface WebhookBatch {
  readonly vdn: number;
  readonly webhook: number;
  /** Somebody asked for these events again. */
  readonly replay: boolean;
  readonly events: readonly WebhookEvent[];
}

/** Whether a request came from the gateway; `untimely` is one that is too old, as when somebody sends it again. */
export type WebhookVerdict =
  | { readonly kind: 'genuine'; readonly batch: WebhookBatch }
  | { readonly kind: 'rejected'; readonly reason: 'noSignature' | 'untimely' | 'forged' };

export interface WebhookRequest {
  /** The webhook's secret as it was shown, `whsec_` included. */
  readonly secret: string;
  /** The header `Rollcall-Signature`. */
  readonly signature: string | null | undefined;
  /** The body as it came, byte for byte. */
  readonly body: string | Uint8Array;
  /** How far the sender's clock and this one may be apart, in seconds; five minutes when left out. */
  readonly toleranceS?: number;
  /** This clock's time; now when left out. */
  readonly nowMs?: number;
}

const HEADER = /^t=([0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,4})$/;
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

/** Proves that a request to a webhook came from the gateway, unchanged and just now, and reads it (rule CL-27). */
export async function verifyWebhook(request: WebhookRequest): Promise<WebhookVerdict> {
  const { secret, signature, body, toleranceS = 300, nowMs = Date.now() } = request;
  const [, time, proofs] = HEADER.exec(signature ?? '') ?? [];
  if (time === undefined || proofs === undefined) return { kind: 'rejected', reason: 'noSignature' };
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${time}.`), bytes);
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, ['verify']);
  for (const proof of proofs.split(',v1=').slice(1)) {
    if (!(await crypto.subtle.verify(HMAC.name, key, bytesOf(proof), signed))) continue;
    if (Math.abs(Number(time) * 1_000 - nowMs) > toleranceS * 1_000) {
      return { kind: 'rejected', reason: 'untimely' };
    }
    return { kind: 'genuine', batch: JSON.parse(new TextDecoder().decode(bytes)) };
  }
  return { kind: 'rejected', reason: 'forged' };
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
