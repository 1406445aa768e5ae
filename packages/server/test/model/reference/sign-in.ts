import { beginningOf, type InitialStatus } from './agent-moves.ts';
import { type Certainty, isSuspect } from './leases.ts';
import type { Outcome } from './outcome.ts';
import {
  accountOf,
  agentIn,
  changeAgent,
  changeSession,
  endSession,
  type LiveSession,
  liveSessions,
  type ModelAccount,
  type ModelSite,
  type ModelTenant,
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
  return whoIsSuspect({ ...rest, world: verified }).map((suspects) =>
    beginSession({ ...rest, world: verified }, { account, isSeated, suspects }),
  );
}

function refused(world: World, code: string): Outcome {
  return { code, learn: () => world };
}

/** Every set of suspects that is possible: of the agent itself, and of those who hold the phone. */
function whoIsSuspect(signIn: SignInCase): ReadonlySet<number>[] {
  const { world, call, when } = signIn;
  const { session } = agentIn(world, call.workNumber);
  const looked: [number, Certainty][] = [
    ...(session === null ? [] : [{ workNumber: call.workNumber, session }]),
    ...otherHolders(signIn),
  ].map((each) => [each.workNumber, isSuspect(each.session, when)]);
  const sure = looked.flatMap(([workNumber, certainty]) => (certainty === 'yes' ? [workNumber] : []));
  let sets = [new Set(sure)];
  for (const [workNumber, certainty] of looked) {
    if (certainty === 'either') sets = sets.flatMap((set) => [set, new Set([...set, workNumber])]);
  }
  return sets;
}

function phoneOf({ operation, phone }: SignInCall): string | null {
  return operation === 'forceloginexwithoutphone' ? null : phone;
}

function otherHolders({ site, world, call }: SignInCase) {
  const phone = phoneOf(call);
  if (phone === null) return [];
  return sessionsOf(site, world, accountOf(site, call.workNumber).tenant).filter(
    ({ workNumber, session }) =>
      workNumber !== call.workNumber && session.holdsPhone && session.phone === phone,
  );
}

function sessionsOf(site: ModelSite, world: World, tenant: ModelTenant) {
  return liveSessions(world).filter(({ workNumber }) => accountOf(site, workNumber).tenant === tenant);
}

interface Judged {
  readonly account: ModelAccount;
  readonly isSeated: boolean;
  readonly suspects: ReadonlySet<number>;
}

function beginSession(signIn: SignInCase, judged: Judged): Outcome {
  const { world, call, when } = signIn;
  const { account, suspects } = judged;
  const code =
    refuseLiveSession(signIn, judged) ?? refusePhone(signIn, judged) ?? refuseSeats(signIn, judged);
  if (code !== null) return refused(world, code);
  const { tenant } = account;
  const phone = phoneOf(call);
  let before = world;
  for (const { workNumber } of otherHolders(signIn)) {
    const loses = suspects.has(workNumber) || tenant.phoneInUse === 'takeOver';
    if (loses) before = changeSession(before, workNumber, { holdsPhone: false });
  }
  if (agentIn(world, call.workNumber).session !== null) {
    before = endSession(before, call.workNumber, { reason: 'displaced', at: when });
  }
  const { log } = agentIn(before, call.workNumber);
  const { to: state, events } = beginningOf(call.status);
  const at = { from: when.from, to: when.to };
  const session: Omit<LiveSession, 'token' | 'signedInAt'> = {
    replaced: [],
    firstSequence: log.length + 1,
    readUpTo: log.length,
    receivedUpTo: log.length,
    state,
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

/** SI-24, SI-60, SI-61 */
function refusePhone(signIn: SignInCase, { account, isSeated, suspects }: Judged): string | null {
  const phone = phoneOf(signIn.call);
  if (phone === null) return null;
  const { phoneRange: range, phoneInUse } = account.tenant;
  const isInside = range === null || (Number(phone) >= range.from && Number(phone) <= range.to);
  if (!isInside) return isSeated ? '100-014' : '100-001';
  const isHeld = otherHolders(signIn).some(({ workNumber }) => !suspects.has(workNumber));
  return phoneInUse === 'refuse' && isHeld ? '100-003' : null;
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
  const taken = sessionsOf(site, world, tenant)
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
