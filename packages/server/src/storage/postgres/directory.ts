import type { Pool } from 'pg';
import { DefinitionCache, LISTED_COLUMNS, type ListedAgentRow } from '../directory-rows.ts';
import type { DirectoryStore } from '../directory-store.ts';
import { statement } from './statement.ts';

const ONE = statement('listed agent', `SELECT ${LISTED_COLUMNS} FROM agent WHERE work_number = $1`);
const SOME = statement(
  'listed agents',
  `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = $1 AND work_number > $2 ORDER BY work_number LIMIT $3`,
);
const LISTENING = statement(
  'listening agents',
  `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = $1 AND work_number > $2 AND session_id IS NOT NULL
     AND settings::jsonb ->> 'watchSignIns' = 'true' AND definition::jsonb ->> 'role' = 'supervisor'
   ORDER BY work_number LIMIT $3`,
);

/** Who there is, read from PostgreSQL. */
export function postgresDirectory(pool: Pool): DirectoryStore {
  const definitions = new DefinitionCache();
  return {
    findListedAgent: async (workNumber) => {
      const [row] = (await pool.query<ListedAgentRow>(ONE([workNumber]))).rows;
      return row === undefined ? undefined : definitions.agent(row);
    },
    listAgents: async (tenantId, after, limit) =>
      (await pool.query<ListedAgentRow>(SOME([tenantId, after, limit]))).rows.map((row) =>
        definitions.agent(row),
      ),
    listListening: async (tenantId, after, limit) =>
      (await pool.query<ListedAgentRow>(LISTENING([tenantId, after, limit]))).rows.map((row) =>
        definitions.agent(row),
      ),
  };
}
