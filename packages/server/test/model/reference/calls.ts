import { type EndReason, type ModelEvent, moveOf, type StateCall } from './agent-moves.ts';
import { type Identity, identitiesOf } from './identity.ts';
import { showLife } from './leases.ts';
import type { Outcome, WireEvent } from './outcome.ts';
import { type SignInCall, signIn } from './sign-in.ts';
import {
  agentIn,
  changeAgent,
  changeSession,
  type EndedSession,
  endSession,
  type LiveSession,
  type ModelSite,
  type When,
  type World,
} from './world.ts';

/** A call that shows a token. */
export type TokenCall = { readonly workNumber: number; readonly token: string } & (
  | StateCall
  | { readonly kind: 'signOut'; readonly operation: 'logout' | 'forcelogout' | 'forcelogoutwithreason' }
  | { readonly kind: 'status' | 'handshake' | 'heartbeat' | 'updateGuid' | 'poll' }
);

export type ModelCall = SignInCall | TokenCall;

interface CallCase<Call> {
  readonly site: ModelSite;
  readonly world: World;
  readonly call: Call;
  readonly when: When;
}

const STATE_NUMBERS = { notReady: 3, ready: 4, wrapUp: 5 } as const;

/** Whatever the rules allow a call to come to in this world. */
export function outcomesOf({ call, ...rest }: CallCase<ModelCall>): readonly Outcome[] {
  if (call.kind === 'signIn') return signIn({ ...rest, call });
  const { world, when } = rest;
  return identitiesOf(world, call, when).map((identity) => withToken({ ...rest, call }, identity));
}

function withToken({ world, call, when }: CallCase<TokenCall>, identity: Identity): Outcome {
  const answer = (code: string): Outcome => ({ code, learn: () => world });
  switch (identity.kind) {
    case 'nobody':
      return answer('100-006');
    case 'foreign':
      return answer('000-003');
    case 'ended':
      if (call.kind === 'signOut') return answer('100-008');
      return call.kind === 'poll' ? pollEnded(world, call.workNumber, identity.place) : answer('100-006');
    case 'live': {
      const alive = showLife(world, call.workNumber, { at: when, reads: call.kind === 'poll' });
      const { session } = agentIn(alive, call.workNumber);
      if (session === null) throw new RangeError('a live session that is not in the model');
      return ofLiveSession({ world: alive, call, when }, session);
    }
  }
}

/** WI-25, SO-1, AS-2 to AS-8, LE-1, TK-1, DL-1 */
function ofLiveSession(
  { world, call, when }: Omit<CallCase<TokenCall>, 'site'>,
  session: LiveSession,
): Outcome {
  const { workNumber } = call;
  switch (call.kind) {
    case 'signOut':
      return { code: '0', learn: () => endSession(world, workNumber, { reason: 'bySelf', at: when }) };
    case 'status': {
      const results = [{ agentState: STATE_NUMBERS[session.state.kind], isWorking: false }];
      return { code: '0', results, learn: () => world };
    }
    case 'handshake':
    case 'heartbeat':
      return { code: '0', results: [{ loginTime: String(session.signedInAt) }], learn: () => world };
    case 'updateGuid':
      return { code: '0', learn: ({ token }) => replaceToken(world, workNumber, { token, when }) };
    case 'poll':
      return pollLive(world, workNumber, session);
    default: {
      const move = moveOf(session.state, call);
      if (move === null) return { code: '100-009', learn: () => world };
      const log = [...agentIn(world, workNumber).log, ...move.events];
      const moved = { ...session, state: move.to };
      return { code: '0', learn: () => changeAgent(world, workNumber, { log, session: moved }) };
    }
  }
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
  agentEnteredWrapUp: 'AgentState_Work',
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
      return { reason: String(event.reason) };
    case 'agentSignedOut':
      return { loginTime: String(event.signedInAt) };
    default:
      return null;
  }
}
