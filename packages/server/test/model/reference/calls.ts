import {
  type ContactStep,
  type EndReason,
  type ModelEvent,
  moveOf,
  type StateCall,
  statusOf,
} from './agent-moves.ts';
import { circumstancesOf } from './deadlines.ts';
import { type Identity, identitiesOf } from './identity.ts';
import { showLife } from './leases.ts';
import type { Outcome, WireEvent } from './outcome.ts';
import { otherHolders, refusePhone, takePhone, whoIsSuspect } from './phones.ts';
import { type SettingCall, settingsAfter } from './settings.ts';
import { type SignInCall, signIn } from './sign-in.ts';
import {
  agentIn,
  applyMove,
  changeAgent,
  changeSession,
  type EndedSession,
  endSession,
  type LiveSession,
  type ModelSite,
  type When,
  type World,
} from './world.ts';

export interface SignOut {
  readonly kind: 'signOut';
  readonly operation: 'logout' | 'forcelogout' | 'forcelogoutwithreason';
}

export interface BindPhone {
  readonly kind: 'bindPhone';
  /** Null: the key is left out. */
  readonly phone: string | null;
}

/** A call that shows a token. */
export type TokenCall = { readonly workNumber: number; readonly token: string } & (
  | StateCall
  | SettingCall
  | SignOut
  | BindPhone
  | {
      readonly kind: 'status' | 'customState' | 'handshake' | 'heartbeat' | 'updateGuid' | 'poll';
    }
);

/** Something that happens to the session that has this token; its client does nothing. */
export type ServerCommand = { readonly workNumber: number; readonly token: string } & (
  | ContactStep
  /** What another node does that found a deadline due which is met by now. */
  | { readonly kind: 'meetOldDeadline' }
);

export type ModelCall = SignInCall | TokenCall | ServerCommand;

interface CallCase<Call> {
  readonly site: ModelSite;
  readonly world: World;
  readonly call: Call;
  readonly when: When;
}

/** Whatever the rules allow a call to come to in this world. */
export function outcomesOf({ call, ...rest }: CallCase<ModelCall>): readonly Outcome[] {
  switch (call.kind) {
    case 'signIn':
      return signIn({ ...rest, call });
    case 'offerContact':
    case 'answerContact':
    case 'endContact':
    case 'meetOldDeadline':
      return [ofCommand({ ...rest, call })];
    default:
      if (isMisspelt(call)) return [{ code: '000-002', learn: () => rest.world }];
      return identitiesOf(rest.world, call, rest.when).flatMap((identity) =>
        withToken({ ...rest, call }, identity),
      );
  }
}

/** AS-9: a path is looked at before the token (WI-26). */
function isMisspelt(call: TokenCall): boolean {
  if (call.kind !== 'rest') return false;
  return call.seconds < 1 || call.seconds > 86_399 || call.cause > 255;
}

/** AS-14, AS-20 */
function ofCommand({ call, ...rest }: CallCase<ServerCommand>): Outcome {
  const { world } = rest;
  const { session } = agentIn(world, call.workNumber);
  if (session?.token !== call.token) return { code: 'sessionOver', learn: () => world };
  if (call.kind === 'meetOldDeadline') return { code: 'notDue', learn: () => world };
  const move = moveOf(session.state, call, circumstancesAt(rest, call.workNumber));
  if (move === null) return { code: 'notPossibleNow', learn: () => world };
  return { code: '0', learn: () => applyMove(world, call.workNumber, move) };
}

function circumstancesAt({ site, world, when }: Omit<CallCase<unknown>, 'call'>, workNumber: number) {
  return circumstancesOf({ site, world, storeTime: when.storeTime }, workNumber);
}

function withToken({ world, call, ...rest }: CallCase<TokenCall>, identity: Identity): readonly Outcome[] {
  const answer = (code: string): Outcome[] => [{ code, learn: () => world }];
  switch (identity.kind) {
    case 'nobody':
      return answer('100-006');
    case 'foreign':
      return answer('000-003');
    case 'ended':
      if (call.kind === 'signOut') return answer('100-008');
      if (call.kind === 'poll') return [pollEnded(world, call.workNumber, identity.place)];
      return answer('100-006');
    case 'live': {
      const alive = showLife(world, call.workNumber, { at: rest.when, reads: call.kind === 'poll' });
      const { session } = agentIn(alive, call.workNumber);
      if (session === null) throw new RangeError('a live session that is not in the model');
      if (call.kind === 'bindPhone') return bindPhone({ ...rest, world: alive, call }, session);
      return [ofLiveSession({ ...rest, world: alive, call }, session)];
    }
  }
}

type BindPhoneCall = Extract<TokenCall, { readonly kind: 'bindPhone' }>;

/** WI-25, SO-1, AS-2 to AS-18, LE-1, TK-1, DL-1 */
function ofLiveSession(
  { call, ...rest }: CallCase<Exclude<TokenCall, BindPhoneCall>>,
  session: LiveSession,
): Outcome {
  const { world, when } = rest;
  const { workNumber } = call;
  const answer = (code: string): Outcome => ({ code, learn: () => world });
  switch (call.kind) {
    case 'signOut': {
      const isDropped = call.operation !== 'logout';
      if (statusOf(session.state).isWorking && !isDropped) return answer('100-010');
      return { code: '0', learn: () => endSession(world, workNumber, { reason: 'bySelf', at: when }) };
    }
    case 'status':
      return { ...answer('0'), results: [statusOf(session.state)] };
    case 'customState': {
      const agentcustomstate = String(session.settings.customState ?? 65_535);
      return { ...answer('0'), results: [{ agentcustomstate }] };
    }
    case 'handshake':
    case 'heartbeat':
      return { ...answer('0'), results: [{ loginTime: String(session.signedInAt) }] };
    case 'updateGuid':
      return { code: '0', learn: ({ token }) => replaceToken(world, workNumber, { token, when }) };
    case 'poll':
      return pollLive(world, workNumber, session);
    case 'autoAnswer':
    case 'autoEnterIdle':
    case 'setTalkRight':
    case 'setCustomState':
    case 'setForwarding':
    case 'setSelfRecord': {
      const set = settingsAfter(call);
      if (typeof set === 'string') return answer(set);
      const settings = { ...session.settings, ...set };
      return { code: '0', learn: () => changeSession(world, workNumber, { settings }) };
    }
    default: {
      if (call.kind === 'sayBusy' && !isReason(call.reason)) return answer('000-002');
      const move = moveOf(session.state, call, circumstancesAt(rest, workNumber));
      if (move === null) return answer('100-009');
      return { code: '0', learn: () => applyMove(world, workNumber, move) };
    }
  }
}

/** AS-8 */
function isReason(reason: number): boolean {
  return reason === 0 || (reason >= 200 && reason <= 250);
}

/** AS-17 */
function bindPhone({ call, ...rest }: CallCase<BindPhoneCall>, session: LiveSession): readonly Outcome[] {
  const { world } = rest;
  const { workNumber, phone } = call;
  const refused = (code: string): Outcome => ({ code, learn: () => world });
  if (phone === null || phone === '' || /\s/.test(phone)) return [refused('100-013')];
  if (session.state.kind === 'engaged') return [refused('100-009')];
  const asked = { ...rest, workNumber, phone };
  return whoIsSuspect(otherHolders(asked), rest.when).map((suspects) => {
    const code = refusePhone(asked, { suspects, outsideRange: '100-014' });
    if (code !== null) return refused(code);
    const held = { phone, holdsPhone: true };
    return { code: '0', learn: () => changeSession(takePhone(asked, suspects), workNumber, held) };
  });
}

function replaceToken(
  world: World,
  workNumber: number,
  { token, when }: { readonly token: string | undefined; readonly when: When },
): World {
  const { session } = agentIn(world, workNumber);
  if (session === null || token === undefined) throw new RangeError('a fresh token without token or session');
  const at = { from: when.from, to: when.to };
  const old = { token: session.token, at, isClockUnsure: when.isCalendarAstray };
  return changeSession(world, workNumber, { token, replaced: [...session.replaced, old] });
}

function pollLive(world: World, workNumber: number, session: LiveSession): Outcome {
  const next = nextEvent(world, workNumber, session);
  const receivedUpTo = session.readUpTo;
  if (next === null) return { code: '0', learn: () => changeSession(world, workNumber, { receivedUpTo }) };
  const learn = () => changeSession(world, workNumber, { readUpTo: next.sequence, receivedUpTo });
  return { code: '0', event: next.event, learn };
}

/** DL-7 */
function pollEnded(world: World, workNumber: number, place: number): Outcome {
  const { ended } = agentIn(world, workNumber);
  const session = ended[place];
  if (session === undefined) throw new RangeError('an ended session that is not in the model');
  const next = nextEvent(world, workNumber, session);
  const received = { ...session, receivedUpTo: session.readUpTo };
  const learn = (read: EndedSession) => () =>
    changeAgent(world, workNumber, { ended: ended.with(place, read) });
  if (next === null) return { code: '100-006', learn: learn(received) };
  return { code: '0', event: next.event, learn: learn({ ...received, readUpTo: next.sequence }) };
}

/** The session's next event that its client is told of; null when it has read them all. */
export function nextEvent(
  world: World,
  workNumber: number,
  session: LiveSession | EndedSession,
): { readonly sequence: number; readonly event: WireEvent } | null {
  const { log } = agentIn(world, workNumber);
  const last = 'lastSequence' in session ? session.lastSequence : log.length;
  for (let sequence = session.readUpTo + 1; sequence <= last; sequence++) {
    const stored = log[sequence - 1];
    const event = stored === undefined ? null : wireEventOf(stored, workNumber);
    if (event !== null) return { sequence, event };
  }
  return null;
}

const WIRE_NAMES = {
  agentSignedIn: 'AgentOther_InService',
  signInReadyAnnounced: 'AgentState_Ready',
  agentBecameReady: 'AgentState_Ready',
  agentLeftNotReady: 'AgentState_CancelNotReady_Success',
  agentBeganRest: 'AgentState_SetRest_Success',
  agentLeftRest: 'AgentState_CancelRest_Success',
  restRanOut: 'AgentState_Rest_Timeout',
  agentEnteredWrapUp: 'AgentState_Work',
  agentRequestedWrapUp: 'AgentState_SetWork_Success',
  agentEngaged: 'AgentState_Busy',
  agentLeftWrapUp: 'AgentState_CancelWork_Success',
  agentBecameNotReady: 'AgentState_SetNotReady_Success',
  agentSignedOut: 'AgentOther_ShutdownService',
} as const;

/** DL-8: who signs out itself is not told so. */
function wireEventOf(event: ModelEvent, workNumber: number): WireEvent | null {
  const own: EndReason = 'bySelf';
  if (event.kind === 'agentSignedOut' && event.reason === own) return null;
  return { eventType: WIRE_NAMES[event.kind], workNo: String(workNumber), content: contentOf(event) };
}

function contentOf(event: ModelEvent): WireEvent['content'] {
  switch (event.kind) {
    case 'agentBecameNotReady':
    case 'agentBeganRest':
      return { reason: String(event.reason) };
    case 'agentSignedOut':
      return { loginTime: String(event.signedInAt) };
    default:
      return null;
  }
}
