import { type Static, Type } from 'typebox';
import { COUNT, EPOCH_MS, VDN_ID } from '../operations/result-values.ts';

/** A receiver to which events of a VDN's agents are sent (rule PU-15). */
export const PushReceiverRow = Type.Object({
  receiver: Type.String({
    description: 'What stands before the path of its URLs.',
    examples: ['https://crm.example'],
  }),
  sessions: COUNT,
  waiting: Type.Integer({
    minimum: 0,
    description: 'Sessions with events that it has not received yet.',
    examples: [2],
  }),
  waitingSince: Type.Union([Type.Integer({ minimum: 0, examples: [1_792_872_000_000] }), Type.Null()], {
    description: 'Epoch milliseconds of the oldest of these events.',
  }),
  lastFailure: Type.Union([
    Type.Object({ at: EPOCH_MS, why: Type.String({ examples: ['it answered 503'] }) }),
    Type.Null(),
  ]),
});

export const PushReceiversAnswer = Type.Object({ vdn: VDN_ID, receivers: Type.Array(PushReceiverRow) });
export type PushReceiversAnswer = Static<typeof PushReceiversAnswer>;
