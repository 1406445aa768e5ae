import { describe, expect, test, vi } from 'vitest';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { foldBatch } from '../../src/domain/agent-session/fold.ts';
import { emptyWorkingSet } from '../../src/domain/agent-session/working-set.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { AgentTransactions } from '../../src/services/agent-transactions.ts';
import { type AgentStore, type BatchResult, UniqueConstraintFault } from '../../src/storage/agent-store.ts';
import { agentNumber, signIn } from '../support/store-fixture.ts';

const [first, second] = [0, 1].map((index) =>
  signIn({ workNumber: agentNumber(index), session: `s${index}` }),
);

/** The collector over a store that the test answers for. */
function collectorOver(commit: AgentStore['commit']) {
  const announce = vi.fn();
  const reportBug = vi.fn();
  const collector = new AgentTransactions({
    store: { commit },
    clock: systemClock,
    announce,
    reportBug,
    isConstraintFault: (fault) => fault instanceof UniqueConstraintFault,
  });
  return { collector, announce, reportBug };
}

/** The result of a commit that refused every command: what was committed does not matter here. */
function committedNothing(commands: readonly Command[]): BatchResult {
  return { kind: 'committed', ...foldBatch(emptyWorkingSet(), commands, 0), feedHeads: new Map() };
}

describe('the collector', () => {
  test('[TX-2] says nothing to anyone before the commit has returned', async () => {
    const commit = Promise.withResolvers<BatchResult>();
    const asked = Promise.withResolvers<void>();
    const { collector, announce } = collectorOver((commands, fold) => {
      // Decided, and not committed yet.
      fold(emptyWorkingSet(), commands, 0);
      asked.resolve();
      return commit.promise;
    });
    const answered = vi.fn();
    const answer = collector.submit(first as Command).then(answered);
    await asked.promise;
    await new Promise(setImmediate);
    expect(answered).not.toHaveBeenCalled();
    expect(announce).not.toHaveBeenCalled();
    commit.resolve(committedNothing([first as Command]));
    await answer;
    expect(answered).toHaveBeenCalledOnce();
    expect(announce).toHaveBeenCalledOnce();
  });

  test('[TX-8] says of every command of an unknown commit that it is unknown, and commits it once', async () => {
    const commit = vi.fn(() => Promise.resolve<BatchResult>({ kind: 'unknown' }));
    const { collector, announce } = collectorOver(commit);
    expect(await collector.submit(first as Command)).toEqual({ kind: 'unknown' });
    await collector.idle();
    expect(commit).toHaveBeenCalledOnce();
    expect(announce).not.toHaveBeenCalled();
  });

  test('[TX-7] runs the commands of a batch one by one after a constraint fired, and reports the bug', async () => {
    const batches: number[] = [];
    const { collector, reportBug } = collectorOver((commands) => {
      batches.push(commands.length);
      if (commands.length > 1) return Promise.reject(new UniqueConstraintFault('of the test'));
      return Promise.resolve(committedNothing(commands));
    });
    // The first goes alone; the two that follow it closely share a batch.
    const answers = await Promise.all(
      [first, first, second].map((command) => collector.submit(command as Command)),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['refused', 'refused', 'refused']);
    expect(batches.filter((size) => size > 1)).toHaveLength(1);
    expect(batches.filter((size) => size === 1).length).toBeGreaterThanOrEqual(2);
    expect(reportBug).toHaveBeenCalledOnce();
  });
});
