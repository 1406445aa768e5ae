import { type Static, Type } from 'typebox';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { VDN_ID } from '../operations/result-values.ts';

/** More agents than this are not named or found by one call. */
export const MOST_FORCED = 5_000;

const WorkNumber = Type.Integer({ minimum: 101, maximum: 999_999 });
const Closed = { additionalProperties: false };

/** What is to be done to each agent. */
const Act = Type.Union([
  Type.Object(
    { kind: Type.Union([Type.Literal('ready'), Type.Literal('notReady'), Type.Literal('signOut')]) },
    Closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('rest'),
      seconds: Type.Integer({ minimum: 1, maximum: 86_399 }),
      reason: Type.Integer({ minimum: 0, maximum: 255 }),
    },
    Closed,
  ),
]);

const Targets = Type.Union([
  Type.Object(
    {
      agents: Type.Array(
        Type.Object(
          { agent: WorkNumber, ifPosition: Type.Optional(Type.String({ pattern: POSITION_PATTERN })) },
          Closed,
        ),
        { minItems: 1, maxItems: MOST_FORCED },
      ),
    },
    Closed,
  ),
  Type.Object(
    {
      filter: Type.Object(
        {
          group: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
          skillQueue: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
          state: Type.Optional(
            Type.Union([
              Type.Literal('ready'),
              Type.Literal('notReady'),
              Type.Literal('resting'),
              Type.Literal('wrapUp'),
              Type.Literal('engaged'),
            ]),
          ),
        },
        Closed,
      ),
    },
    Closed,
  ),
]);

/** Body of `POST /api/v1/vdns/{vdn}/agents:force`. */
export const ForceAgentsBody = Type.Object(
  { act: Act, targets: Targets, dryRun: Type.Optional(Type.Boolean()) },
  Closed,
);
export type ForceAgentsBody = Static<typeof ForceAgentsBody>;

/** What became of one agent. */
export const FORCE_OUTCOMES = [
  'done',
  'signedOut',
  'notPossibleNow',
  'changedMeanwhile',
  'noSuchAgent',
  'noRight',
  'itself',
  'unknown',
  'failed',
] as const;

/** One agent's line in the answer. */
export const ForcedAgent = Type.Object({
  agent: Type.Integer({ minimum: 1, examples: [291] }),
  outcome: Type.Enum([...FORCE_OUTCOMES], { examples: ['done'] }),
  position: Type.Union(
    [Type.String({ pattern: POSITION_PATTERN, examples: ['f801cb75711c.15'] }), Type.Null()],
    {
      description: "The newest of the agent's log; null where it was not looked at.",
    },
  ),
});

/** What `agents:force` answers. */
export const ForceAgentsAnswer = Type.Object({
  vdn: VDN_ID,
  dryRun: Type.Boolean({ examples: [false] }),
  results: Type.Array(ForcedAgent, { maxItems: MOST_FORCED }),
});
export type ForceAgentsAnswer = Static<typeof ForceAgentsAnswer>;
