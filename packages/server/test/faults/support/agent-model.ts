import {
  beginningOf,
  type Circumstances,
  deadlineOf,
  type EndReason,
  type InitialStatus,
  type ModelState,
  moveOf,
  type StateCall,
} from '../../model/reference/agent-moves.ts';
import type { Span } from '../../model/reference/span.ts';
import type { StoredEvent, StoredPosition, StoredSession, StoredState, Tables } from './tables.ts';

/** What a client asks for one agent. */
export type Operation =
  | {
      readonly kind: 'signIn';
      readonly forced: boolean;
      readonly phone: string | null;
      readonly status: InitialStatus;
    }
  | { readonly kind: 'signOut' }
  | StateCall;

export interface ModelSession {
  /** Null: the sign-in was done, but its answer was lost. */
  readonly token: string | null;
  /** Null until it is read from the log, for the same reason. */
  readonly signedInAt: number | null;
  readonly firstSequence: number;
  readonly state: ModelState;
  readonly phone: string | null;
}

/** What one agent must be like: its whole log, and its live session. */
export interface World {
  readonly log: readonly LoggedWord[];
  readonly session: ModelSession | null;
}

/** An event as it must be stored; a null is not known yet. */
export interface LoggedWord {
  readonly kind: string;
  readonly reason?: number | string;
  readonly signedInAt?: number | null;
}

export const NEW_WORLD: World = { log: [], session: null };

/** Nothing is offered to these agents, their wrap-ups have no limit, and of their rests the end is not awaited. */
const CIRCUMSTANCES: Circumstances = {
  storeTime: { from: 0, to: Number.MAX_SAFE_INTEGER },
  wrapUpLimitMs: null,
  wrapsUpAfterHangUp: true,
  autoEnterIdle: true,
  releasePhone: true,
  mayTakeContacts: false,
};

/** What an operation must answer, and what the agent is like when it answers `0`. */
export interface Prediction {
  readonly codes: readonly string[];
  readonly after: World;
}

/** The rules of docs/spec/sign-in.md and docs/spec/agent-state.md, as far as one agent's calls need them. */
export function predict(world: World, operation: Operation): Prediction {
  if (operation.kind === 'signIn') return predictSignIn(world, operation);
  const { session } = world;
  if (session === null) return { codes: ['100-006', '100-008'], after: world };
  if (operation.kind === 'signOut') {
    const log = [...world.log, endOf(session, 'bySelf')];
    return { codes: ['0'], after: { log, session: null } };
  }
  const move = moveOf(session.state, operation, CIRCUMSTANCES);
  if (move === null) return { codes: ['100-009'], after: world };
  const after = { log: [...world.log, ...move.events], session: { ...session, state: move.to } };
  return { codes: ['0'], after };
}

function predictSignIn(
  world: World,
  { forced, phone, status }: Extract<Operation, { kind: 'signIn' }>,
): Prediction {
  const { session } = world;
  if (session !== null && !forced) return { codes: ['100-002'], after: world };
  const before = session === null ? world.log : [...world.log, endOf(session, 'displaced')];
  const { to: state, events } = beginningOf(status, CIRCUMSTANCES);
  const begun = { token: null, signedInAt: null, firstSequence: before.length + 1, state, phone };
  // Whether another agent holds the phone at that moment, the order of the commits alone decides.
  const mayBeHeld = phone !== null && phone !== session?.phone;
  return {
    codes: mayBeHeld ? ['0', '100-003'] : ['0'],
    after: { log: [...before, ...events], session: begun },
  };
}

function endOf({ signedInAt }: ModelSession, reason: EndReason): LoggedWord {
  return { kind: 'agentSignedOut', reason, signedInAt };
}

/** What the tables hold about one agent. */
export interface Found {
  readonly log: readonly StoredPosition[];
  readonly session: StoredSession | null;
}

export function foundOf(tables: Tables, workNumber: number): Found {
  return {
    log: tables.events.filter((event) => event.workNumber === workNumber),
    session: tables.agents.find((agent) => agent.workNumber === workNumber)?.session ?? null,
  };
}

/** Undefined when the tables hold exactly this world, else the first difference. */
export function differenceFrom({ log, session }: World, found: Found): string | undefined {
  const length = Math.max(log.length, found.log.length);
  for (let index = 0; index < length; index++) {
    const [expected, event] = [log[index], found.log[index]?.event];
    if (expected === undefined || event === undefined || !isSameEvent(expected, event)) {
      return `position ${index + 1} should be ${JSON.stringify(expected)} and is ${JSON.stringify(event)}`;
    }
  }
  if (session === null || found.session === null) {
    return session === found.session ? undefined : `a session should ${session === null ? 'not ' : ''}live`;
  }
  const { signedInAt, firstSequence, phone } = found.session;
  const stored = { signedInAt, firstSequence, phone };
  const { token: _token, state, ...known } = session;
  const expected = JSON.stringify({ ...stored, ...known, signedInAt: session.signedInAt ?? signedInAt });
  const actual = JSON.stringify({ ...stored });
  if (expected !== actual) return `the session should be ${expected} and is ${actual}`;
  return stateDifference(state, found.session.state);
}

/** Times are compared as far as they are known. */
function stateDifference(state: ModelState, stored: StoredState): string | undefined {
  const until = 'until' in state ? state.until : null;
  const pending = 'pending' in state ? state.pending : null;
  const isAsKnown =
    until === null ? stored.until === null : stored.until !== null && isWithin(until, stored.until);
  const expected: StoredState = {
    kind: state.kind,
    reason: 'reason' in state ? state.reason : null,
    until: isAsKnown ? stored.until : (until?.from ?? null),
    deadlineAt: deadlineOf(state) === null ? null : stored.until,
    phase: 'phase' in state ? state.phase : null,
    pending: pending?.kind ?? null,
    pendingReason: pending?.reason ?? null,
    pendingForMs: pending?.kind === 'resting' ? pending.forMs : null,
  };
  const [asExpected, asStored] = [JSON.stringify(expected), JSON.stringify({ ...expected, ...stored })];
  return asExpected === asStored ? undefined : `its state should be ${asExpected} and is ${asStored}`;
}

/** Stored times are whole milliseconds. */
const ROUNDING_MS = 5;

function isWithin({ from, to }: Span, at: number): boolean {
  return at >= from - ROUNDING_MS && at <= to + ROUNDING_MS;
}

function isSameEvent(expected: LoggedWord, { kind, reason, signedInAt }: StoredEvent): boolean {
  const timeFits = (expected.signedInAt ?? signedInAt) === signedInAt;
  return expected.kind === kind && expected.reason === reason && timeFits;
}

/** The world with what only the tables knew: when sign-ins were done whose answers were lost. */
export function learnFrom(world: World, { log, session }: Found): World {
  return {
    log: log.map(({ event }) => event),
    session: world.session === null ? null : { ...world.session, signedInAt: session?.signedInAt ?? null },
  };
}
