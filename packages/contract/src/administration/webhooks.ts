import { type Static, Type } from 'typebox';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { COUNT, EPOCH_MS, VDN_ID } from '../operations/result-values.ts';

/** More dead letters than this are not listed by one call. */
export const MOST_LISTED_DEAD_LETTERS = 100;

const Closed = { additionalProperties: false };
const DAYS_7_S = 7 * 86_400;

const Id = Type.Integer({ minimum: 1, maximum: 2 ** 53 - 1, examples: [3] });
const Position = Type.String({ pattern: POSITION_PATTERN, examples: ['f801cb75711c.1041'] });
const Url = Type.String({ minLength: 1, maxLength: 2_000, examples: ['https://wfm.example/rollcall'] });
const Secret = Type.String({
  pattern: '^whsec_[A-Za-z0-9_-]{43}$',
  description: 'The key of the signatures. Shown this once.',
  examples: ['whsec_3vJ0mY1u5Zr8QbXo2pTgKc7nWd4sHfLa6iEyN9xRtUk'],
});
const DeadLetterAfterS = Type.Integer({
  minimum: 60,
  maximum: DAYS_7_S,
  description: 'Seconds of failures after which a batch becomes a dead letter.',
  examples: [86_400],
});
const MaybeMoment = Type.Union([Type.Integer({ minimum: 0, examples: [1_792_872_000_000] }), Type.Null()], {
  description: 'Epoch milliseconds.',
});

/** How an attempt ended; `status` null: no answer came, `fault` says why. */
const Attempt = {
  status: Type.Union([Type.Integer({ minimum: 100, maximum: 999, examples: [503] }), Type.Null()]),
  fault: Type.Union([Type.String({ examples: ['no answer within 10 s'] }), Type.Null()], {
    examples: [null],
  }),
};

/** A webhook, as it is listed (rule WH-20). */
export const WebhookRow = Type.Object({
  webhook: Id,
  url: Url,
  created: EPOCH_MS,
  state: Type.Enum(['active', 'paused', 'gone'], {
    description: '`gone`: paused because its receiver answered 410.',
    examples: ['active'],
  }),
  deadLetterAfterS: DeadLetterAfterS,
  oldSecretUntil: MaybeMoment,
  received: Position,
  behind: COUNT,
  lastAttempt: Type.Union([Type.Object({ at: EPOCH_MS, ...Attempt }), Type.Null()]),
  failingSince: MaybeMoment,
  deadLetters: COUNT,
  replays: COUNT,
});
export type WebhookRow = Static<typeof WebhookRow>;

export const WebhooksAnswer = Type.Object({ vdn: VDN_ID, webhooks: Type.Array(WebhookRow) });
export type WebhooksAnswer = Static<typeof WebhooksAnswer>;

/** Body of `POST /api/v1/vdns/{vdn}/webhooks`. */
export const AddWebhookBody = Type.Object(
  {
    url: Url,
    from: Type.Optional(Position),
    deadLetterAfterS: Type.Optional(DeadLetterAfterS),
    paused: Type.Optional(Type.Boolean()),
  },
  Closed,
);
export type AddWebhookBody = Static<typeof AddWebhookBody>;

/** A webhook with its secret: of a new one, or a new secret of one. */
export const WebhookSecretAnswer = Type.Object({ webhook: WebhookRow, secret: Secret });
export type WebhookSecretAnswer = Static<typeof WebhookSecretAnswer>;

/** Body of `PATCH …/webhooks/{webhook}`. */
export const ChangeWebhookBody = Type.Object(
  {
    url: Type.Optional(Url),
    deadLetterAfterS: Type.Optional(DeadLetterAfterS),
    paused: Type.Optional(Type.Boolean()),
  },
  { ...Closed, minProperties: 1 },
);
export type ChangeWebhookBody = Static<typeof ChangeWebhookBody>;

export const WebhookAnswer = Type.Object({ webhook: WebhookRow });
export type WebhookAnswer = Static<typeof WebhookAnswer>;

/** What `DELETE …/webhooks/{webhook}` answers. */
export const RemovedWebhookAnswer = Type.Object({ removed: Id });
export type RemovedWebhookAnswer = Static<typeof RemovedWebhookAnswer>;

/** Body of `POST …/webhooks/{webhook}/rotate`. */
export const RotateSecretBody = Type.Object(
  { oldSecretForS: Type.Optional(Type.Integer({ minimum: 0, maximum: DAYS_7_S })) },
  Closed,
);
export type RotateSecretBody = Static<typeof RotateSecretBody>;

/** A part of the feed that was not received. */
export const DeadLetterRow = Type.Object({
  deadLetter: Id,
  from: Position,
  to: Position,
  failures: COUNT,
  failingSince: EPOCH_MS,
  made: EPOCH_MS,
  ...Attempt,
});
export type DeadLetterRow = Static<typeof DeadLetterRow>;

export const DeadLettersAnswer = Type.Object({
  vdn: VDN_ID,
  webhook: Id,
  deadLetters: Type.Array(DeadLetterRow, { maxItems: MOST_LISTED_DEAD_LETTERS }),
  next: Type.Union([Type.Null(), Id], {
    description: 'The `after` to ask with for the rest; null: this is all.',
    examples: [null],
  }),
});
export type DeadLettersAnswer = Static<typeof DeadLettersAnswer>;

/** Body of `POST …/webhooks/{webhook}/replay`. */
export const ReplayBody = Type.Union([
  Type.Object({ deadLetter: Id }, Closed),
  Type.Object({ from: Position, to: Position }, Closed),
]);
export type ReplayBody = Static<typeof ReplayBody>;

export const ReplayAnswer = Type.Object({ webhook: Id, from: Position, to: Position });
export type ReplayAnswer = Static<typeof ReplayAnswer>;
