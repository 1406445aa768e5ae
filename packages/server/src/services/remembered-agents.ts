import type { WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { AgentStore } from '../storage/agent-store.ts';

/**
 * Agents' records as this node last read or committed them, so that a call need not read its caller's record again.
 * Only where no other process changes sessions: there what is remembered is what is stored. A command is decided
 * against the stored record all the same.
 */
export class RememberedAgents implements Pick<AgentStore, 'findAgent'> {
  readonly #store: Pick<AgentStore, 'findAgent'>;
  readonly #records = new Map<WorkNumber, AgentRecord>();

  constructor(store: Pick<AgentStore, 'findAgent'>) {
    this.#store = store;
  }

  async findAgent(workNumber: WorkNumber): Promise<AgentRecord | undefined> {
    const remembered = this.#records.get(workNumber);
    if (remembered !== undefined) return remembered;
    const found = await this.#store.findAgent(workNumber);
    // A commit that came in between knows better than what was read before it.
    if (found !== undefined && !this.#records.has(workNumber)) this.#records.set(workNumber, found);
    return this.#records.get(workNumber);
  }

  /** Takes over what a batch has changed; called after its commit and before anyone is told of it. */
  learn(changes: Changes): void {
    for (const record of changes.records.values()) this.#records.set(record.workNumber, record);
  }
}
