import { type Circumstances, deadlineOf, moveOf } from './agent-moves.ts';
import type { Certainty, Span } from './span.ts';
import { accountOf, agentIn, applyMove, type ModelSite, type World } from './world.ts';

/** Stored times are whole milliseconds. */
const ROUNDING_MS = 5;

/** What the moves of an agent's live session depend on. Throws when there is none. */
export function circumstancesOf(
  { site, world, storeTime }: { readonly site: ModelSite; readonly world: World; readonly storeTime: Span },
  workNumber: number,
): Circumstances {
  const { tenant, mustChangePassword } = accountOf(site, workNumber);
  const { session } = agentIn(world, workNumber);
  if (session === null) throw new RangeError(`agent ${workNumber} has no session in the model`);
  const { autoEnterIdle, takesContacts } = session.settings;
  return {
    storeTime,
    wrapUpLimitMs: tenant.wrapUpLimitMs,
    wrapsUpAfterHangUp: tenant.wrapsUpAfterHangUp,
    autoEnterIdle,
    releasePhone: session.releasePhone,
    mayTakeContacts: takesContacts && !mustChangePassword,
  };
}

/** Whether a deadline is over by then, by the store's time (AS-20). */
function isOver(deadline: Span, now: Span): Certainty {
  if (deadline.from - ROUNDING_MS > now.to) return 'no';
  return deadline.to + ROUNDING_MS < now.from ? 'yes' : 'either';
}

/** Agents with something due that may be over by then. */
export function mayBeDue(world: World, now: Span): number[] {
  return [...world].flatMap(([workNumber, { session }]) => {
    const deadline = session === null ? null : deadlineOf(session.state);
    return deadline === null || isOver(deadline, now) === 'no' ? [] : [workNumber];
  });
}

/** The store's clock moved at once from somewhere in `from` to no earlier than `to`. */
export interface Jump {
  readonly from: number;
  readonly to: number;
}

/**
 * The world in which the agent's deadline was met by now.
 *
 * @param jump if the deadline lies in time that was jumped over, it was met no earlier than that time's end.
 */
export function meetDeadline(
  { site, world, now, jump }: { site: ModelSite; world: World; now: Span; jump?: Jump },
  workNumber: number,
): World {
  const deadline = deadlineIn(world, workNumber);
  const { session } = agentIn(world, workNumber);
  const isJumpedOver = jump !== undefined && deadline.from > jump.from && deadline.from <= jump.to;
  const at = { from: isJumpedOver ? jump.to : deadline.from, to: now.to };
  const circumstances = circumstancesOf({ site, world, storeTime: at }, workNumber);
  const move = session && moveOf(session.state, { kind: 'deadline' }, circumstances);
  return move === null ? world : applyMove(world, workNumber, move);
}

interface Passed {
  readonly site: ModelSite;
  /** Whatever was due before this was met. */
  readonly now: Span;
  readonly jump: Jump;
  /** Agents whose session may have ended before its deadline was met. */
  readonly mayHaveEnded: readonly number[];
}

/** Every world that may have become of this one by deadlines. */
export function afterDeadlines(world: World, passed: Passed): readonly World[] {
  return mayBeDue(world, passed.now).reduce<readonly World[]>(
    (worlds, workNumber) => worlds.flatMap((each) => afterDeadlinesOf(workNumber, each, passed)),
    [world],
  );
}

/** What is pending in a wrap-up may be a rest that is over by now too. */
function afterDeadlinesOf(workNumber: number, world: World, passed: Passed): readonly World[] {
  if (!mayBeDue(world, passed.now).includes(workNumber)) return [world];
  const met = afterDeadlinesOf(workNumber, meetDeadline({ ...passed, world }, workNumber), passed);
  const isSure = isOver(deadlineIn(world, workNumber), passed.now) === 'yes';
  return isSure && !passed.mayHaveEnded.includes(workNumber) ? met : [world, ...met];
}

function deadlineIn(world: World, workNumber: number): Span {
  const { session } = agentIn(world, workNumber);
  const deadline = session === null ? null : deadlineOf(session.state);
  if (deadline === null) throw new RangeError(`agent ${workNumber} has no deadline in the model`);
  return deadline;
}
