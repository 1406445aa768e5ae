import type { DatabaseSync } from 'node:sqlite';
import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { type CredentialRow, credentialFromRow, type TenantRow, tenantFromRow } from '../site-rows.ts';
import type { SiteStore, SiteTenant } from '../site-store.ts';

/** Tenants, agents' definitions and credentials, and the site token. */
export function sqliteSiteRows(database: DatabaseSync): SiteStore {
  const tenants = database.prepare('SELECT tenant_id, definition FROM tenant ORDER BY tenant_id');
  const credential = database.prepare(
    `SELECT work_number, agent.tenant_id, enabled, password_hash, credential_version, must_change_password,
       password_valid_until, tenant.definition FROM agent JOIN tenant USING (tenant_id) WHERE work_number = ?`,
  );
  const owner = database.prepare('SELECT tenant_id FROM agent WHERE work_number = ?');
  const validity = database.prepare(
    'UPDATE agent SET password_valid_until = ? WHERE tenant_id = ? AND password_valid_until IS NOT NULL',
  );
  const siteToken = database.prepare('SELECT token_hash FROM site_token');
  const claimToken = database.prepare(
    'INSERT INTO site_token (singleton, token_hash) VALUES (1, ?) ON CONFLICT DO NOTHING',
  );
  return {
    listTenants: async () => (tenants.all() as unknown as TenantRow[]).map(tenantFromRow),
    findCredential: async (workNumber) => {
      const row = credential.get(workNumber);
      return row === undefined ? undefined : credentialFromRow(row as unknown as CredentialRow);
    },
    findExistingAgents: async (workNumbers) => {
      const found = new Map<WorkNumber, TenantId>();
      for (const workNumber of workNumbers) {
        const row = owner.get(workNumber);
        if (row !== undefined) found.set(workNumber, row.tenant_id as TenantId);
      }
      return found;
    },
    saveSite: async (site) => saveSite(database, site),
    setPasswordValidity: async (tenantId, validUntil) => {
      validity.run(validUntil, tenantId);
    },
    findSiteTokenHash: async () => siteToken.get()?.token_hash as string | undefined,
    claimSiteToken: async (tokenHash) => Number(claimToken.run(tokenHash).changes) === 1,
  };
}

function saveSite(database: DatabaseSync, site: readonly SiteTenant[]): void {
  const saveTenant = database.prepare(
    'INSERT INTO tenant VALUES (?, ?) ON CONFLICT (tenant_id) DO UPDATE SET definition = excluded.definition',
  );
  const addLicence = database.prepare('INSERT INTO licence (tenant_id) VALUES (?) ON CONFLICT DO NOTHING');
  const addFeed = database.prepare('INSERT INTO feed (tenant_id) VALUES (?) ON CONFLICT DO NOTHING');
  const saveAgent = database.prepare(
    `INSERT INTO agent (work_number, tenant_id, definition, enabled, password_hash, credential_version,
       must_change_password, password_valid_until) VALUES (?, ?, ?, ?, ?, 1, ?, ?)
     ON CONFLICT (work_number) DO UPDATE SET definition = excluded.definition, enabled = excluded.enabled`,
  );
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const { tenantId, definition, agents } of site) {
      saveTenant.run(tenantId, JSON.stringify(definition));
      addLicence.run(tenantId);
      addFeed.run(tenantId);
      for (const agent of agents) {
        saveAgent.run(
          agent.workNumber,
          tenantId,
          JSON.stringify(agent.definition),
          agent.enabled ? 1 : 0,
          agent.passwordHash,
          agent.mustChangePassword ? 1 : 0,
          agent.passwordValidUntil,
        );
      }
    }
    database.exec('COMMIT');
  } catch (fault) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw fault;
  }
}
