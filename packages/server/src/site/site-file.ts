import { LONGEST_ACCOUNT, LOWEST_WORK_NUMBER, WIDEST_WORK_NUMBER } from '@rollcall/contract';
import { type Static, Type } from 'typebox';

const Label = Type.String({ minLength: 1, maxLength: 64 });
const SmallId = Type.Integer({ minimum: 1, maximum: 65_535 });
const Seats = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const Seconds = (defaultS: number, range: { minimum: number; maximum: number }) =>
  Type.Integer({ ...range, default: defaultS });
const Media = Type.Union([Type.Literal('voice'), Type.Literal('text')]);
const Closed = { additionalProperties: false };

/** The rules a tenant sets for its agents; each has a safe default. */
const TenantPolicySchema = Type.Object(
  {
    displacement: Type.Union([Type.Literal('allowed'), Type.Literal('forbidden')], {
      default: 'allowed',
      description: 'Whether a forced sign-in may end a live session of the same agent.',
    }),
    phoneRange: Type.Union(
      [
        Type.Object({ from: Type.Integer({ minimum: 0 }), to: Type.Integer({ minimum: 0 }) }, Closed),
        Type.Null(),
      ],
      { default: null, description: 'Phone numbers an agent may sign in with; null: any.' },
    ),
    phoneInUse: Type.Union([Type.Literal('refuse'), Type.Literal('takeOver'), Type.Literal('share')], {
      default: 'refuse',
      description:
        'What becomes of a sign-in with a phone that another session holds: it is refused, it takes the phone over, ' +
        'or both hold it. A session whose events nobody reads (lease.attentionS) loses its phone in any case.',
    }),
    lease: Type.Object(
      {
        lifeS: Seconds(120, { minimum: 30, maximum: 3_600 }),
        attentionS: Seconds(75, { minimum: 20, maximum: 3_600 }),
        pushAttentionS: Seconds(130, { minimum: 20, maximum: 3_600 }),
        longestS: Seconds(86_400, { minimum: 3_600, maximum: 604_800 }),
      },
      {
        ...Closed,
        default: {},
        description:
          'Seconds after which a session ends without any request of its client (lifeS), is suspect when its events ' +
          'are not read (attentionS), or without a handshake where they are sent (pushAttentionS), and ends whatever its ' +
          'client does (longestS).',
      },
    ),
    mediaRegistration: Type.Union([Type.Literal('asAsked'), Type.Literal('none')], {
      default: 'asAsked',
      description:
        'What a sign-in to the CCS answers about text chat: the registration asked for, or none ever.',
    }),
    emptyPasswords: Type.Union([Type.Literal('allowed'), Type.Literal('forbidden')], {
      default: 'forbidden',
      description: 'Whether an account may have an empty password. Reported at every start.',
    }),
    passwordValidityDays: Type.Union([Type.Integer({ minimum: 1, maximum: 180 }), Type.Literal('never')], {
      default: 90,
      description: 'Days until a password expires. "never" is reported at every start.',
    }),
    firstPasswordChange: Type.Union([Type.Literal('forced'), Type.Literal('optional')], {
      default: 'forced',
      description: 'Whether a new account must change its password. "optional" is reported at every start.',
    }),
    wrapUpLimitS: Type.Union([Type.Integer({ minimum: 1, maximum: 86_399 }), Type.Null()], {
      default: null,
      description: 'Seconds after which a wrap-up ends by itself; null: it does not.',
    }),
    wrapUpAfterHangUp: Type.Union([Type.Literal('on'), Type.Literal('off')], {
      default: 'on',
      description:
        'Whether an agent whose phone hangs up after calls (releasephone) goes into wrap-up after each, whatever ' +
        'autoenteridle says.',
    }),
    licence: Type.Object(
      { agentSeats: Seats, videoSeats: Seats },
      { ...Closed, default: { agentSeats: 0, videoSeats: 0 } },
    ),
  },
  Closed,
);

const AgentDefinitionSchema = Type.Object(
  {
    workNumber: Type.Integer({ minimum: LOWEST_WORK_NUMBER, maximum: WIDEST_WORK_NUMBER }),
    name: Label,
    account: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LONGEST_ACCOUNT,
        // A number alone would be taken for an agent number by those who read it.
        pattern: '^(?! )[^\\p{Cc}]*[^\\p{Cc}0-9][^\\p{Cc}]*(?<! )$',
        description:
          'A name to sign in with instead of the number; unique in the installation, whatever its capital letters.',
      }),
    ),
    group: Type.Optional(SmallId),
    skillQueues: Type.Array(SmallId, { default: [], maxItems: 64, uniqueItems: true }),
    phone: Type.Optional(Type.String({ minLength: 1, maxLength: 24 })),
    role: Type.Union([Type.Literal('agent'), Type.Literal('supervisor')], { default: 'agent' }),
    rights: Type.Array(
      Type.Union([
        Type.Literal('watchVdn'),
        Type.Literal('system'),
        Type.Literal('callOut'),
        Type.Literal('pickUp'),
        Type.Literal('spyMonitor'),
        Type.Literal('reportManager'),
      ]),
      {
        default: [],
        uniqueItems: true,
        description:
          'watchVdn: a supervisor watches every agent of the VDN, not only its groups. system: queries about the ' +
          'installation. The others are told to clients that ask for them.',
      },
    ),
    enabled: Type.Boolean({ default: true }),
    firstPassword: Type.Union([Type.Literal('generated'), Type.Literal('empty')], {
      default: 'generated',
      description: 'How the password of a new account is made; an account that exists keeps its own.',
    }),
    firstPasswordChange: Type.Optional(Type.Union([Type.Literal('forced'), Type.Literal('optional')])),
  },
  Closed,
);

const TenantProperties = {
  tenantId: Type.Integer({ minimum: 1, maximum: 65_535 }),
  name: Label,
  timeZone: Type.String({
    minLength: 1,
    maxLength: 64,
    default: 'UTC',
    description: 'IANA name of the time zone in which the days of reports begin and end.',
  }),
  policy: Type.Partial(TenantPolicySchema, { ...Closed, default: {} }),
  groups: Type.Array(
    Type.Object({ groupId: SmallId, name: Label, supervisor: Type.Optional(Type.Integer()) }, Closed),
    {
      default: [],
      maxItems: 10_000,
    },
  ),
  skillQueues: Type.Array(
    Type.Object(
      {
        skillQueueId: SmallId,
        name: Label,
        media: Media,
      },
      Closed,
    ),
    { default: [], maxItems: 10_000 },
  ),
  accessCodes: Type.Array(
    Type.Object(
      {
        accessCodeId: SmallId,
        number: Type.String({ minLength: 1, maxLength: 24 }),
        description: Type.String({ maxLength: 64, default: '' }),
        media: Media,
      },
      Closed,
    ),
    { default: [], maxItems: 10_000 },
  ),
  ivrs: Type.Array(
    Type.Object(
      {
        ivrId: SmallId,
        number: Type.String({ minLength: 1, maxLength: 24 }),
        description: Type.String({ maxLength: 64, default: '' }),
        serviceNumber: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
      },
      Closed,
    ),
    { default: [], maxItems: 10_000 },
  ),
  notReadyReasons: Type.Array(
    Type.Object({ reason: Type.Integer({ minimum: 200, maximum: 250 }), label: Label }, Closed),
    { default: [], maxItems: 51 },
  ),
  restReasons: Type.Array(
    Type.Object({ reason: Type.Integer({ minimum: 0, maximum: 255 }), label: Label }, Closed),
    { default: [], maxItems: 256 },
  ),
};

/** One file that describes a whole site. Demo data, test fixtures and imports are read by the same loader. */
export const SiteFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    tenants: Type.Array(
      Type.Object(
        {
          ...TenantProperties,
          agents: Type.Array(AgentDefinitionSchema, { default: [], maxItems: WIDEST_WORK_NUMBER }),
        },
        Closed,
      ),
      { minItems: 1, maxItems: 10_000 },
    ),
  },
  { ...Closed, title: 'Rollcall site file' },
);

export type SiteFile = Static<typeof SiteFileSchema>;
export type AgentDefinition = Static<typeof AgentDefinitionSchema>;
export type TenantPolicySettings = Static<typeof TenantPolicySchema>;
/** A tenant without its agents, defaults applied. */
export type TenantDefinition = Omit<SiteFile['tenants'][number], 'agents' | 'policy'> & {
  readonly policy: TenantPolicySettings;
};
