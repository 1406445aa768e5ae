import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { decide } from '../domain/agent-session/decide.ts';
import type { Refusal } from '../domain/agent-session/decision.ts';
import { emptyWorkingSet } from '../domain/agent-session/working-set.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Directory, ListedAgent, Roster } from './directory.ts';
import { mayWatch, type SupervisionAct } from './supervision.ts';

/** An agent as the caller names it. */
export interface NamedAgent {
  readonly workNumber: WorkNumber;
  /** Only while the agent's log ends here; null: always. `other`: a place that no log of ours has. */
  readonly ifHead: number | 'other' | null;
}

export interface AgentFilter {
  readonly group?: number | undefined;
  readonly skillQueue?: number | undefined;
  readonly state?: string | undefined;
}

export interface BulkRequest {
  readonly tenantId: TenantId;
  /** The inspector; null: the holder of the site token. */
  readonly by: WorkNumber | null;
  readonly act: SupervisionAct;
  readonly targets:
    | { readonly kind: 'named'; readonly agents: readonly NamedAgent[] }
    | { readonly kind: 'filter'; readonly filter: AgentFilter };
  /** Says what would become of each, and does nothing. */
  readonly dryRun: boolean;
}

export interface BulkResult {
  readonly workNumber: WorkNumber;
  readonly outcome:
    | 'done'
    | 'signedOut'
    | 'notPossibleNow'
    | 'changedMeanwhile'
    | 'noSuchAgent'
    | 'noRight'
    | 'itself'
    | 'unknown'
    | 'failed';
  /** Where the agent's log ends; null where it was not looked at. */
  readonly head: number | null;
}

export type BulkOutcome =
  | { readonly kind: 'results'; readonly results: readonly BulkResult[] }
  | { readonly kind: 'noTenant' }
  | { readonly kind: 'tooMany'; readonly found: number };

interface BulkSupervisionParts {
  readonly directory: Directory;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
}

/** So many commands of one call wait at once. */
const SUBMITTED_AT_ONCE = 500;

interface Target extends NamedAgent {
  readonly agent: ListedAgent | undefined;
}

/** One act on many agents: as many commands, each decided for itself (rule SV-10). */
export class BulkSupervision {
  readonly #parts: BulkSupervisionParts;

  constructor(parts: BulkSupervisionParts) {
    this.#parts = parts;
  }

  /** Gives a result for each agent, in the order in which they were named, or by number. */
  async force(request: BulkRequest, most: number): Promise<BulkOutcome> {
    const roster = await this.#parts.directory.roster(request.tenantId);
    if (roster === undefined) return { kind: 'noTenant' };
    const targets = targetsOf(request, roster);
    if (targets.length > most) return { kind: 'tooMany', found: targets.length };
    const results: BulkResult[] = [];
    for (let from = 0; from < targets.length; from += SUBMITTED_AT_ONCE) {
      const some = targets.slice(from, from + SUBMITTED_AT_ONCE);
      results.push(...(await Promise.all(some.map((target) => this.#forceOne(request, roster, target)))));
    }
    return { kind: 'results', results };
  }

  async #forceOne(request: BulkRequest, roster: Roster, target: Target): Promise<BulkResult> {
    const { tenantId, by, act, dryRun } = request;
    const { workNumber, ifHead, agent } = target;
    const caller = by === null ? undefined : roster.find(by);
    if (by !== null && (caller === undefined || !mayWatch(caller, agent, roster.tenant))) {
      return { workNumber, outcome: 'noRight', head: null };
    }
    if (by === workNumber) return { workNumber, outcome: 'itself', head: null };
    if (agent === undefined) return { workNumber, outcome: 'noSuchAgent', head: null };
    if (ifHead === 'other') return { workNumber, outcome: 'changedMeanwhile', head: agent.record.head };
    const command = { ...act, workNumber, tenantId, by, ifHead };
    const outcome = dryRun
      ? this.#wouldBe(agent, command)
      : await this.#parts.transactions.submit(command, 'bulk');
    return resultOf(target, agent, outcome);
  }

  /** What the decision would be on what the roster says; nothing is submitted. */
  #wouldBe({ record }: ListedAgent, command: Parameters<AgentTransactions['submit']>[0]): SubmitOutcome {
    const set = { ...emptyWorkingSet(), agents: new Map([[record.workNumber, record]]) };
    return decide(set, command, this.#parts.storeTimeMs());
  }
}

function targetsOf({ targets, tenantId }: BulkRequest, roster: Roster): Target[] {
  if (targets.kind === 'named') {
    return targets.agents.map((named) => {
      const agent = roster.find(named.workNumber);
      return { ...named, agent: agent?.record.tenantId === tenantId ? agent : undefined };
    });
  }
  return roster.agents
    .filter((agent) => fits(agent, targets.filter))
    .map((agent) => ({ workNumber: agent.record.workNumber, ifHead: null, agent }));
}

/** Who is signed out fits no filter: nothing can be done to them. */
function fits(
  { record: { session }, definition }: ListedAgent,
  { group, skillQueue, state }: AgentFilter,
): boolean {
  if (session === null) return false;
  if (group !== undefined && definition.group !== group) return false;
  if (skillQueue !== undefined && !session.settings.skillQueues.includes(skillQueue)) return false;
  return state === undefined || session.state.kind === state;
}

function resultOf({ workNumber }: Target, agent: ListedAgent, outcome: SubmitOutcome): BulkResult {
  switch (outcome.kind) {
    case 'accepted':
      return { workNumber, outcome: 'done', head: outcome.record.head };
    case 'refused':
      return { workNumber, outcome: wordFor(outcome.refusal), head: agent.record.head };
    case 'unknown':
      return { workNumber, outcome: 'unknown', head: null };
    case 'fault':
      return { workNumber, outcome: 'failed', head: null };
  }
}

function wordFor({ kind }: Refusal): 'signedOut' | 'changedMeanwhile' | 'notPossibleNow' {
  if (kind === 'sessionOver') return 'signedOut';
  return kind === 'changedMeanwhile' ? kind : 'notPossibleNow';
}
