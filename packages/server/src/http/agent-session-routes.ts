import type { DirectoryNumber, SignInBody, SignInResult } from '@rollcall/contract';
import type { SignInSettings } from '../domain/agent-session/agent-record.ts';
import type { AgentSessions } from '../services/agent-sessions.ts';
import type { SignInOutcome, SignInService } from '../services/sign-in.ts';
import { type AnySessionCall, type Call, fault, type Reply, refuse } from './call.ts';
import { OUTCOME_UNKNOWN, replyToCommand, replyToRefusal } from './outcome-replies.ts';

/** How long a client should wait before it tries a sign-in again that was turned away under load. */
const RETRY_AFTER_S = 2;

interface AgentSessionRoutesParts {
  readonly signIns: SignInService;
  readonly sessions: AgentSessions;
  readonly serverName: string;
}

/** Signing in and out. */
export function agentSessionRoutes({ signIns, sessions, serverName }: AgentSessionRoutesParts) {
  const signIn =
    (forced: boolean) =>
    async ({ workNumber, peerAddress }: Call, body: SignInBody): Promise<Reply> => {
      const settings = settingsOf(body);
      const request = { workNumber, peerAddress, forced, password: body.password, settings };
      return replyToSignIn(await signIns.signIn(request), serverName);
    };
  const signOut = async ({ identity }: AnySessionCall): Promise<Reply> => {
    if (identity.kind === 'ended') return refuse('100-008');
    const outcome = await sessions.signOut(identity);
    if (outcome.kind === 'repeated') return refuse('000-007');
    const isOver = outcome.kind === 'refused' && outcome.refusal.kind === 'sessionOver';
    return isOver ? refuse('100-008') : replyToCommand(outcome);
  };
  return { loginEx: signIn(false), forceLoginEx: signIn(true), logout: signOut, forceLogout: signOut };
}

/** The wire's words and numbers for a sign-in, in our own terms. */
function settingsOf(body: SignInBody): SignInSettings {
  return {
    phoneNumber: (body.phonenum as DirectoryNumber | undefined) ?? null,
    autoAnswer: body.autoanswer,
    autoEnterReady: body.autoenteridle,
    releasePhone: body.releasephone,
    agentType: body.agenttype === 11 ? 11 : 4,
    initialState: body.status === 3 ? 'notReady' : body.status === 5 ? 'wrapUp' : 'ready',
    claimedIp: body.ip,
    entryAddress: body.entryIp ?? null,
    phoneLinkage: body.phonelinkage,
    registerTextChat: body.checkInWebm,
    registerMail: body.checkInMailm,
    videoNumber: body.vcPhoneNumber ?? null,
    listenStatus: body.listenStatus,
  };
}

function replyToSignIn(outcome: SignInOutcome, serverName: string): Reply {
  switch (outcome.kind) {
    case 'signedIn':
      return { kind: 'signedIn', token: outcome.token, result: resultOf(outcome, serverName) };
    case 'noTenant':
      return refuse('999-001');
    case 'wrongCredentials':
      return refuse('100-004');
    case 'queueFull':
      return {
        ...refuse('100-007', 'too many sign-ins at once; try again in a moment'),
        retryAfterS: RETRY_AFTER_S,
      };
    case 'refused':
      return replyToRefusal(outcome.refusal);
    case 'unknown':
      return OUTCOME_UNKNOWN;
    case 'fault':
      return fault(outcome.cause);
  }
}

function resultOf(signedIn: Extract<SignInOutcome, { kind: 'signedIn' }>, serverName: string): SignInResult {
  const { session, tenant, mustChangePassword, passwordDaysLeft } = signedIn;
  const asksForTextChat =
    session.settings.registerTextChat && tenant.definition.policy.mediaRegistration === 'asAsked';
  return {
    vdnid: tenant.tenantId,
    workno: String(signedIn.workNumber),
    mediatype: asksForTextChat ? 'TTF' : 'TFF',
    loginTime: String(session.signedInAt),
    isForceChange: mustChangePassword ? 'true' : 'false',
    serverName,
    timeRemaining: passwordDaysLeft === null ? '' : String(passwordDaysLeft),
  };
}
