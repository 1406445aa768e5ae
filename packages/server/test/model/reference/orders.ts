import { type ModelCall, outcomesOf } from './calls.ts';
import { mayBeDue, meetDeadline } from './deadlines.ts';
import { type Answer, isAnswer } from './outcome.ts';
import { agentIn, endSession, type ModelSite, type When, type World } from './world.ts';

/** A call with what the server answered. */
export interface AnsweredCall {
  readonly call: ModelCall;
  readonly answer: Answer;
}

interface Happened {
  readonly site: ModelSite;
  readonly when: When;
  /** Made at once: in which order they were done is not known. */
  readonly calls: readonly AnsweredCall[];
  /** Agents whose lease may have ended meanwhile. */
  readonly mayEnd: readonly number[];
  /** Agents whose deadline may have been met meanwhile. */
  readonly mayMeet: readonly number[];
}

type Step = AnsweredCall | { readonly endsLeaseOf: number } | { readonly meetsDeadlineOf: number };

/** Every world that may have become of one of these, by any order that explains all answers. */
export function explain(worlds: readonly World[], happened: Happened): readonly World[] {
  const byItself: Step[] = [
    ...happened.mayEnd.map((workNumber) => ({ endsLeaseOf: workNumber })),
    ...happened.mayMeet.map((workNumber) => ({ meetsDeadlineOf: workNumber })),
  ];
  const orders = subsetsOf(byItself).flatMap((some) => ordersOf([...happened.calls, ...some]));
  const found = orders.flatMap((order) =>
    order.reduce<readonly World[]>(
      (before, step) => before.flatMap((world) => after(world, step, happened)),
      worlds,
    ),
  );
  return distinct(found);
}

function after(world: World, step: Step, { site, when }: Happened): readonly World[] {
  if ('endsLeaseOf' in step) {
    const { endsLeaseOf: workNumber } = step;
    if (agentIn(world, workNumber).session === null) return [];
    return [endSession(world, workNumber, { reason: 'leaseOver', at: when })];
  }
  if ('meetsDeadlineOf' in step) {
    const { meetsDeadlineOf: workNumber } = step;
    const { storeTime } = when;
    if (!mayBeDue(world, storeTime).includes(workNumber)) return [];
    return [meetDeadline({ site, world, now: storeTime }, workNumber)];
  }
  const { call, answer } = step;
  return outcomesOf({ site, world, call, when })
    .filter((outcome) => isAnswer(outcome, answer))
    .map((outcome) => outcome.learn(answer));
}

function ordersOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

function subsetsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  let sets: Item[][] = [[]];
  for (const item of items) sets = sets.flatMap((set) => [set, [...set, item]]);
  return sets;
}

/** Worlds that differ in nothing are one. */
export function distinct(worlds: readonly World[]): readonly World[] {
  return [...new Map(worlds.map((world) => [JSON.stringify([...world]), world])).values()];
}
