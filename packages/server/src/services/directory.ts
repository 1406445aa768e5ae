import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Clock } from '../platform/clock.ts';
import type { TenantDefinition } from '../site/site-file.ts';
import type { DirectoryStore, ListedAgent } from '../storage/directory-store.ts';
import type { SiteStore } from '../storage/site-store.ts';

export type { ListedAgent, TenantDefinition };

/** A list over a tenant is made at most once in this time, whoever asks for it. */
const SHARED_MS = 1_000;
/** So many rows are read at once; the loop is free in between. */
const READ_AT_ONCE = 1_000;

/** All agents of a tenant at one moment, by number, with whatever was made of them for those who asked. */
export class Roster {
  readonly tenant: TenantDefinition;
  readonly agents: readonly ListedAgent[];
  /** Store time at which it was read, epoch ms. */
  readonly asOf: number;
  readonly #byNumber: ReadonlyMap<number, ListedAgent>;
  readonly #made = new Map<string, unknown>();

  constructor(tenant: TenantDefinition, agents: readonly ListedAgent[], asOf: number) {
    this.tenant = tenant;
    this.agents = agents;
    this.asOf = asOf;
    this.#byNumber = new Map(agents.map((agent) => [agent.record.workNumber, agent]));
  }

  find(workNumber: number): ListedAgent | undefined {
    return this.#byNumber.get(workNumber);
  }

  /** What `make` gave for this name, made once for all who ask. */
  shared<Made>(name: string, make: () => Made): Made {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name) as Made;
  }
}

type SharedReads<Result> = Map<TenantId, { readonly readMs: number; readonly result: Promise<Result> }>;

interface DirectoryParts {
  readonly store: DirectoryStore & Pick<SiteStore, 'findTenant'>;
  readonly clock: Clock;
  /** The store's time, epoch ms. */
  readonly storeTimeMs: () => number;
}

/** Who there is and what they do: one agent as it is now, a tenant's list at most a second old (rule QU-3). */
export class Directory {
  readonly #parts: DirectoryParts;
  readonly #tenants: SharedReads<TenantDefinition | undefined> = new Map();
  readonly #rosters: SharedReads<Roster | undefined> = new Map();

  constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  agent(workNumber: WorkNumber): Promise<ListedAgent | undefined> {
    return this.#parts.store.findListedAgent(workNumber);
  }

  /** The tenant as the site defines it; undefined where there is none. */
  tenant(tenantId: TenantId): Promise<TenantDefinition | undefined> {
    return this.#shared(this.#tenants, tenantId, async () => {
      const tenant = await this.#parts.store.findTenant(tenantId);
      return tenant?.definition;
    });
  }

  /** Undefined for a tenant that does not exist. */
  roster(tenantId: TenantId): Promise<Roster | undefined> {
    return this.#shared(this.#rosters, tenantId, () => this.#read(tenantId));
  }

  /** Read at most once a second for all who ask. */
  #shared<Result>(
    known: SharedReads<Result>,
    tenantId: TenantId,
    read: () => Promise<Result>,
  ): Promise<Result> {
    const nowMs = this.#parts.clock.monotonicMs();
    const last = known.get(tenantId);
    if (last !== undefined && nowMs - last.readMs < SHARED_MS) return last.result;
    const fresh = { readMs: nowMs, result: read() };
    known.set(tenantId, fresh);
    // A failure is not shared with who asks later.
    fresh.result.catch(() => {
      if (known.get(tenantId) === fresh) known.delete(tenantId);
    });
    return fresh.result;
  }

  async #read(tenantId: TenantId): Promise<Roster | undefined> {
    const { store, clock, storeTimeMs } = this.#parts;
    const tenant = (await store.findTenant(tenantId))?.definition;
    if (tenant === undefined) return undefined;
    const asOf = storeTimeMs();
    const agents: ListedAgent[] = [];
    for (;;) {
      const after = agents.at(-1)?.record.workNumber ?? 0;
      const some = await store.listAgents(tenantId, after, READ_AT_ONCE);
      agents.push(...some);
      if (some.length < READ_AT_ONCE) return new Roster(tenant, agents, asOf);
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  }
}
