import { specTable } from '../../support/spec-table.ts';

/** Every state that a signed-in agent may be in, as docs/spec/agent-state.md names them. */
export const STATES = [
  'ready',
  'notReady',
  'resting',
  'restOver',
  'wrapUp',
  'wrapUp+notReady',
  'wrapUp+rest',
  'offered',
  'offered+notReady',
  'offered+rest',
  'talking',
  'talking+notReady',
  'talking+rest',
] as const;
export type StateName = (typeof STATES)[number];

/** One cell of the specification's table. */
export interface Cell {
  readonly what: string;
  readonly from: StateName;
  /** A state, `signedOut`, or `refused`. */
  readonly to: string;
  readonly events: readonly string[];
  readonly interval: string;
}

/** The cells of the table of moves, grouped by what happens. Throws where a row names no state. */
export function readMoveTable(): ReadonlyMap<string, readonly Cell[]> {
  const [, ...rows] = specTable('agent-state.md', 'The moves');
  return Map.groupBy(rows.flatMap(cellsOf), ({ what }) => what);
}

function cellsOf([what = '', from = '', to = '', events = '', interval = '']: readonly string[]): Cell[] {
  const names = from === 'every' ? STATES : from.split(', ').map(stateNamed);
  return names.map((name) => ({
    what,
    from: name,
    to: to === 'same' ? name : to,
    events: events === '–' ? [] : events.split(', '),
    interval,
  }));
}

function stateNamed(name: string): StateName {
  const state = STATES.find((each) => each === name);
  if (state === undefined) throw new RangeError(`the table of moves names a state ${name}`);
  return state;
}
