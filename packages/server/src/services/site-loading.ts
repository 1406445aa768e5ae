import { accountKey, type TenantId, type WorkNumber } from '@rollcall/contract/identifiers';
import { DAY_MS } from '../domain/durations.ts';
import type { Clock } from '../platform/clock.ts';
import type { PasswordHashing } from '../platform/password-hashing.ts';
import type { SecretSource } from '../platform/session-tokens.ts';
import type { AgentDefinition, SiteFile, TenantDefinition } from '../site/site-file.ts';
import type { SiteAgent, SiteStore, SiteTenant } from '../storage/site-store.ts';

/** A password made for a new account: shown once, stored only as a hash. */
export interface GeneratedPassword {
  readonly workNumber: WorkNumber;
  readonly name: string;
  readonly password: string;
}

export type SiteLoadOutcome =
  | {
      readonly kind: 'loaded';
      readonly newAgents: number;
      readonly knownAgents: number;
      readonly generated: readonly GeneratedPassword[];
    }
  /** An agent of the file already belongs to another tenant: work numbers are unique in the installation. */
  | { readonly kind: 'agentOfOtherTenant'; readonly workNumber: WorkNumber; readonly tenantId: TenantId }
  /** An account of the file belongs to an agent that the file does not name: accounts are unique too. */
  | { readonly kind: 'accountOfOtherAgent'; readonly workNumber: WorkNumber; readonly owner: WorkNumber };

interface SiteLoadingParts {
  readonly store: Pick<SiteStore, 'findAccountOwners' | 'findExistingAgents' | 'saveSite'>;
  readonly hashing: PasswordHashing;
  readonly secrets: SecretSource;
  readonly clock: Clock;
}

/** Writes a site file's tenants and agents; an account that exists keeps its password and its session (rule ST-2). */
export async function loadSite(parts: SiteLoadingParts, site: SiteFile): Promise<SiteLoadOutcome> {
  const workNumbers = site.tenants.flatMap(({ agents }) =>
    agents.map(({ workNumber }) => workNumber as WorkNumber),
  );
  const existing = await parts.store.findExistingAgents(workNumbers);
  const takenAccount = await findTakenAccount(parts, site);
  if (takenAccount !== undefined) return takenAccount;
  const generated: GeneratedPassword[] = [];
  const tenants: SiteTenant[] = [];
  for (const { agents, ...definition } of site.tenants) {
    const tenantId = definition.tenantId as TenantId;
    const siteAgents: SiteAgent[] = [];
    for (const agent of agents) {
      const workNumber = agent.workNumber as WorkNumber;
      const owner = existing.get(workNumber);
      if (owner !== undefined && owner !== tenantId)
        return { kind: 'agentOfOtherTenant', workNumber, tenantId: owner };
      const password =
        owner === undefined && agent.firstPassword === 'generated' ? parts.secrets.newFirstPassword() : '';
      if (password !== '') generated.push({ workNumber, name: agent.name, password });
      siteAgents.push(
        await siteAgent(parts, { agent, password, definition: definition as TenantDefinition }),
      );
    }
    tenants.push({ tenantId, definition: definition as TenantDefinition, agents: siteAgents });
  }
  await parts.store.saveSite(tenants);
  return {
    kind: 'loaded',
    newAgents: workNumbers.length - existing.size,
    knownAgents: existing.size,
    generated,
  };
}

async function findTakenAccount({ store }: SiteLoadingParts, site: SiteFile) {
  const wanted = new Map<string, WorkNumber>();
  const named = new Set<number>();
  for (const { workNumber, account } of site.tenants.flatMap(({ agents }) => agents)) {
    named.add(workNumber);
    if (account !== undefined) wanted.set(accountKey(account), workNumber as WorkNumber);
  }
  for (const [account, owner] of await store.findAccountOwners([...wanted.keys()])) {
    const workNumber = wanted.get(account);
    if (workNumber !== undefined && !named.has(owner))
      return { kind: 'accountOfOtherAgent', workNumber, owner } as const;
  }
  return undefined;
}

interface NewAccount {
  readonly agent: AgentDefinition;
  readonly password: string;
  readonly definition: TenantDefinition;
}

async function siteAgent(
  { hashing, clock }: SiteLoadingParts,
  { agent, password, definition: { policy } }: NewAccount,
): Promise<SiteAgent> {
  const days = policy.passwordValidityDays;
  return {
    workNumber: agent.workNumber as WorkNumber,
    definition: agent,
    account: agent.account === undefined ? null : accountKey(agent.account),
    enabled: agent.enabled,
    passwordHash: password === '' ? null : await hashing.hash(password),
    mustChangePassword: (agent.firstPasswordChange ?? policy.firstPasswordChange) === 'forced',
    passwordValidUntil: days === 'never' ? null : clock.wallMs() + days * DAY_MS,
  };
}

/** What the operator is told at every start: settings that are less safe than their defaults (rule ST-4). */
export function describeUnsafeSettings(tenants: readonly TenantDefinition[]): string[] {
  return tenants.flatMap(({ tenantId, policy }) => [
    ...(policy.emptyPasswords === 'allowed' ? [`VDN ${tenantId} allows empty passwords`] : []),
    ...(policy.passwordValidityDays === 'never' ? [`VDN ${tenantId} has passwords that never expire`] : []),
    ...(policy.firstPasswordChange === 'optional'
      ? [`VDN ${tenantId} does not force new accounts to change their password`]
      : []),
  ]);
}
