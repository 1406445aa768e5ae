import { type Static, Type } from 'typebox';
import { POSITION_PATTERN } from '../events/event-position.ts';
import { EPOCH_MS, VDN_ID } from '../operations/result-values.ts';
import { ForceAgentsAnswer, ForceAgentsBody } from './force-agents.ts';
import { PushReceiversAnswer } from './push-receivers.ts';
import { VdnFeedBlock } from './vdn-feed.ts';
import { WEBHOOK_CALLS, type WebhookCallSchemas } from './webhook-calls.ts';

/** Path below which the administration API lies. */
export const ADMINISTRATION_PATH = '/api/v1';

const WORK_NUMBER = Type.Integer({ minimum: 101, examples: [291] });
const STATE = Type.Enum(['ready', 'notReady', 'resting', 'wrapUp', 'engaged'], { examples: ['resting'] });
const DURATION_MS = Type.Integer({ minimum: 0, description: 'Milliseconds.', examples: [3_600_000] });
/** A moment that is asked for, or the bound of a day that is: nobody was signed in then. */
const ANY_MOMENT = Type.Integer({
  description: 'Epoch milliseconds; below 0 before 1970.',
  examples: [1_792_870_000_000],
});
const DAY_PATTERN = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
const DAY = Type.String({ pattern: DAY_PATTERN, examples: ['2026-10-25'] });

/** What `GET /api/v1/site` answers. */
export const SiteAnswer = Type.Object({
  version: Type.String({ examples: ['0.1.0'] }),
  state: Type.Enum(['starting', 'serving', 'draining'], { examples: ['serving'] }),
  serverName: Type.String({ examples: ['AgentGateway'] }),
  nodeName: Type.String({ examples: ['AgentGateway1'] }),
  vdns: Type.Array(Type.Object({ vdn: VDN_ID, name: Type.String({ examples: ['First'] }) })),
});
export type SiteAnswer = Static<typeof SiteAnswer>;

/** A time in one state for one reason. */
export const IntervalRow = Type.Object({
  session: Type.String({ examples: ['5b0c7f6e-0d7c-4c39-9d0f-3f4e0a3b1c2d'] }),
  state: STATE,
  reason: Type.Union([Type.Integer({ minimum: 0, examples: [1] }), Type.Null()], {
    description: 'Null where the state has none; 0 where the agent named none.',
  }),
  began: EPOCH_MS,
  ended: Type.Union([Type.Integer({ minimum: 0, examples: [1_792_872_000_000] }), Type.Null()], {
    description: 'Epoch milliseconds; null: it goes on.',
  }),
});

/** What an agent did, interval by interval. */
export const TimelineAnswer = Type.Object({
  vdn: VDN_ID,
  agent: WORK_NUMBER,
  from: ANY_MOMENT,
  to: EPOCH_MS,
  asOf: EPOCH_MS,
  intervals: Type.Array(IntervalRow, { maxItems: 1_000 }),
  next: Type.Union([Type.Null(), Type.Integer({ minimum: 0 })], {
    description: 'The `from` to ask with for the rest; null: this is all.',
    examples: [null],
  }),
});

/** One day of an agent, summed up. */
export const DayRow = Type.Object({
  day: DAY,
  from: ANY_MOMENT,
  to: ANY_MOMENT,
  signedInMs: DURATION_MS,
  states: Type.Object({
    ready: DURATION_MS,
    notReady: DURATION_MS,
    resting: DURATION_MS,
    wrapUp: DURATION_MS,
    engaged: DURATION_MS,
  }),
  reasons: Type.Array(
    Type.Object({
      state: STATE,
      reason: Type.Integer({ minimum: 0, examples: [1] }),
      label: Type.Union([Type.String({ examples: ['Lunch'] }), Type.Null()], {
        description: 'Null where the site has no name for the reason.',
      }),
      ms: DURATION_MS,
    }),
  ),
});

/** An agent's days. */
export const DaysAnswer = Type.Object({
  vdn: VDN_ID,
  agent: WORK_NUMBER,
  timeZone: Type.String({ examples: ['Europe/Berlin'] }),
  asOf: EPOCH_MS,
  days: Type.Array(DayRow, { maxItems: 62 }),
});

/** What a call that is not done answers. */
export const AdministrationRefusal = Type.Object({
  error: Type.Enum(['badRequest', 'unauthorized', 'forbidden', 'notFound', 'unavailable'], {
    examples: ['unauthorized'],
  }),
  message: Type.String({ examples: ['send the site token as `Authorization: Bearer <token>`'] }),
});

const MOMENT_PARAMETER = { type: 'string', pattern: '^[0-9]{1,15}$' } as const;
const DAY_PARAMETER = { type: 'string', pattern: DAY_PATTERN } as const;
const POSITION_PARAMETER = { type: 'string', pattern: POSITION_PATTERN } as const;

/** One call of the administration API. */
export interface AdministrationCallDescription {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly query: Readonly<
    Record<
      string,
      {
        readonly schema: { readonly type: 'string'; readonly pattern: string };
        readonly description: string;
      }
    >
  >;
  /** Of those that are sent something. */
  readonly body?: {
    readonly schema: typeof ForceAgentsBody | WebhookCallSchemas['body'];
    readonly example: object;
  };
  readonly answer:
    | typeof SiteAnswer
    | typeof TimelineAnswer
    | typeof DaysAnswer
    | typeof ForceAgentsAnswer
    | typeof PushReceiversAnswer
    | WebhookCallSchemas['answer']
    | typeof VdnFeedBlock;
  /** The answer comes block by block, as server-sent events. */
  readonly isStream?: boolean;
  readonly refusals: readonly (400 | 401 | 403 | 404 | 503)[];
}

/** Every call of the administration API. */
export const ADMINISTRATION_CALLS: readonly AdministrationCallDescription[] = [
  {
    id: 'getSite',
    method: 'get',
    path: '/site',
    summary: 'Tells what the site is',
    description: 'To an inspector with its own VDN alone.',
    query: {},
    answer: SiteAnswer,
    refusals: [401, 403, 503],
  },
  {
    id: 'getAgentTimeline',
    method: 'get',
    path: '/vdns/{vdn}/agents/{agent}/timeline',
    summary: 'Tells what an agent did, interval by interval',
    description:
      'Intervals that overlap the time are told whole, so the first may begin before `from`. At most 31 days, and 1,000 ' +
      'intervals an answer.',
    query: {
      from: { schema: MOMENT_PARAMETER, description: 'Epoch milliseconds; left out: 24 hours before `to`.' },
      to: { schema: MOMENT_PARAMETER, description: 'Epoch milliseconds; left out: now.' },
    },
    answer: TimelineAnswer,
    refusals: [400, 401, 403, 404, 503],
  },
  {
    id: 'getAgentDays',
    method: 'get',
    path: '/vdns/{vdn}/agents/{agent}/days',
    summary: "Sums up an agent's days",
    description: "Days are those of the VDN's time zone and may have 23 or 25 hours. At most 62 of them.",
    query: {
      from: { schema: DAY_PARAMETER, description: 'The first day; left out: today.' },
      to: { schema: DAY_PARAMETER, description: 'The last day, included; left out: today.' },
    },
    answer: DaysAnswer,
    refusals: [400, 401, 403, 404, 503],
  },
  {
    id: 'forceAgents',
    method: 'post',
    path: '/vdns/{vdn}/agents:force',
    summary: 'Does one act to many agents',
    description:
      'Each agent is decided for itself and has a result of its own. `targets` names agents, or a filter that finds ' +
      'signed-in ones; `ifPosition` keeps a late act from overwriting what its author did not see.',
    query: {},
    body: {
      schema: ForceAgentsBody,
      example: {
        act: { kind: 'rest', seconds: 600, reason: 1 },
        targets: { agents: [{ agent: 291, ifPosition: 'f801cb75711c.14' }, { agent: 292 }] },
      },
    },
    answer: ForceAgentsAnswer,
    refusals: [400, 401, 403, 404, 503],
  },
  {
    id: 'listPushReceivers',
    method: 'get',
    path: '/vdns/{vdn}/push-receivers',
    summary: 'Tells to whom events are sent, and who does not take them',
    description: 'Receivers that sign-ins named. Of each what stands before the path of its URLs, no more.',
    query: {},
    answer: PushReceiversAnswer,
    refusals: [401, 403, 404, 503],
  },
  ...WEBHOOK_CALLS,
  {
    id: 'getVdnFeed',
    method: 'get',
    path: '/vdns/{vdn}/feed',
    summary: 'Tells what all agents of the VDN do, then each change',
    description:
      'Server-sent events. A block `recovered`; then blocks `snapshot` with all agents, or, behind a place that can be ' +
      'continued, `changes` with those that have changed; then `changes` as they come. The `id` of a block is the place ' +
      'to go on behind (`Last-Event-ID`, or `after`). Last a block `end` with the reason.',
    query: {
      after: { schema: POSITION_PARAMETER, description: 'The `id` to go on behind; the header comes first.' },
    },
    answer: VdnFeedBlock,
    isStream: true,
    refusals: [400, 401, 403, 404, 503],
  },
];
