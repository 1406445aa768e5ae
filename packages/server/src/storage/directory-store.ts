import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { AgentDefinition } from '../site/site-file.ts';

/** An agent as the site defined it, with what it does now. */
export interface ListedAgent {
  readonly record: AgentRecord;
  readonly definition: AgentDefinition;
}

/** Who there is: what queries about others are answered from. */
export interface DirectoryStore {
  findListedAgent(workNumber: WorkNumber): Promise<ListedAgent | undefined>;
  /** At most `limit` of the tenant's agents whose numbers are above `after`, by number. */
  listAgents(tenantId: TenantId, after: number, limit: number): Promise<readonly ListedAgent[]>;
  /** As `listAgents`, but only the signed-in supervisors that want to be told of sign-ins; costs what it gives. */
  listListening(tenantId: TenantId, after: number, limit: number): Promise<readonly ListedAgent[]>;
}
