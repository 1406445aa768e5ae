import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentDefinition, TenantDefinition, TenantPolicySettings } from '../site/site-file.ts';

/** A tenant as the site defined it. */
export interface Tenant {
  readonly tenantId: TenantId;
  readonly definition: TenantDefinition;
}

/** What is needed to verify a password, and to answer about it. */
export interface Credential {
  readonly workNumber: WorkNumber;
  readonly tenantId: TenantId;
  readonly enabled: boolean;
  /** PHC string; null stands for the empty password. */
  readonly passwordHash: string | null;
  readonly credentialVersion: number;
  readonly mustChangePassword: boolean;
  /** Epoch ms; null: never expires. */
  readonly passwordValidUntil: number | null;
}

/** What a sign-in has to know before its password is verified. */
export interface SignInFacts {
  readonly credential: Credential;
  readonly policy: TenantPolicySettings;
}

/** What an installation was made for; it never changes. */
export type InstallationKind = 'demo' | 'site';

/** An agent to be written: its definition, and its first credential where it is new. */
export interface SiteAgent {
  readonly workNumber: WorkNumber;
  readonly definition: AgentDefinition;
  /** The account name in the form in which names are compared; null: none. */
  readonly account: string | null;
  readonly enabled: boolean;
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
  readonly passwordValidUntil: number | null;
}

export interface SiteTenant extends Tenant {
  readonly agents: readonly SiteAgent[];
}

/** Tenants, agents and their credentials: what a site file defines. */
export interface SiteStore {
  /** In order of their ids. */
  listTenants(): Promise<readonly Tenant[]>;
  findTenant(tenantId: TenantId): Promise<Tenant | undefined>;
  /** An agent as the site defined it. */
  findAgentDefinition(workNumber: WorkNumber): Promise<AgentDefinition | undefined>;
  /** The credential of an agent and the policy of its tenant. */
  findCredential(workNumber: WorkNumber): Promise<SignInFacts | undefined>;
  /** The same by the account name, in the form in which names are compared. */
  findCredentialByAccount(account: string): Promise<SignInFacts | undefined>;
  /** Which of these accounts belong to somebody, and to whom. */
  findAccountOwners(accounts: readonly string[]): Promise<ReadonlyMap<string, WorkNumber>>;
  /** What a new password of the agent is compared with: its name, and hashes of the passwords before the present one. */
  findPasswordBackground(
    workNumber: WorkNumber,
  ): Promise<{ readonly name: string; readonly passwordsBefore: readonly string[] }>;
  /** Which of these work numbers exist already, with the tenant each belongs to. */
  findExistingAgents(workNumbers: readonly WorkNumber[]): Promise<ReadonlyMap<WorkNumber, TenantId>>;
  /**
   * Writes tenants and agents in one transaction. An agent that exists keeps its credential and its session. Agents of
   * the file may exchange their accounts.
   */
  saveSite(tenants: readonly SiteTenant[]): Promise<void>;
  /** Sets the end of validity of the passwords of one tenant's agents that have one. */
  setPasswordValidity(tenantId: TenantId, validUntil: number): Promise<void>;
  /** Says what the installation is for where nobody has said it yet; gives what it is for (rule ST-11). */
  claimInstallation(kind: InstallationKind): Promise<InstallationKind>;
  /** SHA-256 of the site token, hex. */
  findSiteTokenHash(): Promise<string | undefined>;
  /** Sets the site token when none is set; false when there was one. */
  claimSiteToken(tokenHash: string): Promise<boolean>;
}
