import { POSITION_PATTERN } from '../events/event-position.ts';
import type { OpenApiParameter } from './open-api.ts';

/** Where a stream goes on, as browsers send it when they reconnect. */
export const LAST_EVENT_ID: OpenApiParameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'The `id` to go on behind, as browsers send it when they reconnect; comes before `after`.',
  schema: { type: 'string', pattern: POSITION_PATTERN },
};
