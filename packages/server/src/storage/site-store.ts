import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentDefinition, TenantDefinition } from '../site/site-file.ts';

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

/** An agent to be written: its definition, and its first credential where it is new. */
export interface SiteAgent {
  readonly workNumber: WorkNumber;
  readonly definition: AgentDefinition;
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
  /** The credential of an agent and its tenant. */
  findCredential(workNumber: WorkNumber): Promise<{ credential: Credential; tenant: Tenant } | undefined>;
  /** Which of these work numbers exist already, with the tenant each belongs to. */
  findExistingAgents(workNumbers: readonly WorkNumber[]): Promise<ReadonlyMap<WorkNumber, TenantId>>;
  /**
   * Writes tenants and agents in one transaction. An agent that exists keeps its credential and its session.
   */
  saveSite(tenants: readonly SiteTenant[]): Promise<void>;
  /** Sets the end of validity of the passwords of one tenant's agents that have one. */
  setPasswordValidity(tenantId: TenantId, validUntil: number): Promise<void>;
  /** SHA-256 of the site token, hex. */
  findSiteTokenHash(): Promise<string | undefined>;
  /** Sets the site token when none is set; false when there was one. */
  claimSiteToken(tokenHash: string): Promise<boolean>;
}
