import type { TenantId } from '@rollcall/contract/identifiers';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Command } from '../../domain/agent-session/commands.ts';
import type { AppendedEvent, FoldedBatch } from '../../domain/agent-session/fold.ts';
import { type AgentStore, type BatchResult, type Fold, UniqueConstraintFault } from '../agent-store.ts';
import { PolicyCache } from '../policy-cache.ts';
import { type LockedBatch, lockBatch } from './batch-locks.ts';
import { batchWrites, eventsPerTenant } from './batch-writes.ts';
import { type CommitLookup, lookUpCommit } from './commit-lookup.ts';
import type { Warn } from './connection.ts';
import { CommitLostFault, isUniqueViolation, mayBeRunAgain } from './faults.ts';
import { answersOf, statement } from './statement.ts';

/** How often a batch is run at most when the database undoes it because of others; the lock order makes it rare. */
const MOST_ATTEMPTS = 4;

const FEED_POSITIONS = statement(
  'feed positions',
  `SELECT tenant_id, max(feed_sequence) AS head FROM agent_event
   JOIN unnest($1::int4[], $2::int8[]) AS added (work_number, sequence) USING (work_number, sequence)
   GROUP BY tenant_id`,
);

export interface TransactionOptions extends CommitLookup {
  readonly warn: Warn;
}

/** The agent transaction on PostgreSQL: two round trips a batch, one to lock and load, one to write and commit. */
export function postgresAgentTransaction(
  pool: Pool,
  options: TransactionOptions,
): Pick<AgentStore, 'commit'> {
  const policies = new PolicyCache();

  async function commit(commands: readonly Command[], fold: Fold): Promise<BatchResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await runBatch(commands, fold);
      } catch (fault) {
        if (isUniqueViolation(fault)) throw new UniqueConstraintFault(String(fault), { cause: fault });
        if (attempt === MOST_ATTEMPTS || !mayBeRunAgain(fault)) throw fault;
        options.warn('a batch was undone because of another transaction and is run again', fault);
      }
    }
  }

  async function runBatch(commands: readonly Command[], fold: Fold): Promise<BatchResult> {
    const client = await pool.connect();
    const { folded, batch, written } = await decideAndWrite(client, fold, { commands, policies });
    if (written.kind === 'answered') return { kind: 'committed', ...folded, feedHeads: written.feedHeads };
    options.warn('the answer to a commit was lost; its outcome is looked up', written.cause);
    const outcome = await lookUpCommit(options, batch.transaction);
    switch (outcome) {
      case 'unknown':
        return { kind: 'unknown' };
      case 'aborted':
        throw new CommitLostFault('the batch was not committed', { cause: written.cause });
      case 'committed':
        return { kind: 'committed', ...folded, feedHeads: await feedHeadsOf(folded.changes.events) };
    }
  }

  /** The heads that the lost connection told, read back. Without them readers find the events a little later. */
  async function feedHeadsOf(events: readonly AppendedEvent[]): Promise<ReadonlyMap<TenantId, number>> {
    try {
      const { rows } = await pool.query<FeedRow>(
        FEED_POSITIONS([
          events.map(({ record }) => record.workNumber),
          events.map(({ sequence }) => sequence),
        ]),
      );
      return new Map(rows.map(({ tenant_id: id, head }) => [id, head]));
    } catch (fault) {
      options.warn('a batch was committed, but the heads of its feeds could not be read', fault);
      return new Map();
    }
  }

  return { commit };
}

interface FeedRow {
  readonly tenant_id: TenantId;
  readonly head: number;
}

interface Asked {
  readonly commands: readonly Command[];
  readonly policies: PolicyCache;
}

interface DecidedBatch {
  readonly folded: FoldedBatch;
  readonly batch: LockedBatch;
  readonly written: Written;
}

type Written =
  | { readonly kind: 'answered'; readonly feedHeads: ReadonlyMap<TenantId, number> }
  /** COMMIT was sent, and no answer came. */
  | { readonly kind: 'unanswered'; readonly cause: unknown };

/** One transaction on one connection, which is given back. What it throws was thrown before anything was committed. */
async function decideAndWrite(
  client: PoolClient,
  fold: Fold,
  { commands, policies }: Asked,
): Promise<DecidedBatch> {
  let isBroken = false;
  try {
    const batch = await lockBatch(client, commands, policies);
    const folded = fold(batch.set, commands, batch.now);
    const written = await writeBatch(client, batch, folded);
    isBroken = written.kind === 'unanswered';
    return { folded, batch, written };
  } catch (fault) {
    isBroken = !(await rollBack(client));
    throw fault;
  } finally {
    client.release(isBroken);
  }
}

async function writeBatch(
  client: PoolClient,
  batch: LockedBatch,
  { changes }: FoldedBatch,
): Promise<Written> {
  if (changes.records.size === 0) {
    await client.query('ROLLBACK');
    return { kind: 'answered', feedHeads: new Map() };
  }
  const answers = await answersOf(client, [...batchWrites(batch, changes), 'COMMIT']);
  const commit = answers.at(-1);
  if (commit?.status !== 'fulfilled') return { kind: 'unanswered', cause: commit?.reason };
  // COMMIT after a failed statement is answered as ROLLBACK, and not as a failure.
  if (commit.value.command !== 'COMMIT') {
    throw (
      answers.find((answer) => answer.status === 'rejected')?.reason ?? new CommitLostFault('rolled back')
    );
  }
  return { kind: 'answered', feedHeads: feedHeadsAfter(answers, changes.events) };
}

async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

/** The feeds were locked by the third statement before the last; it told their heads before the batch. */
function feedHeadsAfter(
  answers: readonly PromiseSettledResult<QueryResult>[],
  events: readonly AppendedEvent[],
): ReadonlyMap<TenantId, number> {
  const counts = eventsPerTenant(events);
  const locked = counts.size === 0 ? undefined : answers.at(-4);
  const rows = locked?.status === 'fulfilled' ? (locked.value.rows as FeedRow[]) : [];
  return new Map(rows.map(({ tenant_id: id, head }) => [id, head + (counts.get(id) ?? 0)]));
}
