import {
  type AgentSnapshot,
  StreamEnd,
  type VdnFeedAgent,
  VdnFeedBeginning,
  VdnFeedBlock,
} from '@rollcall/contract';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { systemSecrets } from '../../../src/platform/session-tokens.ts';
import { MovableTime } from '../../support/movable-time.ts';
import {
  changeRows,
  type GatewayOptions,
  load,
  type RunningGateway,
  withGateway,
} from '../../support/running-gateway.ts';
import { STORES, type StoreKind } from '../../support/store-kinds.ts';
import { type Block, StreamClient } from '../../support/stream-client.ts';
import { Caller, SUPERVISED_SITE } from './supervised-site.ts';

const SITE_TOKEN = 'the-token-of-the-site';
const opened: StreamClient[] = [];

function withSite(
  options: GatewayOptions & { readonly store?: StoreKind },
  use: (gateway: RunningGateway) => Promise<void>,
): Promise<void> {
  return withGateway({ site: SUPERVISED_SITE, ...options }, async (gateway) => {
    await gateway.withStore((store) => store.claimSiteToken(systemSecrets.hashToken(SITE_TOKEN)));
    try {
      await use(gateway);
    } finally {
      for (const stream of opened.splice(0)) stream.close();
    }
  });
}

interface Asked {
  readonly vdn?: string;
  readonly token?: string;
  readonly lastEventId?: string;
  readonly query?: string;
}

async function open(
  { port, certificate }: RunningGateway,
  { vdn = '1', token = SITE_TOKEN, lastEventId, query = '' }: Asked = {},
): Promise<StreamClient> {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
  };
  const path = `/api/v1/vdns/${vdn}/feed${query}`;
  const stream = await StreamClient.open({ port, certificate, path, headers });
  opened.push(stream);
  return stream;
}

/** What a client of a feed knows: the newest row of each agent, and the place to go on behind. */
class Board {
  readonly rows = new Map<number, VdnFeedAgent>();
  readonly names: string[] = [];
  lastId: string | undefined;

  take({ name, id, data }: Block): void {
    const schema = name === 'recovered' ? VdnFeedBeginning : name === 'end' ? StreamEnd : VdnFeedBlock;
    expect(Value.Check(schema, data), JSON.stringify(data)).toBe(true);
    this.names.push(name);
    if (id !== undefined) this.lastId = id;
    for (const row of (data as Partial<VdnFeedBlock>).agents ?? []) {
      const known = this.rows.get(row.agent);
      if (known !== undefined) expect(sequenceOf(row)).toBeGreaterThanOrEqual(sequenceOf(known));
      this.rows.set(row.agent, row);
    }
  }

  state(agent: number): string | undefined {
    return this.rows.get(agent)?.state;
  }

  /** Reads on until the board says so. */
  async until(stream: StreamClient, isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      const block = await stream.next();
      if (block === undefined) throw new TypeError(`the feed ended: ${this.names.join(', ')}`);
      this.take(block);
    }
  }
}

function sequenceOf({ position }: AgentSnapshot): number {
  return Number(position.split('.')[1]);
}

async function openedBoard(gateway: RunningGateway, asked: Asked = {}) {
  const stream = await open(gateway, asked);
  const board = new Board();
  await board.until(stream, () => board.lastId !== undefined);
  return { stream, board };
}

/** What the store says of each agent of VDN 1. */
async function storedStates(gateway: RunningGateway): Promise<Record<number, unknown>> {
  const rows = await gateway.rows('SELECT work_number, log_head FROM agent WHERE tenant_id = 1');
  return Object.fromEntries(rows.map((row) => [Number(row.work_number), Number(row.log_head)]));
}

const boardStates = ({ rows }: Board) =>
  Object.fromEntries([...rows.values()].map((row) => [row.agent, sequenceOf(row)]));

describe.each(STORES)('the feed of a VDN on %s', (store) => {
  it('tells all agents first, then each change, and nothing of other VDNs [VF-1] [VF-2] [VF-4]', () =>
    withSite({ store }, async (gateway) => {
      await Caller.signIn(gateway, 302);
      const { stream, board } = await openedBoard(gateway);
      expect(stream.headers['content-type']).toBe('text/event-stream');
      expect(board.names).toEqual(['recovered', 'snapshot']);
      expect([...board.rows.keys()]).toEqual([201, 202, 203, 204, 205, 301, 302, 303, 304]);
      expect(board.rows.get(301)).toMatchObject({
        name: 'Agent 301',
        group: 1,
        state: 'signedOut',
        reason: null,
        since: null,
        signedInAt: null,
      });
      expect(board.rows.get(304)).toMatchObject({ group: null });
      expect(board.rows.get(302)).toMatchObject({ state: 'ready', since: expect.any(Number) });
      const agent = await Caller.signIn(gateway, 301);
      await Caller.signIn(gateway, 402);
      await agent.call('POST', '/onlineagent/{}/rest/60/4');
      await board.until(stream, () => board.state(301) === 'resting');
      expect(board.rows.get(301)).toMatchObject({ reason: 4, position: expect.stringMatching(/\.3$/) });
      await agent.call('DELETE', '/onlineagent/{}/logout');
      await board.until(stream, () => board.state(301) === 'signedOut');
      expect(board.rows.has(402)).toBe(false);
      expect(boardStates(board)).toEqual(await storedStates(gateway));
    }));

  it('goes on behind a place with those that have changed, and says where it cannot [VF-3]', () =>
    withSite({ store }, async (gateway) => {
      const { stream, board } = await openedBoard(gateway);
      stream.close();
      const place = board.lastId ?? '';
      await Caller.signIn(gateway, 303);
      for (const asked of [{ lastEventId: place }, { query: `?after=${place}` }]) {
        const again = await open(gateway, asked);
        const next = await again.take(2);
        expect(next.map(({ name }) => name)).toEqual(['recovered', 'changes']);
        expect(next[0]?.data).toEqual({ recovered: true });
        const { agents: changed } = (next[1] as Block).data as VdnFeedBlock;
        expect(changed.map(({ agent, state }) => [agent, state])).toEqual([[303, 'ready']]);
      }
      const epoch = place.split('.')[0];
      for (const lastEventId of ['other.1', `${epoch}.999`]) {
        const [beginning, snapshot] = await (await open(gateway, { lastEventId })).take(2);
        expect([beginning?.data, snapshot?.name]).toEqual([{ recovered: false }, 'snapshot']);
      }
      const head = Number((await gateway.rows('SELECT head FROM feed WHERE tenant_id = 1'))[0]?.head);
      await changeRows(gateway, `DELETE FROM agent_event WHERE tenant_id = 1 AND feed_sequence = ${head}`);
      const [lost] = await (await open(gateway, { lastEventId: place })).take(1);
      expect(lost?.data).toEqual({ recovered: false });
      const refused = await open(gateway, { lastEventId: 'nonsense' });
      expect([refused.status, JSON.parse(await refused.text()).error]).toEqual([400, 'badRequest']);
    }));

  it('is for the site token and inspectors of the VDN, and ends with the session [VF-1]', () =>
    withSite({ store }, async (gateway) => {
      const token = async (agent: number) => (await Caller.signIn(gateway, agent)).guid;
      const inspector = await token(201);
      for (const [asked, status] of [
        [{ token: 'nobody' }, 401],
        [{ token: await token(301) }, 403],
        [{ token: await token(401) }, 403],
        [{ vdn: '9' }, 404],
        [{ vdn: '01' }, 404],
        [{ vdn: 'x' }, 404],
      ] as const) {
        const refused = await open(gateway, asked);
        expect([refused.status, typeof JSON.parse(await refused.text()).message]).toEqual([status, 'string']);
      }
      const own = await openedBoard(gateway, { token: inspector });
      const site = await openedBoard(gateway);
      await Caller.signIn(gateway, 201);
      expect((await own.stream.rest()).at(-1)).toEqual({ name: 'end', data: { reason: 'over' } });
      await site.board.until(site.stream, () => site.board.rows.get(201)?.signedInAt !== null);
      expect((await open(gateway, { token: inspector })).status).toBe(401);
    }));

  it('loses nothing while clients come and go and everybody acts at once [VF-2] [VF-3] [VF-4]', () =>
    withSite({ store }, async (gateway) => {
      const agents = await Promise.all([301, 302, 303, 304].map((agent) => Caller.signIn(gateway, agent)));
      let isActing = true;
      const acting = Promise.all(
        agents.map(async (agent) => {
          for (let round = 0; round < 40; round += 1) {
            await agent.call('POST', '/onlineagent/{}/saybusy');
            await agent.call('POST', '/onlineagent/{}/sayfree');
          }
        }),
      ).then(() => {
        isActing = false;
      });
      const board = new Board();
      let stream = await open(gateway);
      while (isActing) {
        // Cut off wherever it is; the board goes on with what it knows.
        for (let blocks = 0; blocks < 3; blocks += 1) board.take((await stream.take(1))[0] as Block);
        stream.close();
        stream = await open(gateway, board.lastId === undefined ? {} : { lastEventId: board.lastId });
      }
      await acting;
      const wanted = JSON.stringify(await storedStates(gateway));
      await board.until(stream, () => JSON.stringify(boardStates(board)) === wanted);
    }));

  it('asks to come again after a minute and when the node stops [VF-6]', async () => {
    const time = new MovableTime();
    await withSite({ store, time }, async (gateway) => {
      const { stream } = await openedBoard(gateway);
      await time.pass(60_000);
      expect((await stream.rest()).at(-1)).toEqual({ name: 'end', data: { reason: 'comeAgain' } });
      const other = await openedBoard(gateway);
      const again = await gateway.restart();
      expect((await other.stream.rest()).at(-1)).toEqual({ name: 'end', data: { reason: 'restarting' } });
      const { lastId = '' } = other.board;
      expect((await (await open(again, { lastEventId: lastId })).take(1))[0]?.data).toEqual({
        recovered: true,
      });
    });
  });

  it('tells an agent that the site has got since, with its first sign-in [VF-5]', () =>
    withSite({ store }, async (gateway) => {
      const { stream, board } = await openedBoard(gateway);
      const [first, second] = SUPERVISED_SITE.tenants;
      const added = { ...first?.agents[5], workNumber: 305, name: 'New', group: 2 };
      const site = { tenants: [{ ...first, agents: [...(first?.agents ?? []), added] }, second] };
      await load(gateway.config, site);
      await Caller.signIn(gateway, 305);
      await board.until(stream, () => board.rows.has(305));
      expect(board.rows.get(305)).toMatchObject({ name: 'New', group: 2, state: 'ready' });
    }));
});

it('a node tells what another has committed [VF-7]', () =>
  withSite({ store: 'postgres' }, (one) => {
    const environment = { ROLLCALL_DATABASE_URL: one.config.databaseUrl ?? '', ROLLCALL_NODE_NAME: 'Other' };
    return withGateway({ environment, site: null }, async (other) => {
      const { stream, board } = await openedBoard(one);
      const agent = await Caller.signIn(other, 301);
      await board.until(stream, () => board.state(301) === 'ready');
      await agent.call('POST', '/onlineagent/{}/saybusy');
      await board.until(stream, () => board.state(301) === 'notReady');
      // The place that this node names is one that the other knows.
      const [again] = await (await open(other, { lastEventId: board.lastId ?? '' })).take(1);
      expect(again?.data).toEqual({ recovered: true });
    });
  }));

it('a hundred feeds are open beside each other, the oldest giving way [VF-6]', () =>
  withSite({}, async (gateway) => {
    const { stream: oldest } = await openedBoard(gateway);
    for (let count = 0; count < 100; count += 1) await (await open(gateway)).take(2);
    expect((await oldest.rest()).at(-1)).toEqual({ name: 'end', data: { reason: 'displaced' } });
  }));
