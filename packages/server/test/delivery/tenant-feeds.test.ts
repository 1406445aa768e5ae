import { STREAM_BEGINNING, type TenantId, type VdnFeedBlock, type WorkNumber } from '@rollcall/contract';
import { expect, it } from 'vitest';
import { OpenStreams } from '../../src/delivery/open-streams.ts';
import { TenantFeeds } from '../../src/delivery/tenant-feeds.ts';
import type { AgentRecord } from '../../src/domain/agent-session/agent-record.ts';
import type { Changes } from '../../src/domain/agent-session/fold.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';
import { siteAgent } from '../support/store-fixture.ts';

const tenantId = 1 as TenantId;
const AGENTS = 1_500;

function recordOf(workNumber: number, head: number): AgentRecord {
  return {
    workNumber: workNumber as WorkNumber,
    tenantId,
    enabled: true,
    credentialVersion: 1,
    head,
    changedAt: 1,
    bulletinsUpTo: 0,
    session: null,
  };
}

/** A client that takes what is written while it is `ready`. */
class Output {
  isReady = true;
  written = '';
  #onDrain: () => void = () => undefined;

  readonly output = {
    write: (text: string) => {
      this.written += text;
      return this.isReady;
    },
    end: (text: string) => {
      this.written += text;
    },
    destroy: () => undefined,
    onDrain: (run: () => void) => {
      this.#onDrain = run;
    },
    onClose: () => undefined,
  };

  drain(): void {
    this.isReady = true;
    this.#onDrain();
  }

  /** The rows of each block with rows, as `agent:head`. */
  rows(): string[][] {
    return [...this.written.matchAll(/^data: (.*)$/gm)]
      .map((found) => JSON.parse(String(found[1])) as Partial<VdnFeedBlock>)
      .flatMap(({ agents }) => (agents === undefined ? [] : [agents]))
      .map((agents) => agents.map(({ agent, position }) => `${agent}:${position.split('.')[1]}`));
  }
}

function feedsOf(reads: { lists: number; finds: number }) {
  const clock = new StoppableClock();
  let told = 10;
  const listed = (record: AgentRecord) => ({ record, definition: siteAgent(record.workNumber).definition });
  const store = {
    readFeed: async () => ({ events: [], upTo: told, head: told }),
    findListedAgent: async (workNumber: WorkNumber) => {
      reads.finds += 1;
      return listed(recordOf(workNumber, 1));
    },
    listAgents: async (_tenant: TenantId, after: number, limit: number) => {
      reads.lists += 1;
      const all = Array.from({ length: AGENTS }, (_, index) => 1_001 + index);
      return all
        .filter((each) => each > after)
        .slice(0, limit)
        .map((each) => listed(recordOf(each, 1)));
    },
  };
  const feeds = new TenantFeeds({
    store,
    epoch: 'e',
    open: new OpenStreams(clock),
    toldUpTo: () => told,
    clock,
    warn: (message) => expect.fail(message),
  });
  const commit = (workNumber: number, head: number) => {
    told += 1;
    const record = recordOf(workNumber, head);
    feeds.wake({ records: new Map([[record.workNumber, record]]) } as unknown as Changes);
  };
  return { feeds, clock, commit };
}

it('the work of a change is its own: all agents are read once for all who watch [VF-5]', async () => {
  const reads = { lists: 0, finds: 0 };
  const { feeds, clock, commit } = feedsOf(reads);
  const clients = [new Output(), new Output()];
  for (const { output } of clients) {
    (await feeds.prepare({ tenantId, inspector: null, after: null }))(output);
  }
  await expect.poll(() => clients.map((client) => client.rows().flat().length)).toEqual([AGENTS, AGENTS]);
  expect(clients[0]?.rows().map((rows) => rows.length)).toEqual([1_000, 500]);
  const before = { ...reads };
  expect(before).toEqual({ lists: 2, finds: 0 });
  for (let head = 2; head < 502; head += 1) commit(1_001, head);
  clock.leap(200);
  await expect
    .poll(() => clients.map((client) => client.rows().slice(2)))
    .toEqual([[['1001:501']], [['1001:501']]]);
  expect(reads).toEqual(before);
});

it('a client that is behind is told what each agent is by then, and who changed since is not forgotten [VF-6]', async () => {
  const { feeds, clock, commit } = feedsOf({ lists: 0, finds: 0 });
  const client = new Output();
  (await feeds.prepare({ tenantId, inspector: null, after: null }))(client.output);
  await expect.poll(() => client.rows().length).toBe(2);
  client.isReady = false;
  const flush = async (agent: number, head: number) => {
    commit(agent, head);
    clock.leap(200);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  // The first one is still written, and fills the way to the client.
  await flush(1_001, 2);
  await expect.poll(() => client.rows().length).toBe(3);
  await flush(1_002, 2);
  await flush(1_001, 3);
  await flush(1_002, 3);
  await flush(1_001, 4);
  expect(client.rows().length).toBe(3);
  client.drain();
  await expect.poll(() => client.rows().slice(3)).toEqual([['1002:3', '1001:4']]);
  const ids = [...client.written.matchAll(/^id: e\.(\d+)$/gm)].map((found) => Number(found[1]));
  expect(ids).toEqual([10, 11, 15]);
  expect(client.written).toContain(`event: ${STREAM_BEGINNING}`);
});

it('what was committed and not told yet lies behind the place that a client is given [VF-4]', async () => {
  const { feeds, clock, commit } = feedsOf({ lists: 0, finds: 0 });
  const first = new Output();
  (await feeds.prepare({ tenantId, inspector: null, after: null }))(first.output);
  await expect.poll(() => first.rows().length).toBe(2);
  commit(1_001, 2);
  const second = new Output();
  (await feeds.prepare({ tenantId, inspector: null, after: null }))(second.output);
  await expect.poll(() => second.rows().length).toBe(2);
  expect(second.written).toContain('id: e.10\n');
  clock.leap(200);
  await expect.poll(() => second.rows().slice(2)).toEqual([['1001:2']]);
});
