import { MOST_EVENTS_A_BATCH, positionToText, type WebhookEvent } from '@rollcall/contract';
import type { FeedEvent, FeedPortion } from '../../storage/feed-store.ts';
import type { WebhookKey } from '../../storage/webhook-store.ts';
import { toSiteEvent } from '../wire-events.ts';

export { MOST_EVENTS_A_BATCH };

/** So long may a body be, unless one event alone is longer (rule WH-6). */
const LONGEST_BODY_BYTES = 64 * 1024;

/** What one request carries. */
export interface Batch {
  readonly body: string;
  /** Feed position of its last event, and of whatever lies before the next. */
  readonly upTo: number;
}

interface BatchFacts extends WebhookKey {
  readonly epoch: string;
  readonly isReplay: boolean;
}

/** A batch of as many events as fit; null where the portion has none. */
export function batchOf({ events, upTo }: FeedPortion<FeedEvent>, facts: BatchFacts): Batch | null {
  const head = JSON.stringify({
    vdn: facts.tenantId,
    webhook: facts.webhookId,
    replay: facts.isReplay,
    events: [],
  });
  const texts: string[] = [];
  let bytes = Buffer.byteLength(head);
  for (const event of events.slice(0, MOST_EVENTS_A_BATCH)) {
    const text = JSON.stringify(webhookEventOf(event, facts.epoch));
    bytes += Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes > LONGEST_BODY_BYTES) break;
    texts.push(text);
  }
  if (texts.length === 0) return null;
  const last = texts.length === events.length ? upTo : events[texts.length - 1]?.position;
  return { body: head.replace(/\]\}$/, () => `${texts.join(',')}]}`), upTo: last ?? upTo };
}

function webhookEventOf(
  { position, workNumber, sequence, at, event }: FeedEvent,
  epoch: string,
): WebhookEvent {
  return {
    feedPosition: positionToText({ epoch, sequence: position }),
    agent: workNumber,
    position: positionToText({ epoch, sequence }),
    at,
    event: toSiteEvent(event, workNumber),
  };
}
