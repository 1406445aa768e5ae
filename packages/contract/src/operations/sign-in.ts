import { type Static, Type } from 'typebox';
import type { ResultCode } from '../result-codes.ts';
import type { Operation } from './operation.ts';
import { flag, oneOf, PHONE, text } from './parameters.ts';
import { EPOCH_MS_TEXT, MEDIA, VDN_ID, WORKNO } from './result-values.ts';

/** Characters of an account name, at most. */
export const LONGEST_ACCOUNT = 64;

const DOTTED_IPV4 = '^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}$';

/** The fields that every sign-in has behind its phone, in the order in which their faults are answered. */
const SESSION_FIELDS = {
  autoanswer: flag(true),
  autoenteridle: flag(true),
  releasephone: flag(true),
  agenttype: oneOf([4, 11], { default: 4, refusal: '100-012' }),
  status: oneOf([3, 4, 5], { default: 4 }),
  ip: text({ maxLength: 15, pattern: DOTTED_IPV4, default: '127.0.0.1', refusal: '100-016' }),
  entryIp: Type.Optional(text({ maxLength: 64 })),
  phonelinkage: flag(false),
  checkInWebm: flag(true),
  checkInMailm: flag(false),
  vcPhoneNumber: Type.Optional(text(PHONE)),
  listenStatus: flag(false),
};
const PASSWORD = text({ maxLength: 32, keyMandatory: true, refusal: '100-001' });

/** Body of loginex and forceloginex; the order is the order in which faults are answered. */
export const SignInBody = Type.Object({
  password: PASSWORD,
  phonenum: Type.Optional(text(PHONE)),
  ...SESSION_FIELDS,
});
export type SignInBody = Static<typeof SignInBody>;

/** Body of forceloginexwithoutphone: a phone that is sent all the same is not looked at. */
export const PhonelessSignInBody = Type.Object({ password: PASSWORD, ...SESSION_FIELDS });
export type PhonelessSignInBody = Static<typeof PhonelessSignInBody>;

/** Where a client that cannot poll would have its events sent. */
const PUSH_FIELDS = {
  callBackUri: Type.Optional(text({ maxLength: 200 })),
  serviceToken: Type.Optional(text({ maxLength: 50, pattern: '^[A-Za-z0-9_-]*$' })),
  pushUrl: Type.Optional(text({ maxLength: 512 })),
};

/** Body of login: a seat is taken, so a phone must be there. */
export const SeatedSignInBody = Type.Object({
  password: PASSWORD,
  phonenum: text({ ...PHONE, valueMandatory: true, refusal: '100-013' }),
  ...SESSION_FIELDS,
  ...PUSH_FIELDS,
});
export type SeatedSignInBody = Static<typeof SeatedSignInBody>;

/** Body of forcelogin: as login, but the phone stays off-hook between calls unless asked otherwise. */
const ForcedSeatedSignInBody = Type.Object({
  ...SeatedSignInBody.properties,
  releasephone: flag(false),
});

/** Body of loginbyaccount: the account stands for the agent number, and the phone may be left out. */
export const AccountSignInBody = Type.Object({
  account: text({ maxLength: LONGEST_ACCOUNT, valueMandatory: true }),
  password: PASSWORD,
  phonenum: Type.Optional(text(PHONE)),
  ...SESSION_FIELDS,
  ...PUSH_FIELDS,
});
export type AccountSignInBody = Static<typeof AccountSignInBody>;

/** What a successful sign-in answers, keys in the order of the wire. */
export const SignInResult = Type.Object({
  vdnid: VDN_ID,
  workno: WORKNO,
  mediatype: MEDIA,
  loginTime: EPOCH_MS_TEXT,
  isForceChange: Type.Enum(['true', 'false'], {
    description: '"true": the password must be changed.',
    examples: ['false'],
  }),
  serverName: Type.String({ examples: ['AgentGateway'] }),
  timeRemaining: Type.String({
    pattern: '^[0-9]{0,3}$',
    description: 'Whole days that the password is valid; empty: it never expires.',
    examples: ['9'],
  }),
});
export type SignInResult = Static<typeof SignInResult>;

const SIGN_IN_CODES: readonly ResultCode[] = [
  '0',
  '100-001',
  '100-002',
  '100-003',
  '100-004',
  '100-007',
  '100-012',
  '100-015',
  '100-016',
  '110-016',
  '999-001',
];

export const loginEx = {
  logName: 'loginEx',
  method: 'PUT',
  path: '/onlineagent/{agentid}/loginex',
  access: 'password',
  body: SignInBody,
  result: SignInResult,
  givesToken: true,
  parameterCode: '100-001',
  resultCodes: SIGN_IN_CODES,
} as const satisfies Operation;

export const forceLoginEx = {
  ...loginEx,
  logName: 'forceLoginEx',
  path: '/onlineagent/{agentid}/forceloginex',
} as const satisfies Operation;

export const forceLoginExWithoutPhone = {
  ...loginEx,
  logName: 'forceLoginExWithoutPhone',
  path: '/onlineagent/{agentid}/forceloginexwithoutphone',
  body: PhonelessSignInBody,
} as const satisfies Operation;

export const login = {
  logName: 'login',
  method: 'PUT',
  path: '/onlineagent/{agentid}',
  access: 'password',
  body: SeatedSignInBody,
  result: SignInResult,
  givesToken: true,
  parameterCode: '100-011',
  resultCodes: [...SIGN_IN_CODES, '100-011', '100-013', '100-014', '110-021'],
} as const satisfies Operation;

export const forceLogin = {
  ...login,
  logName: 'forceLogin',
  path: '/onlineagent/{agentid}/forcelogin',
  body: ForcedSeatedSignInBody,
} as const satisfies Operation;

export const loginByAccount = {
  logName: 'loginByAccount',
  method: 'PUT',
  path: '/onlineagent/loginbyaccount',
  access: 'account',
  body: AccountSignInBody,
  result: SignInResult,
  givesToken: true,
  parameterCode: '100-060',
  anyOtherCode: '100-060',
  resultCodes: ['0', '100-060', '100-061', '100-062'],
} as const satisfies Operation;
