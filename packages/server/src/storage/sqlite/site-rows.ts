import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import { PolicyCache } from '../policy-cache.ts';
import {
  agentDefinitionFrom,
  type CredentialRow,
  signInFactsFromRow,
  type TenantRow,
  tenantFromRow,
} from '../site-rows.ts';
import type { InstallationKind, SiteStore, SiteTenant } from '../site-store.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Tenants, agents' definitions and credentials, and the site token. */
export function sqliteSiteRows(database: DatabaseSync, transaction: WriteTransaction): SiteStore {
  /** One statement that writes; gives how many rows it has changed. */
  const change = (statement: StatementSync, ...values: SQLInputValue[]) =>
    transaction(() => ({ result: Number(statement.run(...values).changes), keep: true }));
  const tenants = database.prepare('SELECT tenant_id, definition FROM tenant ORDER BY tenant_id');
  const tenant = database.prepare('SELECT tenant_id, definition FROM tenant WHERE tenant_id = ?');
  const selectCredential = `SELECT work_number, agent.tenant_id, enabled, password_hash, credential_version,
    must_change_password, password_valid_until, tenant.policy FROM agent JOIN tenant USING (tenant_id)`;
  const credential = database.prepare(`${selectCredential} WHERE work_number = ?`);
  const credentialByAccount = database.prepare(`${selectCredential} WHERE account = ?`);
  const accountOwner = database.prepare('SELECT work_number FROM agent WHERE account = ?');
  const owner = database.prepare('SELECT tenant_id FROM agent WHERE work_number = ?');
  const definition = database.prepare('SELECT definition FROM agent WHERE work_number = ?');
  const before = database.prepare(
    'SELECT password_hash FROM password_history WHERE work_number = ? ORDER BY credential_version',
  );
  const validity = database.prepare(
    'UPDATE agent SET password_valid_until = ? WHERE tenant_id = ? AND password_valid_until IS NOT NULL',
  );
  const addKind = database.prepare(
    'INSERT INTO installation (singleton, kind) VALUES (1, ?) ON CONFLICT DO NOTHING',
  );
  const kindOf = database.prepare('SELECT kind FROM installation');
  const policies = new PolicyCache();
  const siteToken = database.prepare('SELECT token_hash FROM site_token');
  const claimToken = database.prepare(
    'INSERT INTO site_token (singleton, token_hash) VALUES (1, ?) ON CONFLICT DO NOTHING',
  );
  const agentDefinition = (agent: WorkNumber) => agentDefinitionFrom(definition.get(agent)?.definition);
  const factsFrom = (row: unknown) =>
    row === undefined ? undefined : signInFactsFromRow(row as CredentialRow, policies);
  return {
    listTenants: async () => tenantsFrom(tenants.all()),
    findTenant: async (tenantId) => tenantsFrom(tenant.all(tenantId))[0],
    findAgentDefinition: async (agent) => agentDefinition(agent),
    findCredential: async (workNumber) => factsFrom(credential.get(workNumber)),
    findCredentialByAccount: async (account) => factsFrom(credentialByAccount.get(account)),
    findAccountOwners: async (accounts) => {
      const owners = new Map<string, WorkNumber>();
      for (const account of accounts) {
        const row = accountOwner.get(account);
        if (row !== undefined) owners.set(account, row.work_number as WorkNumber);
      }
      return owners;
    },
    findPasswordBackground: async (workNumber) => ({
      name: agentDefinition(workNumber)?.name ?? '',
      passwordsBefore: before.all(workNumber).map(({ password_hash: hash }) => String(hash)),
    }),
    findExistingAgents: async (workNumbers) => {
      const found = new Map<WorkNumber, TenantId>();
      for (const workNumber of workNumbers) {
        const row = owner.get(workNumber);
        if (row !== undefined) found.set(workNumber, row.tenant_id as TenantId);
      }
      return found;
    },
    saveSite: (site) => transaction(() => ({ result: saveSite(database, site), keep: true })),
    setPasswordValidity: async (tenantId, validUntil) => {
      await change(validity, validUntil, tenantId);
    },
    claimInstallation: async (kind) => {
      await change(addKind, kind);
      return kindOf.get()?.kind as InstallationKind;
    },
    findSiteTokenHash: async () => siteToken.get()?.token_hash as string | undefined,
    claimSiteToken: async (tokenHash) => (await change(claimToken, tokenHash)) === 1,
  };
}

function tenantsFrom(rows: readonly unknown[]) {
  return (rows as TenantRow[]).map(tenantFromRow);
}

function saveSite(database: DatabaseSync, site: readonly SiteTenant[]): void {
  const saveTenant = database.prepare(
    `INSERT INTO tenant (tenant_id, definition, policy) VALUES (?, ?, ?)
     ON CONFLICT (tenant_id) DO UPDATE SET definition = excluded.definition, policy = excluded.policy`,
  );
  const addLicence = database.prepare('INSERT INTO licence (tenant_id) VALUES (?) ON CONFLICT DO NOTHING');
  const addBoard = database.prepare(
    'INSERT INTO bulletin_board (tenant_id) VALUES (?) ON CONFLICT DO NOTHING',
  );
  const addFeed = database.prepare('INSERT INTO feed (tenant_id) VALUES (?) ON CONFLICT DO NOTHING');
  const saveAgent = database.prepare(
    `INSERT INTO agent (work_number, tenant_id, definition, account, enabled, password_hash, credential_version,
       must_change_password, password_valid_until) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
     ON CONFLICT (work_number) DO UPDATE SET definition = excluded.definition, account = excluded.account,
       enabled = excluded.enabled
       WHERE agent.tenant_id = excluded.tenant_id`,
  );
  const clearAccount = database.prepare(
    'UPDATE agent SET account = NULL WHERE work_number = ? AND tenant_id = ?',
  );
  // Before any is set: agents may exchange their accounts.
  for (const { tenantId, agents } of site) {
    for (const { workNumber } of agents) clearAccount.run(workNumber, tenantId);
  }
  for (const { tenantId, definition, agents } of site) {
    saveTenant.run(tenantId, JSON.stringify(definition), JSON.stringify(definition.policy));
    addLicence.run(tenantId);
    addBoard.run(tenantId);
    addFeed.run(tenantId);
    for (const agent of agents) {
      saveAgent.run(
        agent.workNumber,
        tenantId,
        JSON.stringify(agent.definition),
        agent.account,
        agent.enabled ? 1 : 0,
        agent.passwordHash,
        agent.mustChangePassword ? 1 : 0,
        agent.passwordValidUntil,
      );
    }
  }
}
