import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { AgentTransactions } from '../../src/services/agent-transactions.ts';
import type { BatchResult } from '../../src/storage/agent-store.ts';

/** A store that keeps each batch until the test answers it. */
function heldStore() {
  const batches: { commands: readonly Command[]; settle: PromiseWithResolvers<BatchResult> }[] = [];
  return {
    batches,
    commit: (commands: readonly Command[]) => {
      const settle = Promise.withResolvers<BatchResult>();
      batches.push({ commands, settle });
      return settle.promise;
    },
  };
}

function refusedBatch(commands: readonly Command[]): BatchResult {
  return {
    kind: 'committed',
    outcomes: commands.map(() => ({ kind: 'refused', refusal: { kind: 'sessionOver' } })),
    changes: {
      records: new Map(),
      events: [],
      ended: [],
      intervals: [],
      audit: [],
      replacedTokens: [],
      newCredentials: [],
      begunPushes: [],
      bulletins: [],
    },
    feedHeads: new Map(),
  };
}

function command(tenantId: number, workNumber: number): Command {
  return {
    kind: 'becomeReady',
    tenantId: tenantId as TenantId,
    workNumber: workNumber as WorkNumber,
    sessionId: 's' as SessionId,
  };
}

function transactionsOver(
  store: ReturnType<typeof heldStore>,
  announce: () => void = () => undefined,
  clock: Clock = systemClock,
) {
  const bugs: unknown[] = [];
  const transactions = new AgentTransactions({
    store,
    clock,
    announce,
    reportBug: (fault) => bugs.push(fault),
    isConstraintFault: () => false,
  });
  return { transactions, bugs };
}

async function answerAll(store: ReturnType<typeof heldStore>, count: number, from = 0): Promise<void> {
  for (let answered = from; answered < count; answered += 1) {
    await expect.poll(() => store.batches.length).toBeGreaterThan(answered);
    const batch = store.batches[answered];
    batch?.settle.resolve(refusedBatch(batch.commands));
  }
}

describe('waiting commands', () => {
  it('are taken tenant by tenant in turn, so that none of many waits for ever [TX-18]', async () => {
    const store = heldStore();
    const { transactions } = transactionsOver(store);
    const first = transactions.submit(command(1, 1));
    // Tenants 1 to 100 have three commands each, tenant 101 came last with one.
    const rest = [1, 2, 3].flatMap((round) =>
      Array.from({ length: 100 }, (_, index) =>
        transactions.submit(command(index + 1, 1_000 * round + index)),
      ),
    );
    rest.push(transactions.submit(command(101, 9_999)));
    await answerAll(store, 5);
    await Promise.all([first, ...rest]);
    const tenants = store.batches.map(({ commands }) => commands.map(({ tenantId }) => Number(tenantId)));
    expect(tenants.map((each) => each.length)).toEqual([1, 100, 100, 100, 1]);
    expect(new Set(tenants[1]).size).toBe(100);
    expect(tenants[2]?.[0]).toBe(101);
  });

  it("of one tenant are taken in order of arrival, and a busy tenant leaves room for another's [TX-18]", async () => {
    const store = heldStore();
    const { transactions } = transactionsOver(store);
    const all = [transactions.submit(command(1, 1))];
    for (let agent = 2; agent <= 300; agent += 1) all.push(transactions.submit(command(1, agent)));
    all.push(transactions.submit(command(2, 500)));
    await answerAll(store, 4);
    await Promise.all(all);
    expect(store.batches[1]?.commands.some(({ tenantId }) => Number(tenantId) === 2)).toBe(true);
    const ofFirst = store.batches.flatMap(({ commands }) =>
      commands.filter(({ tenantId }) => Number(tenantId) === 1),
    );
    expect(ofFirst.map(({ workNumber }) => Number(workNumber))).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
  });

  it('of a caller with many leave half of each batch free, and four fifths while others come [SV-11]', async () => {
    const store = heldStore();
    let nowMs = 0;
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const { transactions } = transactionsOver(store, undefined, clock);
    const [ordinary, bulk] = [1, 2];
    const all = [transactions.submit(command(ordinary, 1))];
    for (let agent = 1; agent <= 140; agent += 1) all.push(transactions.submit(command(bulk, agent), 'bulk'));
    await answerAll(store, 2);
    nowMs += 100;
    await answerAll(store, 3, 2);
    for (let agent = 1; agent <= 150; agent += 1) all.push(transactions.submit(command(ordinary, agent)));
    await answerAll(store, 7, 3);
    await Promise.all(all);
    const sizes = store.batches.map(({ commands }) =>
      [ordinary, bulk].map((tenant) => commands.filter(({ tenantId }) => Number(tenantId) === tenant).length),
    );
    expect(sizes).toEqual([
      [1, 0],
      [0, 20],
      [0, 50],
      [80, 20],
      [70, 20],
      [0, 20],
      [0, 10],
    ]);
  });

  it('fail with the batch that the store could not take [TX-15]', async () => {
    const store = heldStore();
    const { transactions } = transactionsOver(store);
    const all = Array.from({ length: 250 }, (_, index) => transactions.submit(command(1, index + 1)));
    await expect.poll(() => store.batches.length).toBe(1);
    const cause = new TypeError('the database is away');
    store.batches[0]?.settle.reject(cause);
    const outcomes = await Promise.all(all);
    expect(
      new Set(outcomes.map((outcome) => (outcome.kind === 'fault' ? outcome.cause : outcome.kind))),
    ).toEqual(new Set([cause]));
    expect(store.batches).toHaveLength(1);
    const next = transactions.submit(command(1, 1));
    await answerAll(store, 2);
    expect((await next).kind).toBe('refused');
  });

  it('are answered although telling the readers failed, which is reported [TX-2]', async () => {
    const store = heldStore();
    const { transactions, bugs } = transactionsOver(store, () => {
      throw new TypeError('a reader broke');
    });
    const outcome = transactions.submit(command(1, 1));
    await answerAll(store, 1);
    expect((await outcome).kind).toBe('refused');
    expect(bugs.map(String)).toEqual(['TypeError: a reader broke']);
  });
});
