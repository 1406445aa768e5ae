import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Supervision as SupervisionCommand } from '../domain/agent-session/commands.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';
import type { Directory, ListedAgent, Roster, TenantDefinition } from './directory.ts';

/** What is to be done to an agent, before it is said to whom and by whom. */
export type SupervisionAct = SupervisionCommand extends infer Each
  ? Each extends SupervisionCommand
    ? Omit<Each, 'workNumber' | 'tenantId' | 'by' | 'ifHead'>
    : never
  : never;

/** In the order in which they are looked at (rule SV-2). */
type NotAllowed = { readonly kind: 'noRight' | 'isItself' | 'noSuchAgent' };

export type SupervisionOutcome = SubmitOutcome | NotAllowed;

type Looked = { readonly kind: 'mayAct' } | NotAllowed;

interface SupervisionParts {
  readonly directory: Directory;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
}

/** Who asks, and about whom. */
export interface Asking {
  readonly tenantId: TenantId;
  readonly inspector: WorkNumber;
  readonly workNumber: WorkNumber;
}

/** What inspectors may do to other agents' sessions (docs/spec/supervision.md). */
export class Supervision {
  readonly #parts: SupervisionParts;

  constructor(parts: SupervisionParts) {
    this.#parts = parts;
  }

  /** Does it to the session as it is when the command is decided, if the inspector may. */
  async force(asking: Asking, act: SupervisionAct): Promise<SupervisionOutcome> {
    const looked = await this.look(asking);
    if (looked.kind !== 'mayAct') return looked;
    const { tenantId, inspector, workNumber } = asking;
    return this.#parts.transactions.submit({ ...act, workNumber, tenantId, by: inspector, ifHead: null });
  }

  /** SV-2: whether the inspector may do anything to this agent. */
  async look({ tenantId, inspector, workNumber }: Asking): Promise<Looked> {
    const { directory } = this.#parts;
    const [caller, found, tenant] = await Promise.all([
      directory.agent(inspector),
      directory.agent(workNumber),
      directory.tenant(tenantId),
    ]);
    const target = found?.record.tenantId === tenantId ? found : undefined;
    if (caller === undefined || tenant === undefined || !mayWatch(caller, target, tenant))
      return { kind: 'noRight' };
    if (inspector === workNumber) return { kind: 'isItself' };
    if (target === undefined) return { kind: 'noSuchAgent' };
    return { kind: 'mayAct' };
  }
}

/** SV-1: an inspector watches the groups that it supervises, or the whole VDN. */
export function mayWatch(
  caller: ListedAgent,
  target: ListedAgent | undefined,
  tenant: TenantDefinition,
): boolean {
  const { role, rights } = caller.definition;
  if (role !== 'supervisor') return false;
  if (rights.includes('watchVdn')) return true;
  const group = tenant.groups.find(({ groupId }) => groupId === target?.definition.group);
  return group?.supervisor === caller.record.workNumber;
}

/** SV-12: agents of whose sign-ins and sign-outs the inspector is told. */
export function watchedBy(caller: ListedAgent, { tenant, agents }: Roster): readonly ListedAgent[] {
  return agents.filter(watchOf(caller, tenant));
}

/** Says of each agent whether the inspector is told of its sign-ins and sign-outs (rule SV-12). */
export function watchOf(caller: ListedAgent, tenant: TenantDefinition): (agent: ListedAgent) => boolean {
  const own = caller.record.workNumber;
  const groups = new Set(
    tenant.groups.filter(({ supervisor }) => supervisor === own).map(({ groupId }) => groupId),
  );
  const { added, removed } = caller.record.session?.settings.watched ?? { added: [], removed: [] };
  const isAdded = new Set(added);
  const isRemoved = new Set(removed);
  return ({ record: { workNumber }, definition: { group } }) => {
    if (workNumber === own || isRemoved.has(workNumber)) return false;
    return isAdded.has(workNumber) || (group !== undefined && groups.has(group));
  };
}
