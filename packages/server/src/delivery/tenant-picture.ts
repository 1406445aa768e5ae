import type { TenantId, VdnFeedAgent, WorkNumber } from '@rollcall/contract';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { DirectoryStore, ListedAgent } from '../storage/directory-store.ts';
import { agentSnapshot } from './agent-snapshot.ts';

/** So many agents are read at once. */
const READ_AT_ONCE = 1_000;

interface Pictured {
  readonly head: number;
  readonly row: VdnFeedAgent;
}

interface TenantPictureParts {
  readonly tenantId: TenantId;
  readonly store: Pick<DirectoryStore, 'findListedAgent' | 'listAgents'>;
  readonly epoch: string;
}

/** What all agents of one tenant do, kept up to date by the commits as they come. */
export class TenantPicture {
  readonly #parts: TenantPictureParts;
  readonly #agents = new Map<WorkNumber, Pictured>();
  /** What was committed while the first reading went on. */
  readonly #early = new Map<WorkNumber, AgentRecord>();

  constructor(parts: TenantPictureParts) {
    this.#parts = parts;
  }

  /** By number. */
  get workNumbers(): readonly WorkNumber[] {
    return [...this.#agents.keys()];
  }

  row(workNumber: WorkNumber): VdnFeedAgent | undefined {
    return this.#agents.get(workNumber)?.row;
  }

  /** Reads all agents; gives those that are news. What is learned meanwhile counts where it is newer. */
  async read(): Promise<readonly WorkNumber[]> {
    const { store, tenantId } = this.#parts;
    const news: WorkNumber[] = [];
    for (let after = 0; ; ) {
      const some = await store.listAgents(tenantId, after, READ_AT_ONCE);
      news.push(...this.#takeAll(some));
      after = some.at(-1)?.record.workNumber ?? after;
      if (some.length < READ_AT_ONCE) break;
    }
    for (const record of this.#early.values()) this.learn(record);
    this.#early.clear();
    return news;
  }

  /** An agent as a commit has left it. `unknown`: it has to be read. */
  learn(record: AgentRecord): 'news' | 'known' | 'unknown' {
    const known = this.#agents.get(record.workNumber);
    if (known === undefined) {
      this.#early.set(record.workNumber, record);
      return 'unknown';
    }
    if (record.head <= known.head) return 'known';
    const { name, group } = known.row;
    this.#agents.set(record.workNumber, this.#pictured(record, { name, group }));
    return 'news';
  }

  /** Reads some agents again; gives those that are news. */
  async readAgain(agents: readonly WorkNumber[]): Promise<readonly WorkNumber[]> {
    const found = await Promise.all(agents.map((agent) => this.#parts.store.findListedAgent(agent)));
    return this.#takeAll(
      found.flatMap((listed) => (listed?.record.tenantId === this.#parts.tenantId ? [listed] : [])),
    );
  }

  #takeAll(all: readonly ListedAgent[]): readonly WorkNumber[] {
    return all.flatMap(({ record, definition }) => {
      const { name, group = null } = definition;
      const known = this.#agents.get(record.workNumber);
      const isNamedAnew = known?.row.name !== name || known.row.group !== group;
      // What a commit has told meanwhile is newer than what was read; the name is the site's.
      const isNewer = known === undefined || record.head > known.head;
      if (!isNewer && !isNamedAnew) return [];
      const pictured = this.#pictured(record, { name, group });
      const kept = isNewer ? pictured : { ...known, row: { ...known.row, name, group } };
      this.#agents.set(record.workNumber, kept);
      return [record.workNumber];
    });
  }

  #pictured(record: AgentRecord, named: Pick<VdnFeedAgent, 'name' | 'group'>): Pictured {
    return { head: record.head, row: { ...agentSnapshot(record, this.#parts.epoch), ...named } };
  }
}
