import { beginningOf, type InitialStatus } from './agent-moves.ts';
import type { Outcome } from './outcome.ts';
import {
  otherHolders,
  type PhoneCase,
  refusePhone,
  sessionsBeside,
  takePhone,
  whoIsSuspect,
} from './phones.ts';
import { NOTHING_SET } from './settings.ts';
import {
  accountOf,
  agentIn,
  changeAgent,
  endSession,
  type LiveSession,
  type ModelAccount,
  type ModelSite,
  type Seats,
  type When,
  type World,
} from './world.ts';

export type SignInOperation =
  | 'login'
  | 'forcelogin'
  | 'loginex'
  | 'forceloginex'
  | 'forceloginexwithoutphone';

export interface SignInCall {
  readonly kind: 'signIn';
  readonly operation: SignInOperation;
  readonly workNumber: number;
  readonly password: string;
  readonly phone: string | null;
  readonly status: InitialStatus;
  readonly agentType: 4 | 11;
  readonly textChat: boolean;
  /** Null: left out. */
  readonly autoAnswer: boolean | null;
  readonly autoEnterIdle: boolean | null;
  readonly releasePhone: boolean | null;
}

interface SignInCase {
  readonly site: ModelSite;
  readonly world: World;
  readonly call: SignInCall;
  readonly when: When;
}

const DAY_MS = 86_400_000;

/** Whatever the rules of docs/spec/sign-in.md allow the call to answer, with what is so afterwards. */
export function signIn({ world, ...rest }: SignInCase): readonly Outcome[] {
  const { call, site } = rest;
  const isSeated = call.operation === 'login' || call.operation === 'forcelogin';
  if (isSeated && call.phone === null) return [refused(world, '100-013')];
  const account = accountOf(site, call.workNumber);
  const { wrongPasswords } = agentIn(world, call.workNumber);
  if (call.password !== account.password) {
    const after = changeAgent(world, call.workNumber, { wrongPasswords: wrongPasswords + 1 });
    return [refused(after, '100-004')];
  }
  const verified = changeAgent(world, call.workNumber, { wrongPasswords: 0 });
  const signIn = { ...rest, world: verified };
  const { session } = agentIn(verified, call.workNumber);
  const own = session === null ? [] : [{ workNumber: call.workNumber, session }];
  return whoIsSuspect([...own, ...otherHolders(askedPhone(signIn))], rest.when).map((suspects) =>
    beginSession(signIn, { account, isSeated, suspects }),
  );
}

function refused(world: World, code: string): Outcome {
  return { code, learn: () => world };
}

function phoneOf({ operation, phone }: SignInCall): string | null {
  return operation === 'forceloginexwithoutphone' ? null : phone;
}

function askedPhone({ site, world, call, when }: SignInCase): PhoneCase {
  return { site, world, when, workNumber: call.workNumber, phone: phoneOf(call) };
}

interface Judged {
  readonly account: ModelAccount;
  readonly isSeated: boolean;
  readonly suspects: ReadonlySet<number>;
}

function beginSession(signIn: SignInCase, judged: Judged): Outcome {
  const { world, call, when } = signIn;
  const { account, suspects, isSeated } = judged;
  const outsideRange = isSeated ? '100-014' : '100-001';
  const asked = askedPhone(signIn);
  const code =
    refuseLiveSession(signIn, judged) ??
    refusePhone(asked, { suspects, outsideRange }) ??
    refuseSeats(signIn, judged);
  if (code !== null) return refused(world, code);
  const { phone } = asked;
  let before = takePhone(asked, suspects);
  if (agentIn(world, call.workNumber).session !== null) {
    before = endSession(before, call.workNumber, { reason: 'displaced', at: when });
  }
  const { log } = agentIn(before, call.workNumber);
  const { wrapUpLimitMs } = account.tenant;
  const { to: state, events } = beginningOf(call.status, { storeTime: when.storeTime, wrapUpLimitMs });
  const at = { from: when.from, to: when.to };
  const session: Omit<LiveSession, 'token' | 'signedInAt'> = {
    replaced: [],
    firstSequence: log.length + 1,
    readUpTo: log.length,
    receivedUpTo: log.length,
    state,
    settings: { ...NOTHING_SET, ...settingsOf(call) },
    // SI-5, SI-43
    releasePhone: call.releasePhone ?? call.operation !== 'forcelogin',
    phone,
    holdsPhone: phone !== null,
    seats: seatsOf(call, judged),
    seen: at,
    read: at,
    readLately: null,
  };
  return {
    code: '0',
    results: resultsOf(call, account, when),
    learn: ({ token, result }) =>
      changeAgent(before, call.workNumber, {
        log: [...log, ...events],
        session: { ...session, token: token ?? '', signedInAt: Number(result?.loginTime) },
      }),
  };
}

/** SI-23, SI-62 */
function refuseLiveSession({ world, call }: SignInCase, { account, suspects }: Judged): string | null {
  if (agentIn(world, call.workNumber).session === null) return null;
  const isForced = call.operation.startsWith('force');
  const isForbidden = account.tenant.displacement === 'forbidden';
  if (isForced && (!isForbidden || suspects.has(call.workNumber))) return null;
  return isForbidden ? '100-015' : '100-002';
}

/** SI-5 */
function settingsOf({ autoAnswer, autoEnterIdle }: SignInCall) {
  return { autoAnswer: autoAnswer ?? true, autoEnterIdle: autoEnterIdle ?? true };
}

function seatsOf({ agentType }: SignInCall, { isSeated }: Judged): Seats {
  if (!isSeated) return 'none';
  return agentType === 11 ? 'agentAndVideo' : 'agent';
}

/** SI-40, SI-41: what the agent's own old session holds is free before. */
function refuseSeats({ site, world, call }: SignInCase, judged: Judged): string | null {
  const wanted = seatsOf(call, judged);
  if (wanted === 'none') return null;
  const { tenant } = judged.account;
  const taken = sessionsBeside(site, world, call.workNumber)
    .filter(({ workNumber }) => workNumber !== call.workNumber)
    .map(({ session }) => session.seats);
  const isAgentSeatFree = taken.filter((seats) => seats !== 'none').length < tenant.agentSeats;
  const isVideoSeatFree = taken.filter((seats) => seats === 'agentAndVideo').length < tenant.videoSeats;
  return isAgentSeatFree && (wanted === 'agent' || isVideoSeatFree) ? null : '100-003';
}

/** SI-30 to SI-32, but for when it began and the server's name. */
function resultsOf(call: SignInCall, { tenant, mustChangePassword }: ModelAccount, when: When) {
  const { passwordDays } = tenant;
  const daysLeft = (madeAgoMs: number) =>
    passwordDays === 'never' ? '' : String(Math.floor(passwordDays - madeAgoMs / DAY_MS));
  const { from, to } = when.accountsMadeAgo;
  return [...new Set([daysLeft(from), daysLeft(to)])].map((timeRemaining) => ({
    vdnid: tenant.tenantId,
    workno: String(call.workNumber),
    mediatype: call.textChat && tenant.registersTextChat ? 'TTF' : 'TFF',
    isForceChange: String(mustChangePassword),
    timeRemaining,
  }));
}
