import type { AgentDefinition } from '../site/site-file.ts';
import { AGENT_COLUMNS, type AgentRow, recordFromRow } from './agent-rows.ts';
import type { ListedAgent } from './directory-store.ts';

export interface ListedAgentRow extends AgentRow {
  readonly definition: string;
}

export const LISTED_COLUMNS = `${AGENT_COLUMNS.join(', ')}, definition`;

/** Definitions as last parsed, with the text they were parsed from: read again and again, and seldom another. */
export class DefinitionCache {
  readonly #agents = new Map<number, { readonly text: string; readonly definition: AgentDefinition }>();

  agent(row: ListedAgentRow): ListedAgent {
    return { record: recordFromRow(row), definition: parsed(this.#agents, row.work_number, row.definition) };
  }
}

function parsed<Definition>(
  known: Map<number, { readonly text: string; readonly definition: Definition }>,
  id: number,
  text: string,
): Definition {
  const last = known.get(id);
  if (last?.text === text) return last.definition;
  const definition = JSON.parse(text) as Definition;
  known.set(id, { text, definition });
  return definition;
}
