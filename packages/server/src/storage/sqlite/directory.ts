import type { DatabaseSync } from 'node:sqlite';
import { DefinitionCache, LISTED_COLUMNS, type ListedAgentRow } from '../directory-rows.ts';
import type { DirectoryStore } from '../directory-store.ts';

/** Who there is, read from SQLite. */
export function sqliteDirectory(database: DatabaseSync): DirectoryStore {
  const one = database.prepare(`SELECT ${LISTED_COLUMNS} FROM agent WHERE work_number = ?`);
  const some = database.prepare(
    `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = ? AND work_number > ? ORDER BY work_number LIMIT ?`,
  );
  const listening = database.prepare(
    `SELECT ${LISTED_COLUMNS} FROM agent WHERE tenant_id = ? AND work_number > ? AND session_id IS NOT NULL
       AND json_extract(settings, '$.watchSignIns') = 1 AND json_extract(definition, '$.role') = 'supervisor'
     ORDER BY work_number LIMIT ?`,
  );
  const definitions = new DefinitionCache();
  return {
    findListedAgent: async (workNumber) => {
      const row = one.get(workNumber) as unknown as ListedAgentRow | undefined;
      return row === undefined ? undefined : definitions.agent(row);
    },
    listAgents: async (tenantId, after, limit) =>
      (some.all(tenantId, after, limit) as unknown as ListedAgentRow[]).map((row) => definitions.agent(row)),
    listListening: async (tenantId, after, limit) =>
      (listening.all(tenantId, after, limit) as unknown as ListedAgentRow[]).map((row) =>
        definitions.agent(row),
      ),
  };
}
