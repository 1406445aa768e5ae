import { type TSchema, Type } from 'typebox';

/** An agent's number in an answer, where it is text. */
export const WORKNO = Type.String({ pattern: '^[1-9][0-9]{2,5}$', examples: ['291'] });
/** A moment as text. */
export const EPOCH_MS_TEXT = Type.String({
  pattern: '^[0-9]{1,15}$',
  description: 'Epoch milliseconds.',
  examples: ['1792870000000'],
});
export const EPOCH_MS = Type.Integer({
  minimum: 0,
  description: 'Epoch milliseconds.',
  examples: [1_792_870_000_000],
});
export const SECONDS = Type.Integer({ minimum: 0, description: 'Seconds.', examples: [90] });
export const NAME = Type.String({ examples: ['Agent 291'] });
export const COUNT = Type.Integer({ minimum: 0, examples: [2] });
export const VDN_ID = Type.Integer({ minimum: 1, maximum: 65_535, examples: [1] });
export const MEDIA = Type.String({
  pattern: '^[TF]{3}$',
  description: 'T or F for CTI server, text chat and mail.',
  examples: ['TTF'],
});
export const MEDIA_NUMBER = Type.Integer({ enum: [1, 5], description: '1 text, 5 voice.', examples: [5] });
export const STATUS = Type.Integer({
  enum: [2, 3, 4, 5, 7, 8, 9],
  description:
    '2 signed out, 3 not ready, 4 ready, 5 wrap-up, 7 engaged, 8 resting, 9 engaged or in wrap-up with a rest pending.',
  examples: [4],
});
export const CTI_STATUS = Type.Integer({
  enum: [0, 1, 2, 4, 6, 7, 8],
  description: '0 signed out, 1 ready, 2 a contact is offered, 4 talking, 6 wrap-up, 7 not ready, 8 resting.',
  examples: [1],
});

/** A list of rows. */
export function listOf<Row extends TSchema>(row: Row) {
  return Type.Array(row);
}
