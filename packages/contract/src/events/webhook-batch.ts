import { type Static, Type } from 'typebox';
import { EPOCH_MS, VDN_ID } from '../operations/result-values.ts';
import { POSITION_PATTERN } from './event-position.ts';
import { WireEvent } from './wire-event.ts';

/** Most events of one request to a webhook. */
export const MOST_EVENTS_A_BATCH = 100;
/** Header of a request to a webhook that proves who sent it (rule WH-8). */
export const WEBHOOK_SIGNATURE_HEADER = 'Rollcall-Signature';

const Position = Type.String({ pattern: POSITION_PATTERN, examples: ['f801cb75711c.1041'] });

/** An event as a webhook is sent it. */
export const WebhookEvent = Type.Object({
  feedPosition: Position,
  agent: Type.Integer({ minimum: 101, examples: [291] }),
  position: Position,
  at: EPOCH_MS,
  event: WireEvent,
});
export type WebhookEvent = Static<typeof WebhookEvent>;

/** Body of a request to a webhook (rule WH-6). */
export const WebhookBatch = Type.Object({
  vdn: VDN_ID,
  webhook: Type.Integer({ minimum: 1, examples: [3] }),
  replay: Type.Boolean({ examples: [false] }),
  events: Type.Array(WebhookEvent, { minItems: 1, maxItems: MOST_EVENTS_A_BATCH }),
});
export type WebhookBatch = Static<typeof WebhookBatch>;
