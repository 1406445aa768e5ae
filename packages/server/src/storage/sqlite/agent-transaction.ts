import type { DatabaseSync } from 'node:sqlite';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { Clock } from '../../platform/clock.ts';
import { type AgentStore, type BatchResult, type Fold, UniqueConstraintFault } from '../agent-store.ts';
import { BatchLoads } from './batch-loads.ts';
import { batchWrites } from './batch-writes.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** SQLite's primary result code of every broken constraint. */
const SQLITE_CONSTRAINT = 19;

/** The agent transaction on SQLite: `BEGIN IMMEDIATE` is the one lock, so no order of locks is needed. */
export function sqliteAgentTransaction(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): Pick<AgentStore, 'commit'> {
  const loads = new BatchLoads(database);
  const write = batchWrites(database);

  function foldAndWrite(commands: readonly Command[], fold: Fold): BatchResult {
    const set = loads.load(commands);
    const before = {
      agentsBefore: new Map(set.agents),
      phonesBefore: new Map(set.phoneHolders),
      notesBefore: new Map(set.noteBoxes),
    };
    const folded = fold(set, commands, clock.wallMs());
    return { kind: 'committed', ...folded, feedHeads: write({ folded, set, ...before }) };
  }

  return {
    commit: async (commands, fold) => {
      try {
        return await transaction(() => {
          const result = foldAndWrite(commands, fold);
          return { result, keep: result.kind === 'committed' && result.changes.records.size > 0 };
        });
      } catch (fault) {
        throw isConstraintFault(fault) ? new UniqueConstraintFault(String(fault), { cause: fault }) : fault;
      }
    },
  };
}

function isConstraintFault(fault: unknown): boolean {
  const code = (fault as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && (code & 0xff) === SQLITE_CONSTRAINT;
}
