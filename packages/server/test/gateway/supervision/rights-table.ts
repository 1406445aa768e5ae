import { OPERATIONS, type OperationName } from '@rollcall/contract';
import { specTable } from '../../support/spec-table.ts';
import { CALLERS, type CallerName } from './rights-site.ts';

/** What each caller gets for one operation, as docs/spec/supervision.md says it. */
export type RightsRow = Readonly<Record<CallerName, string>>;

/** Operations on other agents, groups, queues and the installation: they stand in the table, and no others. */
const FAMILIES =
  /^\/(?:(?:agentgroup|qualitycontrol|querymonitor|queuedevice)\/|onlineagent\/\{agentid\}\/agentskills)/;

/** The table of rights, in its own order. Throws where its columns are not those of {@link CALLERS}. */
export function readRightsTable(): ReadonlyMap<string, RightsRow> {
  const [heading = [], ...rows] = specTable('supervision.md', 'Who may ask what');
  const [, ...columns] = heading;
  const names = Object.keys(CALLERS) as CallerName[];
  if (columns.join() !== names.join()) throw new RangeError(`the table of rights has the columns ${columns}`);
  return new Map(
    rows.map(([operation = '', ...cells]) => [
      operation,
      Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) as RightsRow,
    ]),
  );
}

/** The offered operations that the table has to name, sorted. */
export function operationsWithRights(): OperationName[] {
  const names = Object.keys(OPERATIONS) as OperationName[];
  return names.filter((name) => FAMILIES.test(OPERATIONS[name].path)).toSorted();
}
