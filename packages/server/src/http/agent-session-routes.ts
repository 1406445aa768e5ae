import type {
  AccountSignInBody,
  DirectoryNumber,
  LoginTimeResult,
  PhonelessSignInBody,
  ResultCode,
  SeatedSignInBody,
  SignInResult,
} from '@rollcall/contract';
import type { SignInSettings } from '../domain/agent-session/agent-record.ts';
import type { SignOut } from '../domain/agent-session/commands.ts';
import type { AddressRules } from '../platform/address-rules.ts';
import { checkReceiverUrl } from '../platform/outbound-post.ts';
import type { AgentSessions } from '../services/agent-sessions.ts';
import type { Leases } from '../services/leases.ts';
import type { SignInName, SignInOutcome, SignInRequest, SignInService } from '../services/sign-in.ts';
import {
  type AgentlessCall,
  type AnySessionCall,
  type Call,
  fault,
  type Reply,
  refuse,
  type SessionCall,
} from './call.ts';
import { OUTCOME_UNKNOWN, replyToCommand, replyToRefusal } from './outcome-replies.ts';

/** How long a client should wait before it tries a sign-in again that was turned away under load. */
const RETRY_AFTER_S = 2;

interface AgentSessionRoutesParts {
  readonly signIns: SignInService;
  readonly sessions: AgentSessions;
  readonly leases: Pick<Leases, 'read'>;
  /** To which addresses events may be sent. */
  readonly receiverRules: AddressRules;
  readonly serverName: string;
}

/** What tells the sign-ins apart. */
interface SignInKind {
  readonly forced: boolean;
  /** A session with a seat signs in to the media server too. */
  readonly isSeated: boolean;
  readonly codes: SignInCodes;
}

/** Codes in which the sign-ins differ. */
interface SignInCodes {
  readonly locked: ResultCode;
  readonly wrong: ResultCode;
  /** A failure that locks. */
  readonly locks: ResultCode;
  readonly phoneOutsideRange: ResultCode;
}

const CCS: SignInCodes = {
  locked: '110-016',
  wrong: '100-004',
  locks: '100-004',
  phoneOutsideRange: '100-001',
};
const SEATED: SignInCodes = { ...CCS, locks: '110-021', phoneOutsideRange: '100-014' };
const ACCOUNT: SignInCodes = {
  locked: '100-061',
  wrong: '100-062',
  locks: '100-062',
  phoneOutsideRange: '100-060',
};

/** Any sign-in's body: a phone and a push address are not part of each. */
type AnySignInBody = PhonelessSignInBody & Partial<SeatedSignInBody>;

/** Signing in and out. */
export function agentSessionRoutes(parts: AgentSessionRoutesParts) {
  const { sessions, leases } = parts;
  const signOut = async (
    { identity }: AnySessionCall,
    how: Pick<SignOut, 'forced' | 'clientReason'>,
  ): Promise<Reply> => {
    if (identity.kind === 'ended') return refuse('100-008');
    const outcome = await sessions.signOut(identity, how);
    if (outcome.kind === 'repeated') return refuse('000-007');
    const isOver = outcome.kind === 'refused' && outcome.refusal.kind === 'sessionOver';
    return isOver ? refuse('100-008') : replyToCommand(outcome);
  };
  const tellLoginTime = async ({ live }: SessionCall): Promise<Reply> => {
    const present = await sessions.present(live);
    if (present === undefined) return refuse('100-006');
    // PU-12: who is sent events reads none, and shows by these calls that somebody attends to them.
    if (present.session.settings.eventPush !== undefined) leases.read(present.record);
    const result: LoginTimeResult = { loginTime: String(present.session.signedInAt) };
    return { kind: 'result', result };
  };
  const updateGuid = async ({ live }: SessionCall): Promise<Reply> => {
    const outcome = await sessions.renewToken(live, 'now');
    return outcome.kind === 'renewed'
      ? { kind: 'tokenRenewed', token: outcome.token }
      : replyToCommand(outcome);
  };
  return {
    updateGuid,
    login: signInRoute({ forced: false, isSeated: true, codes: SEATED }, parts),
    forceLogin: signInRoute({ forced: true, isSeated: true, codes: SEATED }, parts),
    loginEx: signInRoute({ forced: false, isSeated: false, codes: CCS }, parts),
    forceLoginEx: signInRoute({ forced: true, isSeated: false, codes: CCS }, parts),
    forceLoginExWithoutPhone: signInRoute({ forced: true, isSeated: false, codes: CCS }, parts),
    loginByAccount: (call: AgentlessCall, body: AccountSignInBody) =>
      signIn({ forced: false, isSeated: true, codes: ACCOUNT }, parts, {
        call,
        body,
        name: { kind: 'account', account: body.account },
      }),
    logout: (call: AnySessionCall) => signOut(call, { forced: false, clientReason: null }),
    forceLogout: (call: AnySessionCall) => signOut(call, { forced: true, clientReason: null }),
    forceLogoutWithReason: (call: AnySessionCall) =>
      signOut(call, { forced: true, clientReason: Number(call.pathParameters.reason) }),
    handShake: tellLoginTime,
    heartbeat: tellLoginTime,
  };
}

function signInRoute(kind: SignInKind, parts: AgentSessionRoutesParts) {
  return (call: Call, body: AnySignInBody): Promise<Reply> =>
    signIn(kind, parts, { call, body, name: { kind: 'workNumber', workNumber: call.workNumber } });
}

interface AskedSignIn {
  readonly call: AgentlessCall;
  readonly body: AnySignInBody;
  readonly name: SignInName;
}

async function signIn(
  { forced, isSeated, codes }: SignInKind,
  { signIns, receiverRules, serverName }: AgentSessionRoutesParts,
  { call: { peerAddress, trustedPeer, isGone }, body, name }: AskedSignIn,
): Promise<Reply> {
  const push = isSeated ? askedPush(body, receiverRules) : null;
  if (push === 'notAllowed') return refuse('100-001', 'push address not allowed');
  const viaPeer = trustedPeer === null ? {} : { viaPeer: trustedPeer.name };
  const eventPush = push === null ? {} : { eventPush: { form: push.form, receiver: push.receiver } };
  const settings = { ...settingsOf(body), ...viaPeer, ...eventPush };
  const seats = isSeated ? (settings.agentType === 'pcAndVideoPhone' ? 'agentAndVideo' : 'agent') : 'none';
  const caller = { name, peerAddress, isCallerGone: isGone };
  const request = { ...caller, forced, seats, password: body.password, settings, push } as const;
  return replyToSignIn(await signIns.signIn(request), { serverName, codes });
}

/** Where the events are to be sent; a half of the pair asks for nothing (rule SI-44). */
function askedPush(
  { callBackUri, serviceToken, pushUrl }: AnySignInBody,
  rules: AddressRules,
): SignInRequest['push'] | 'notAllowed' {
  const isPair = callBackUri !== undefined && serviceToken !== undefined;
  const asked = isPair ? callBackUri : pushUrl;
  if (asked === undefined) return null;
  const check = checkReceiverUrl(asked, rules);
  if (check.kind === 'refused') return 'notAllowed';
  const { href: url, origin: receiver } = check.url;
  return { form: isPair ? 'list' : 'single', url, receiver, receiverToken: isPair ? serviceToken : null };
}

/** The number by which old clients ask for a video phone. */
const VIDEO_AGENT = 11;

/** The wire's words and numbers for a sign-in, in our own terms. */
function settingsOf(body: AnySignInBody): SignInSettings {
  return {
    phoneNumber: (body.phonenum as DirectoryNumber | undefined) ?? null,
    autoAnswer: body.autoanswer,
    autoEnterReady: body.autoenteridle,
    releasePhone: body.releasephone,
    agentType: body.agenttype === VIDEO_AGENT ? 'pcAndVideoPhone' : 'pcAndPhone',
    initialState: body.status === 3 ? 'notReady' : body.status === 5 ? 'wrapUp' : 'ready',
    claimedIp: body.ip,
    entryAddress: body.entryIp ?? null,
    phoneLinkage: body.phonelinkage,
    registerTextChat: body.checkInWebm,
    registerMail: body.checkInMailm,
    videoNumber: body.vcPhoneNumber ?? null,
    watchSignIns: body.listenStatus,
  };
}

function replyToSignIn(
  outcome: SignInOutcome,
  { serverName, codes }: { serverName: string; codes: SignInCodes },
): Reply {
  switch (outcome.kind) {
    case 'signedIn':
      return { kind: 'signedIn', token: outcome.token, result: resultOf(outcome, serverName) };
    case 'callerGone':
      return refuse('100-007', 'the caller has gone');
    case 'noTenant':
      return refuse('999-001');
    case 'locked':
      return refuse(codes.locked);
    case 'wrongCredentials':
      return refuse(outcome.locks ? codes.locks : codes.wrong);
    case 'queueFull':
      return {
        ...refuse('100-007', 'too many sign-ins at once; try again in a moment'),
        retryAfterS: RETRY_AFTER_S,
      };
    case 'refused':
      return outcome.refusal.kind === 'credentialChanged'
        ? refuse(codes.wrong)
        : replyToRefusal(outcome.refusal, codes);
    case 'unknown':
      return OUTCOME_UNKNOWN;
    case 'fault':
      return fault(outcome.cause);
  }
}

function resultOf(signedIn: Extract<SignInOutcome, { kind: 'signedIn' }>, serverName: string): SignInResult {
  const { session, tenantId, policy, mustChangePassword, passwordDaysLeft } = signedIn;
  const asksForTextChat = session.settings.registerTextChat && policy.mediaRegistration === 'asAsked';
  return {
    vdnid: tenantId,
    workno: String(signedIn.workNumber),
    mediatype: asksForTextChat ? 'TTF' : 'TFF',
    loginTime: String(session.signedInAt),
    isForceChange: mustChangePassword ? 'true' : 'false',
    serverName,
    timeRemaining: passwordDaysLeft === null ? '' : String(passwordDaysLeft),
  };
}
