import type { TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { PolicyCache } from '../policy-cache.ts';
import {
  agentDefinitionFrom,
  type CredentialRow,
  signInFactsFromRow,
  type TenantRow,
  tenantFromRow,
} from '../site-rows.ts';
import type { InstallationKind, SiteStore, SiteTenant } from '../site-store.ts';
import { inOneTrip, statement } from './statement.ts';

const TENANTS = statement('tenants', 'SELECT tenant_id, definition FROM tenant ORDER BY tenant_id');
const TENANT = statement('tenant', 'SELECT tenant_id, definition FROM tenant WHERE tenant_id = $1');
const SELECT_CREDENTIAL = `SELECT work_number, agent.tenant_id, enabled, password_hash, credential_version,
  must_change_password, password_valid_until, tenant.policy FROM agent JOIN tenant USING (tenant_id)`;
const CREDENTIAL = statement('credential', `${SELECT_CREDENTIAL} WHERE work_number = $1`);
const CREDENTIAL_BY_ACCOUNT = statement('credential by account', `${SELECT_CREDENTIAL} WHERE account = $1`);
const ACCOUNT_OWNERS = statement(
  'account owners',
  'SELECT account, work_number FROM agent WHERE account = ANY($1::text[])',
);
// Before any is set: agents may exchange their accounts.
const CLEAR_ACCOUNTS = statement(
  'clear accounts',
  `WITH named AS (
     SELECT work_number FROM agent
     JOIN unnest($1::int4[], $2::int4[]) AS told (work_number, tenant_id) USING (work_number, tenant_id)
     WHERE account IS NOT NULL ORDER BY work_number FOR UPDATE OF agent)
   UPDATE agent SET account = NULL FROM named WHERE agent.work_number = named.work_number`,
);
const DEFINITION = statement('definition', 'SELECT definition FROM agent WHERE work_number = $1');
const PASSWORDS_BEFORE = statement(
  'passwords before',
  'SELECT password_hash FROM password_history WHERE work_number = $1 ORDER BY credential_version',
);
const EXISTING_AGENTS = statement(
  'existing agents',
  'SELECT work_number, tenant_id FROM agent WHERE work_number = ANY($1::int4[])',
);
// Agents are locked in the order in which batches lock them.
const SET_VALIDITY = statement(
  'set password validity',
  `WITH dated AS (
     SELECT work_number FROM agent WHERE tenant_id = $1 AND password_valid_until IS NOT NULL
     ORDER BY work_number FOR UPDATE)
   UPDATE agent SET password_valid_until = $2 FROM dated WHERE agent.work_number = dated.work_number`,
);
const SITE_TOKEN = statement('site token', 'SELECT token_hash FROM site_token');
const CLAIM_SITE_TOKEN = statement(
  'claim site token',
  'INSERT INTO site_token (singleton, token_hash) VALUES (1, $1) ON CONFLICT DO NOTHING',
);
const ADD_KIND = statement(
  'add installation kind',
  'INSERT INTO installation (singleton, kind) VALUES (1, $1) ON CONFLICT DO NOTHING',
);
const KIND = statement('installation kind', 'SELECT kind FROM installation');
const SAVE_TENANTS = statement(
  'save tenants',
  `INSERT INTO tenant (tenant_id, definition, policy)
   SELECT * FROM unnest($1::int4[], $2::text[], $3::text[]) AS saved (tenant_id, definition, policy) ORDER BY tenant_id
   ON CONFLICT (tenant_id) DO UPDATE SET definition = excluded.definition, policy = excluded.policy`,
);
const ADD_LICENCES = statement(
  'add licences',
  'INSERT INTO licence (tenant_id) SELECT * FROM unnest($1::int4[]) ON CONFLICT DO NOTHING',
);
const ADD_BOARDS = statement(
  'add bulletin boards',
  'INSERT INTO bulletin_board (tenant_id) SELECT * FROM unnest($1::int4[]) ON CONFLICT DO NOTHING',
);
const ADD_FEEDS = statement(
  'add feeds',
  'INSERT INTO feed (tenant_id) SELECT * FROM unnest($1::int4[]) ON CONFLICT DO NOTHING',
);
const SAVE_AGENTS = statement(
  'save agents',
  `INSERT INTO agent (work_number, tenant_id, definition, account, enabled, password_hash, credential_version,
     must_change_password, password_valid_until)
   SELECT work_number, tenant_id, definition, account, enabled, password_hash, 1, must_change_password,
     password_valid_until
   FROM unnest($1::int4[], $2::int4[], $3::text[], $4::text[], $5::int4[], $6::text[], $7::int4[], $8::int8[]) AS saved
     (work_number, tenant_id, definition, account, enabled, password_hash, must_change_password, password_valid_until)
   ORDER BY work_number
   ON CONFLICT (work_number) DO UPDATE SET definition = excluded.definition, account = excluded.account,
     enabled = excluded.enabled
   WHERE agent.tenant_id = excluded.tenant_id`,
);
/** Agents written by one statement: a site of many thousands stays within the statement's time limit. */
const AGENTS_PER_STATEMENT = 5_000;

/** Tenants, agents' definitions and credentials, and the site token. */
export function postgresSiteRows(pool: Pool): SiteStore {
  const policies = new PolicyCache();
  const findFacts = async (query: QueryConfig<unknown[]>) => {
    const [row] = (await pool.query<CredentialRow>(query)).rows;
    return row === undefined ? undefined : signInFactsFromRow(row, policies);
  };
  const findAgentDefinition = async (workNumber: WorkNumber) =>
    agentDefinitionFrom(
      (await pool.query<{ definition: string }>(DEFINITION([workNumber]))).rows[0]?.definition,
    );
  return {
    listTenants: async () => (await pool.query<TenantRow>(TENANTS([]))).rows.map(tenantFromRow),
    findTenant: async (tenantId) => {
      const [row] = (await pool.query<TenantRow>(TENANT([tenantId]))).rows;
      return row === undefined ? undefined : tenantFromRow(row);
    },
    findAgentDefinition,
    findCredential: (workNumber) => findFacts(CREDENTIAL([workNumber])),
    findCredentialByAccount: (account) => findFacts(CREDENTIAL_BY_ACCOUNT([account])),
    findAccountOwners: async (accounts) => {
      const { rows } = await pool.query<{ account: string; work_number: WorkNumber }>(
        ACCOUNT_OWNERS([accounts]),
      );
      return new Map(rows.map((row) => [row.account, row.work_number]));
    },
    findPasswordBackground: async (workNumber) => {
      const definition = await findAgentDefinition(workNumber);
      const { rows } = await pool.query<{ password_hash: string }>(PASSWORDS_BEFORE([workNumber]));
      return {
        name: definition?.name ?? '',
        passwordsBefore: rows.map(({ password_hash: hash }) => hash),
      };
    },
    findExistingAgents: async (workNumbers) => {
      const { rows } = await pool.query<{ work_number: WorkNumber; tenant_id: TenantId }>(
        EXISTING_AGENTS([workNumbers]),
      );
      return new Map(rows.map((row) => [row.work_number, row.tenant_id]));
    },
    saveSite: (tenants) => saveSite(pool, tenants),
    setPasswordValidity: async (tenantId, validUntil) => {
      await pool.query(SET_VALIDITY([tenantId, validUntil]));
    },
    claimInstallation: async (kind) => {
      await pool.query(ADD_KIND([kind]));
      const [row] = (await pool.query<{ kind: InstallationKind }>(KIND([]))).rows;
      return row?.kind ?? kind;
    },
    findSiteTokenHash: async () =>
      (await pool.query<{ token_hash: string }>(SITE_TOKEN([]))).rows[0]?.token_hash,
    claimSiteToken: async (tokenHash) => (await pool.query(CLAIM_SITE_TOKEN([tokenHash]))).rowCount === 1,
  };
}

async function saveSite(pool: Pool, tenants: readonly SiteTenant[]): Promise<void> {
  const client = await pool.connect();
  let failed = false;
  try {
    await client.query('BEGIN');
    await writeSite(client, tenants);
    await client.query('COMMIT');
  } catch (fault) {
    // Closing the connection undoes what it has begun; imports are too rare to save it.
    failed = true;
    throw fault;
  } finally {
    client.release(failed);
  }
}

async function writeSite(client: PoolClient, tenants: readonly SiteTenant[]): Promise<void> {
  const ids = tenants.map(({ tenantId }) => tenantId);
  await inOneTrip(client, [
    SAVE_TENANTS([
      ids,
      tenants.map(({ definition }) => JSON.stringify(definition)),
      tenants.map(({ definition }) => JSON.stringify(definition.policy)),
    ]),
    ADD_LICENCES([ids]),
    ADD_BOARDS([ids]),
    ADD_FEEDS([ids]),
  ]);
  const agents = tenants
    .flatMap(({ tenantId, agents }) => agents.map((agent) => ({ tenantId, agent })))
    .sort((one, other) => one.agent.workNumber - other.agent.workNumber);
  await client.query(
    CLEAR_ACCOUNTS([agents.map(({ agent }) => agent.workNumber), agents.map(({ tenantId }) => tenantId)]),
  );
  for (let from = 0; from < agents.length; from += AGENTS_PER_STATEMENT) {
    await client.query(saveAgents(agents.slice(from, from + AGENTS_PER_STATEMENT)));
  }
}

function saveAgents(
  agents: readonly { tenantId: TenantId; agent: SiteTenant['agents'][number] }[],
): QueryConfig<unknown[]> {
  return SAVE_AGENTS([
    agents.map(({ agent }) => agent.workNumber),
    agents.map(({ tenantId }) => tenantId),
    agents.map(({ agent }) => JSON.stringify(agent.definition)),
    agents.map(({ agent }) => agent.account),
    agents.map(({ agent }) => (agent.enabled ? 1 : 0)),
    agents.map(({ agent }) => agent.passwordHash),
    agents.map(({ agent }) => (agent.mustChangePassword ? 1 : 0)),
    agents.map(({ agent }) => agent.passwordValidUntil),
  ]);
}
