import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireEvent } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { MovableTime } from '../support/movable-time.ts';
import {
  type GatewayOptions,
  type RunningGateway,
  TEST_SITE,
  withGateway,
} from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';
import { WireClient } from '../support/wire-client.ts';

type Options = GatewayOptions & { readonly store?: StoreKind };
const NOTHING = '{"message":"","retcode":"0"}';

/** A gateway with the peer `crm`, which lists agent 296, and the peer `other`. */
async function withPeers(options: Options, use: (gateway: RunningGateway) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-peers-'));
  const file = join(folder, 'rollcall.json');
  const peers = [
    { name: 'crm', port: 0, agents: [296] },
    { name: 'other', port: 0 },
  ];
  writeFileSync(file, JSON.stringify({ peers }));
  try {
    const environment = { ...options.environment, ROLLCALL_CONFIG: file };
    await withGateway({ ...options, environment }, use);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withPeer(
  { peerPorts, certificate }: RunningGateway,
  use: (peer: WireClient) => Promise<void>,
  name = 'crm',
): Promise<void> {
  const peer = new WireClient(peerPorts.get(name) ?? 0, certificate);
  try {
    await use(peer);
  } finally {
    peer.close();
  }
}

interface Batch {
  readonly events: readonly string[];
  readonly place: string;
  readonly text: string;
}

/** One batch poll; its events as `291 AgentState_Ready`. */
async function batch(peer: WireClient, query = ''): Promise<Batch> {
  const answer = await peer.send({ method: 'GET', path: `/agentevent/allagentevent${query}` });
  const { event = [] } = JSON.parse(answer.text) as { event?: readonly WireEvent[] };
  return {
    events: event.map(({ workNo, eventType }) => `${workNo} ${eventType}`),
    place: String(answer.headers['event-position']),
    text: answer.text,
  };
}

/** Batches until so many events are there. */
async function read(peer: WireClient, count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) events.push(...(await batch(peer)).events);
  return events;
}

const beginning = (agent: number) => [`${agent} AgentOther_InService`, `${agent} AgentState_Ready`];
const busy = (agent: number) => `${agent} AgentState_SetNotReady_Success`;
const sayBusy = (peer: WireClient, agent: number) =>
  peer.send({ method: 'POST', path: `/onlineagent/${agent}/saybusy` });
const ofAgent = (events: readonly string[], agent: number) =>
  events.filter((event) => event.startsWith(`${agent} `));

describe.each(STORES)('batch polls on %s', (store) => {
  it('give the events of sessions of the peer and of agents that it lists, and no others [BP-1] [BP-2] [BP-6]', () =>
    withPeers({ store }, (gateway) =>
      withPeer(gateway, async (peer) => {
        await peer.signIn(291);
        await gateway.client.signIn(292);
        await gateway.client.signIn(296);
        await withPeer(gateway, async (other) => void (await other.signIn(293)), 'other');
        await peer.signIn(401);
        const events = await read(peer, 6);
        expect(events).toHaveLength(6);
        for (const agent of [291, 296, 401]) expect(ofAgent(events, agent)).toEqual(beginning(agent));
        const held = batch(peer);
        await gateway.client.call(
          'POST',
          '/onlineagent/292/saybusy',
          await gateway.client.signIn(292, {}, 'forceloginex'),
        );
        await sayBusy(peer, 291);
        expect((await held).events).toEqual([busy(291)]);
        await peer.send({ method: 'DELETE', path: '/onlineagent/291/logout' });
        // A session of somebody else's is not the peer's, whoever the agent was signed in by before.
        await gateway.client.signIn(291);
        await peer.signIn(291, {}, 'forceloginex');
        expect(ofAgent(await read(peer, 2), 291)).toEqual(beginning(291));
        const own = await peer.send({ method: 'GET', path: '/agentevent/291' });
        expect(own.json().event?.eventType).toBe('AgentOther_InService');
      }),
    ));

  it('go on behind a place, at most so many, and say where they cannot [BP-2] [BP-3] [BP-4]', () =>
    withPeers({ store }, (gateway) =>
      withPeer(gateway, async (peer) => {
        await peer.signIn(291);
        await peer.signIn(401);
        const first = await batch(peer, '?max=1');
        expect(first.events).toHaveLength(1);
        let { place } = first;
        const all = [...first.events];
        while (all.length < 4) {
          const next = await batch(peer, `?after=${place}&max=1`);
          expect(next.events).toHaveLength(1);
          all.push(...next.events);
          place = next.place;
        }
        expect([ofAgent(all, 291), ofAgent(all, 401)]).toEqual([beginning(291), beginning(401)]);
        expect((await batch(peer, `?after=${first.place}`)).events).toEqual(all.slice(1));
        await sayBusy(peer, 291);
        const epoch = place.split('.')[0];
        for (const after of ['other', 'other.1-1', `${epoch}.1-999`]) {
          const lost = await batch(peer, `?after=${after}`);
          expect(lost.events.toSorted()).toEqual([busy(291), '401 AgentState_Ready'].toSorted());
          expect((await batch(peer, `?after=${lost.place}`)).events).toHaveLength(5);
        }
        for (const query of ['?after=', '?after=e.1', '?after=e.0-1', '?max=0', '?max=501', '?max=x']) {
          if (query !== '?after=')
            expect(JSON.parse((await batch(peer, query)).text).retcode, query).toBe('000-002');
        }
      }),
    ));

  it('give each event once, over a restart too, and what was signed in meanwhile [BP-3]', () =>
    withPeers({ store }, async (gateway) => {
      await withPeer(gateway, async (peer) => {
        await peer.signIn(291);
        expect(await read(peer, 2)).toEqual(beginning(291));
        await sayBusy(peer, 291);
        expect((await batch(peer)).events).toEqual([busy(291)]);
        await peer.signIn(292);
        // It has received that he is busy, since it asks again on the same connection.
        const held = batch(peer);
        expect((await held).events.length).toBeGreaterThan(0);
      });
      const again = await gateway.restart();
      await withPeer(again, async (peer) => {
        expect(ofAgent(await read(peer, 2), 292)).toEqual(beginning(292));
        await sayBusy(peer, 292);
        expect((await batch(peer)).events).toEqual([busy(292)]);
      });
    }));

  it('keep the sessions that the peer acts for alive, and nobody else [BP-5]', async () => {
    const time = new MovableTime();
    const site = { tenants: [TEST_SITE.tenants[0]] };
    await withPeers({ store, time, site }, (gateway) =>
      withPeer(gateway, async (peer) => {
        await peer.signIn(291);
        await gateway.client.signIn(296);
        await gateway.client.signIn(292);
        for (let round = 0; round < 4; round += 1) {
          await sayBusy(peer, 291);
          await peer.send({ method: 'POST', path: '/onlineagent/291/sayfree' });
          await batch(peer);
          await time.pass(50_000);
        }
        const live = await gateway.rows(
          'SELECT work_number FROM agent WHERE session_id IS NOT NULL ORDER BY work_number',
        );
        expect(live.map(({ work_number: agent }) => Number(agent))).toEqual([291, 296]);
      }),
    );
  });
});

it('are for peers that claim to be nobody [BP-1]', () =>
  withPeers({}, (gateway) =>
    withPeer(gateway, async (peer) => {
      const guid = await peer.signIn(291);
      const path = '/agentevent/allagentevent';
      for (const client of [peer, gateway.client]) {
        const answer = await client.send({ method: 'GET', path, headers: { Guid: guid } });
        expect(answer.json().retcode).toBe('000-003');
      }
      expect((await gateway.client.send({ method: 'GET', path })).json().retcode).toBe('000-003');
    }),
  ));

it('without news are held and answer exactly as one agent’s do; the newer takes the place of the older [BP-2]', () =>
  withPeers({}, (gateway) =>
    withPeer(gateway, async (peer) => {
      const older = batch(peer);
      const newer = batch(peer);
      expect((await older).text).toBe(NOTHING);
      const beganMs = performance.now();
      expect((await newer).text).toBe(NOTHING);
      expect(performance.now() - beganMs).toBeGreaterThan(8_000);
    }),
  ));
