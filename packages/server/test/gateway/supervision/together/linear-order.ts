import { type Cell, readMoveTable } from '../../agent-state/move-table.ts';
import { type Act, type Answered, FORCED_ACTS, type Outcome, OWN_ACTS, SIGN_IN } from './acts.ts';

/** An event as a reader gets it; `reason` and `operator` are those of its content. */
export interface ReadEvent {
  readonly eventType: string;
  readonly content: { readonly reason?: string; readonly operator?: string } | null;
}

/** A state that the agent may be in, and how much of its log has led there. */
export interface World {
  /** As the table of moves names it, or `signedOut`. */
  readonly state: string;
  /** Of the state, and of what is pending. */
  readonly reason: number | null;
  readonly pendingReason: number | null;
  readonly read: number;
}

interface Step {
  readonly outcome: Outcome;
  readonly to: Omit<World, 'read'>;
  readonly events: readonly ReadEvent[];
}

export const NOBODY: World = { state: 'signedOut', reason: null, pendingReason: null, read: 0 };
const FORCED_REASON = 3;
const TABLE = readMoveTable();

/**
 * The worlds that a round may lead to: each stands for an order of its acts, one after another, each author's in the order
 * in which it did them, that explains every answer and the next events of the log. None: no order does.
 */
export function worldsAfter(
  before: readonly World[],
  round: readonly (readonly Answered[])[],
  log: readonly ReadEvent[],
): World[] {
  const found = new Map<string, World>();
  const visit = (world: World, left: readonly (readonly Answered[])[]) => {
    if (left.every(({ length }) => length === 0)) found.set(JSON.stringify(world), world);
    left.forEach(([next, ...later], author) => {
      const after = next && worldAfter(world, next, log);
      if (after !== undefined) visit(after, left.with(author, later));
    });
  };
  for (const world of before) visit(world, round);
  return [...found.values()];
}

/** Undefined where the act cannot have been done in this world. */
function worldAfter(world: World, act: Answered, log: readonly ReadEvent[]): World | undefined {
  const { outcome, to, events } = stepOf(world, act);
  const read = world.read + events.length;
  if (!isSaid(outcome, act) || (act.head !== null && act.head !== read)) return undefined;
  const isTold = events.every((event, index) => isSame(event, log[world.read + index]));
  return isTold ? { ...to, read } : undefined;
}

/** An inspector's single call is refused alike where the agent is signed out and where its state does not allow it. */
function isSaid(outcome: Outcome, act: Answered): boolean {
  return outcome === act.outcome || (outcome === 'sessionOver' && act.outcome === 'refused' && act.isForced);
}

function isSame({ eventType, content }: ReadEvent, read: ReadEvent | undefined): boolean {
  return (
    eventType === read?.eventType &&
    content?.reason === read.content?.reason &&
    content?.operator === read.content?.operator
  );
}

/** What the specification says of an act in a world. */
function stepOf(world: World, act: Act): Step {
  const { state } = world;
  if (act.what === SIGN_IN) return signIn();
  if (state === 'signedOut') return { outcome: 'sessionOver', to: world, events: [] };
  if (act.ifHead !== null && act.ifHead !== world.read) {
    return { outcome: 'changedMeanwhile', to: world, events: [] };
  }
  const cell = cellOf(state, act);
  if (cell.to === 'refused') return { outcome: 'refused', to: world, events: [] };
  const to = { state: cell.to, ...reasonsIn(cell.to, world, act) };
  return { outcome: 'done', to, events: cell.events.map((eventType) => eventOf(eventType, to, act)) };
}

/** Nobody but the agent signs in, and it does so when its session is over. */
function signIn(): Step {
  return {
    outcome: 'done',
    to: { state: 'ready', reason: null, pendingReason: null },
    events: ['AgentOther_InService', 'AgentState_Ready'].map((eventType) => ({ eventType, content: null })),
  };
}

function cellOf(state: string, { what, isForced }: Act): Cell {
  const row = (isForced ? FORCED_ACTS : OWN_ACTS)[what as never] as string;
  const cell = TABLE.get(row)?.find(({ from }) => from === state);
  if (cell === undefined) throw new RangeError(`the table of moves has no ${row} in ${state}`);
  return cell;
}

/** The table is about one reason of each kind; here every act has its own. */
function reasonsIn(to: string, from: World, { what, reason }: Act): Pick<World, 'reason' | 'pendingReason'> {
  const [base, pending] = to.split('+');
  if (pending !== undefined) return { reason: null, pendingReason: reason ?? from.pendingReason };
  const hasReason = base === 'notReady' || base === 'resting';
  if (!hasReason) return { reason: null, pendingReason: null };
  const taken = what === 'notReady' ? FORCED_REASON : (reason ?? from.pendingReason);
  return { reason: taken, pendingReason: null };
}

function eventOf(eventType: string, to: Omit<World, 'read'>, { by }: Act): ReadEvent {
  if (eventType.startsWith('AgentState_Force_')) return { eventType, content: { operator: String(by) } };
  const hasReason = /^AgentState_Set(?:NotReady|Rest)_Success$/.test(eventType);
  return { eventType, content: hasReason ? { reason: String(to.reason) } : null };
}
