import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentDefinition, TenantDefinition } from '../site/site-file.ts';
import type { PolicyCache } from './policy-cache.ts';
import type { Credential, SignInFacts, Tenant } from './site-store.ts';

/** Columns of an agent's credential beside its tenant's policy; both stores have the same. */
export interface CredentialRow {
  readonly work_number: number;
  readonly tenant_id: number;
  readonly enabled: number;
  readonly password_hash: string | null;
  readonly credential_version: number;
  readonly must_change_password: number;
  readonly password_valid_until: number | null;
  readonly policy: string;
}

/** What a sign-in has to know of an agent's row. */
export function signInFactsFromRow(row: CredentialRow, policies: PolicyCache): SignInFacts {
  const credential: Credential = {
    workNumber: row.work_number as WorkNumber,
    tenantId: row.tenant_id as TenantId,
    enabled: row.enabled === 1,
    passwordHash: row.password_hash,
    credentialVersion: row.credential_version,
    mustChangePassword: row.must_change_password === 1,
    passwordValidUntil: row.password_valid_until,
  };
  return { credential, policy: policies.parse(credential.tenantId, row.policy) };
}

/** An agent's definition, undefined where there is no such agent. */
export function agentDefinitionFrom(definition: unknown): AgentDefinition | undefined {
  return typeof definition === 'string' ? (JSON.parse(definition) as AgentDefinition) : undefined;
}

export interface TenantRow {
  readonly tenant_id: number;
  readonly definition: string;
}

export function tenantFromRow(row: TenantRow): Tenant {
  return {
    tenantId: row.tenant_id as TenantId,
    definition: JSON.parse(row.definition) as TenantDefinition,
  };
}
