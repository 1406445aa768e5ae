import type { VdnFeedBeginning } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { systemSecrets } from '../../src/platform/session-tokens.ts';
import { MovableTime } from '../support/movable-time.ts';
import { type RunningGateway, TEST_SITE, withGateway } from '../support/running-gateway.ts';
import { STORES } from '../support/store-kinds.ts';
import { StreamClient } from '../support/stream-client.ts';

const DAY_MS = 86_400_000;
const HOUSEKEEPING_MS = 60_000;
const SITE_TOKEN = 'the-token-of-the-site';
const [first] = TEST_SITE.tenants;
/** Sessions may last longer than events are kept. */
const SITE = {
  tenants: [{ ...first, policy: { ...first?.policy, lease: { longestS: 604_800 } } }],
};

async function kept(gateway: RunningGateway, agent: number): Promise<number[]> {
  const rows = await gateway.rows(
    `SELECT sequence FROM agent_event WHERE work_number = ${agent} ORDER BY sequence`,
  );
  return rows.map(({ sequence }) => Number(sequence));
}

/** The first block of a stream that is to go on behind a place. */
async function beginning(
  { port, certificate }: RunningGateway,
  path: string,
  headers: Record<string, string>,
): Promise<VdnFeedBeginning> {
  const stream = await StreamClient.open({ port, certificate, path, headers });
  const [block] = await stream.take(1);
  stream.close();
  return block?.data as VdnFeedBeginning;
}

describe.each(STORES)('events on %s', (store) => {
  it('are kept for their time, and as long as a session can read them [RT-1] [RT-2] [RT-3] [RT-4]', () => {
    const time = new MovableTime();
    const environment = { ROLLCALL_EVENTS_KEPT_DAYS: '1' };
    return withGateway({ store, time, site: SITE, environment }, async (gateway) => {
      const { client } = gateway;
      await gateway.withStore((opened) => opened.claimSiteToken(systemSecrets.hashToken(SITE_TOKEN)));
      const epoch = String((await gateway.rows('SELECT epoch FROM log_epoch'))[0]?.epoch);
      const gone = await client.signIn(291);
      await client.send({ method: 'DELETE', path: '/onlineagent/291/logout', headers: { Guid: gone } });
      const staying = await client.signIn(293);
      const late = await client.signIn(292);
      await client.send({ method: 'DELETE', path: '/onlineagent/292/logout', headers: { Guid: late } });
      await time.passAtOnce(DAY_MS - HOUSEKEEPING_MS);
      await time.passAtOnce(HOUSEKEEPING_MS - 1);
      expect(await kept(gateway, 291)).toEqual([1, 2, 3]);
      // The ended sessions are forgotten and so are their events, but not what lies behind the live session's first.
      await time.passAtOnce(DAY_MS);
      await time.passAtOnce(HOUSEKEEPING_MS);
      await expect.poll(() => kept(gateway, 291)).toEqual([]);
      expect(await kept(gateway, 292)).toEqual([1, 2, 3]);
      expect(await client.events(293, staying, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);

      const guid = await client.signIn(291);
      const poll = (after: string) =>
        client.send({ method: 'GET', path: `/agentevent/291?after=${after}`, headers: { Guid: guid } });
      const lost = await poll(`${epoch}.1`);
      expect([lost.json().event?.eventType, lost.headers['event-position']]).toEqual([
        'AgentState_Ready',
        `${epoch}.3`,
      ]);
      expect((await poll(`${epoch}.3`)).headers['event-position']).toBe(`${epoch}.4`);
      const stream = '/agentgateway/resource/agentevent/291/stream';
      const feed = '/api/v1/vdns/1/feed';
      const site = { Authorization: `Bearer ${SITE_TOKEN}` };
      for (const [path, headers, place, recovered] of [
        [stream, { Guid: guid }, 1, false],
        [stream, { Guid: guid }, 3, true],
        [feed, site, 1, false],
        [feed, site, 3, true],
      ] as const) {
        const told = await beginning(gateway, path, { ...headers, 'Last-Event-ID': `${epoch}.${place}` });
        expect(told.recovered, `${path} behind ${place}`).toBe(recovered);
      }
    });
  });
});
