import type { EndReason, ModelEvent, ModelState, Move } from './agent-moves.ts';
import type { Span } from './span.ts';

/** What the site lays down for a tenant. */
export interface ModelTenant {
  readonly tenantId: number;
  readonly displacement: 'allowed' | 'forbidden';
  readonly phoneInUse: 'refuse' | 'takeOver' | 'share';
  readonly phoneRange: { readonly from: number; readonly to: number } | null;
  readonly agentSeats: number;
  readonly videoSeats: number;
  readonly registersTextChat: boolean;
  readonly passwordDays: number | 'never';
  readonly wrapUpLimitMs: number | null;
  readonly wrapsUpAfterHangUp: boolean;
}

export interface ModelAccount {
  readonly tenant: ModelTenant;
  readonly password: string;
  readonly mustChangePassword: boolean;
}

/** Who there is, by work number. */
export type ModelSite = ReadonlyMap<number, ModelAccount>;

/** A token that a newer one of its session has replaced. */
export interface ReplacedToken {
  readonly token: string;
  readonly at: Span;
  /** A clock was set: how long the token lasts is not said. */
  readonly isClockUnsure: boolean;
}

interface AnySession {
  readonly token: string;
  readonly replaced: readonly ReplacedToken[];
  /** The `loginTime` that the sign-in answered. */
  readonly signedInAt: number;
  readonly firstSequence: number;
  /** Position up to which its client was given its events. */
  readonly readUpTo: number;
  /** Position up to which they are known to have arrived: a poll is the receipt of the answer before it (DL-6). */
  readonly receivedUpTo: number;
}

/** What an agent may set for its session (rules AS-15, AS-16). */
export interface Settings {
  readonly autoAnswer: boolean;
  readonly autoEnterIdle: boolean;
  readonly takesContacts: boolean;
  readonly customState: number | null;
  readonly forwardTo: string | null;
  readonly selfRecording: { readonly isOn: boolean; readonly beforeTalking: boolean };
}

export interface LiveSession extends AnySession {
  readonly state: ModelState;
  readonly settings: Settings;
  readonly releasePhone: boolean;
  /** The phone asked for; another session may have taken it over since. */
  readonly phone: string | null;
  readonly holdsPhone: boolean;
  readonly seats: Seats;
  /** Its client's last request. */
  readonly seen: Span;
  /** When its events were last read, as far as that is written. */
  readonly read: Span;
  /** When they were read since the last round. */
  readonly readLately: Span | null;
}

export interface EndedSession extends AnySession {
  readonly lastSequence: number;
  readonly reason: EndReason;
  readonly endedAt: Span;
  /** Whether calendars were astray at its end. */
  readonly isClockUnsure: boolean;
}

export type Seats = 'none' | 'agent' | 'agentAndVideo';

export interface AgentInWorld {
  readonly log: readonly ModelEvent[];
  readonly session: LiveSession | null;
  readonly ended: readonly EndedSession[];
  /** Wrong passwords since the last right one. */
  readonly wrongPasswords: number;
}

/** Everything that the rules say of all agents at one moment. */
export type World = ReadonlyMap<number, AgentInWorld>;

/** When a call was made and answered, by the node's steady clock, and what is known of the other clocks then. */
export interface When extends Span {
  /** By the store's clock, epoch ms. */
  readonly storeTime: Span;
  /** Whether the node goes its rounds, so that it may take a silent session for suspect; null: not known. */
  readonly trustsSilence: boolean | null;
  /** Whether calendars are astray: the store's from the node's, or an agent's time from both, which never runs back. */
  readonly isCalendarAstray: boolean;
  /** How long ago the accounts were made, by the node's calendar; negative when that was set back. */
  readonly accountsMadeAgo: Span;
}

export function firstWorld(site: ModelSite): World {
  const unused: AgentInWorld = { log: [], session: null, ended: [], wrongPasswords: 0 };
  return new Map([...site.keys()].map((workNumber) => [workNumber, unused]));
}

/** The agent; throws for one that the site does not have. */
export function agentIn(world: World, workNumber: number): AgentInWorld {
  const agent = world.get(workNumber);
  if (agent === undefined) throw new RangeError(`the model knows no agent ${workNumber}`);
  return agent;
}

export function accountOf(site: ModelSite, workNumber: number): ModelAccount {
  const account = site.get(workNumber);
  if (account === undefined) throw new RangeError(`the model knows no account ${workNumber}`);
  return account;
}

export function changeAgent(world: World, workNumber: number, changes: Partial<AgentInWorld>): World {
  return new Map([...world, [workNumber, { ...agentIn(world, workNumber), ...changes }]]);
}

/** Changes the agent's live session; throws when there is none. */
export function changeSession(world: World, workNumber: number, changes: Partial<LiveSession>): World {
  const { session } = agentIn(world, workNumber);
  if (session === null) throw new RangeError(`agent ${workNumber} has no session in the model`);
  return changeAgent(world, workNumber, { session: { ...session, ...changes } });
}

/** The agent's live session is in another state, and its log tells of it. */
export function applyMove(world: World, workNumber: number, { to: state, events }: Move): World {
  const { log } = agentIn(world, workNumber);
  return changeAgent(changeSession(world, workNumber, { state }), workNumber, { log: [...log, ...events] });
}

/** Every live session with its agent. */
export function liveSessions(
  world: World,
): readonly { readonly workNumber: number; readonly session: LiveSession }[] {
  return [...world].flatMap(([workNumber, { session }]) =>
    session === null ? [] : [{ workNumber, session }],
  );
}

/** Ends the agent's live session: its last event stands behind all others of its own. */
export function endSession(
  world: World,
  workNumber: number,
  { reason, at }: { readonly reason: EndReason; readonly at: Span & { readonly isCalendarAstray: boolean } },
): World {
  const { session, log, ended } = agentIn(world, workNumber);
  if (session === null) throw new RangeError(`agent ${workNumber} has no session in the model`);
  const { token, replaced, signedInAt, firstSequence, readUpTo, receivedUpTo } = session;
  const over = { token, replaced, signedInAt, firstSequence, readUpTo, receivedUpTo, reason };
  return changeAgent(world, workNumber, {
    log: [...log, { kind: 'agentSignedOut', reason, signedInAt }],
    session: null,
    ended: [
      ...ended,
      {
        ...over,
        lastSequence: log.length + 1,
        endedAt: { from: at.from, to: at.to },
        isClockUnsure: at.isCalendarAstray,
      },
    ],
  });
}
