import { describe, expect, it } from 'vitest';
import { MovableTime, ROUND_MS } from '../support/movable-time.ts';
import { type RunningGateway, TEST_SITE, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';

const MINUTE_MS = 60_000;
/** When a lease of 120 s has certainly ended: three rounds later, on any store. */
const SURELY_OVER_MS = 140_000;

const SITE = {
  tenants: TEST_SITE.tenants.map((tenant) => ({
    ...tenant,
    policy: { ...tenant.policy, licence: { agentSeats: 2, videoSeats: 1 } },
    agents: [
      ...tenant.agents,
      ...(tenant.tenantId === 2 ? [{ workNumber: 402, name: 'Agent 402', firstPassword: 'empty' }] : []),
    ],
  })),
};

function withTime(
  store: StoreKind,
  use: (gateway: RunningGateway, time: MovableTime) => Promise<void>,
  site: object = SITE,
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time, site }, (gateway) => use(gateway, time));
}

/** Lets time go by while the session's client asks for something every half a minute. */
async function passAttended(time: MovableTime, ms: number, ask: () => Promise<unknown>): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 30_000) {
    await ask();
    await time.pass(30_000);
  }
}

const shake = ({ client }: RunningGateway, workNumber: number, guid: string) =>
  client.call('POST', `/onlineagent/${workNumber}/handshake`, guid);

describe.each(STORES)('leases on %s', (store) => {
  it('a silent session ends after 120 s: seat and phone are free, its poll ends with ShutdownService [LE-2] [SI-41] [SO-4]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(291, { phonenum: '40038', agenttype: 11 }, '');
      await time.pass(115_000);
      const early = await client.signInAnswer(292, { phonenum: '40039', agenttype: 11 }, '');
      expect(early.json().message).toBe('all 1 video seats of the licence are in use');
      await time.pass(SURELY_OVER_MS - 115_000);
      await client.signIn(292, { phonenum: '40038', agenttype: 11 }, '');
      expect(await shake(gateway, 291, guid)).toBe('100-006');
      expect(await client.events(291, guid, 3)).toEqual([
        'AgentOther_InService',
        'AgentState_Ready',
        'AgentOther_ShutdownService',
      ]);
      expect((await client.poll(291, guid)).json().retcode).toBe('100-006');
      const acts = await gateway.auditActs(291);
      expect(acts.at(-1)).toEqual({ kind: 'signOut', reason: 'leaseOver', reasonNumber: 256 });
    }));

  it('a silent session does not end before its time, nor before other nodes could write their signs [LE-2]', () =>
    withTime(store, async (gateway, time) => {
      await gateway.client.signIn(291);
      await time.pass(SURELY_OVER_MS);
      const [ended] = await gateway.rows('SELECT signed_in_at, ended_at FROM ended_session');
      const lastedMs = Number(ended?.ended_at) - Number(ended?.signed_in_at);
      expect(lastedMs).toBeGreaterThanOrEqual(store === 'postgres' ? 120_000 + 2 * ROUND_MS : 120_000);
    }));

  it('what was seen since the last round is written at the stop [LE-7]', () =>
    withTime(store, async (gateway, time) => {
      const guid = await gateway.client.signIn(291);
      const [begun] = await gateway.rows('SELECT seen_at FROM life_sign');
      await time.passAtOnce(3_000);
      expect(await shake(gateway, 291, guid)).toBe('0');
      await gateway.restart(async () => {
        const [written] = await gateway.rows('SELECT seen_at FROM life_sign');
        expect(Number(written?.seen_at)).toBeGreaterThanOrEqual(Number(begun?.seen_at) + 2_900);
      });
    }));

  it('any request of the session keeps it [LE-2] [LE-4] [LE-7]', () =>
    withTime(store, async (gateway, time) => {
      const guid = await gateway.client.signIn(291);
      const busy = await gateway.client.signIn(292);
      await passAttended(time, 5 * MINUTE_MS, async () => {
        expect(await shake(gateway, 291, guid)).toBe('0');
        expect(await gateway.client.call('GET', '/onlineagent/292/agentstatus', busy)).toBe('0');
      });
      expect(await shake(gateway, 291, guid)).toBe('0');
    }));

  it('a suspect session loses its phone to another and nothing else [LE-3] [SI-60] [SI-24]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(291, { phonenum: '40038' });
      await client.events(291, guid, 2);
      // Alive by its handshakes; nobody reads its events.
      await passAttended(time, MINUTE_MS, () => shake(gateway, 291, guid));
      const refused = (await client.signInAnswer(292, { phonenum: '40038' })).json();
      expect([refused.retcode, refused.message]).toEqual(['100-003', 'the phone 40038 is in use']);
      await passAttended(time, 30_000, () => shake(gateway, 291, guid));
      await client.signIn(292, { phonenum: '40038' });
      expect(await shake(gateway, 291, guid)).toBe('0');
      expect(await client.agentState(291, guid)).toEqual({ agentState: 4, isWorking: false });
      expect(await gateway.phones()).toEqual(['1/40038/292']);
      expect((await gateway.auditActs(292)).at(-1)).toMatchObject({ phoneTakenFrom: [291] });
      // Its end frees nothing that is not its own any more.
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('0');
      expect(await gateway.phones()).toEqual(['1/40038/292']);
    }));

  it('a session whose events are read is never suspect [LE-3]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(291, { phonenum: '40038' });
      await client.events(291, guid, 2);
      await passAttended(time, 3 * MINUTE_MS, async () => {
        const poll = client.poll(291, guid);
        await time.pass(15_000);
        expect((await poll).text).toBe('{"message":"","retcode":"0"}');
      });
      const refused = await client.signInAnswer(292, { phonenum: '40038' });
      expect(refused.json().retcode).toBe('100-003');
    }));

  it('where displacing is forbidden a forced sign-in ends a suspect session, and no other [SI-62] [SI-23]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(401);
      await passAttended(time, MINUTE_MS, () => shake(gateway, 401, guid));
      const forced = () => client.signInAnswer(401, {}, 'forceloginex');
      expect((await forced()).json().retcode).toBe('100-015');
      await passAttended(time, 30_000, () => shake(gateway, 401, guid));
      expect((await client.signInAnswer(401)).json().retcode).toBe('100-015');
      expect((await forced()).json().retcode).toBe('0');
      expect(await shake(gateway, 401, guid)).toBe('100-006');
    }));

  it('the server is away for 5 minutes: everybody is still signed in, and nobody is suspect [LE-5]', () =>
    withTime(store, async (gateway, time) => {
      const guids = new Map<number, string>();
      for (const agent of [291, 292, 293]) guids.set(agent, await gateway.client.signIn(agent));
      const phoned = await gateway.client.signIn(294, { phonenum: '40038' });
      const after = await gateway.restart(() => time.passAtOnce(5 * MINUTE_MS));
      expect((await after.client.signInAnswer(295, { phonenum: '40038' })).json().retcode).toBe('100-003');
      await time.pass(110_000);
      for (const [agent, guid] of guids) expect(await shake(after, agent, guid)).toBe('0');
      // Who stays away after it is back is ended as always.
      await time.pass(SURELY_OVER_MS - 110_000);
      expect(await shake(after, 294, phoned)).toBe('100-006');
      expect(await shake(after, 291, guids.get(291) ?? '')).toBe('0');
    }));

  it('the node stood still for 5 minutes: nobody is ended or suspect for it [LE-5]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(291, { phonenum: '40038' });
      const isRoundDone = time.clock.nextScheduling(ROUND_MS);
      await time.passAtOnce(5 * MINUTE_MS);
      expect((await client.signInAnswer(292, { phonenum: '40038' })).json().retcode).toBe('100-003');
      await isRoundDone;
      await time.pass(100_000);
      expect(await shake(gateway, 291, guid)).toBe('0');
      expect(gateway.log.filter(({ msg }) => msg.includes('every lease begins anew'))).toHaveLength(1);
    }));

  it.each([
    ['forwards', 1],
    ['back', -1],
  ])(
    "the store's clock is set %s by an hour: no lease ends early, and a silent one still ends [LE-5]",
    (_, sign) =>
      withTime(store, async (gateway, time) => {
        const attended = await gateway.client.signIn(291);
        const silent = await gateway.client.signIn(292);
        await time.pass(30_000);
        await time.stepStore(sign * 60 * MINUTE_MS);
        await time.pass(100_000);
        expect(await shake(gateway, 291, attended)).toBe('0');
        const acts = await gateway.auditActs(292);
        expect(acts.map(({ kind }) => kind)).toEqual(['signIn']);
        await time.pass(SURELY_OVER_MS - 100_000);
        expect(await shake(gateway, 292, silent)).toBe('100-006');
        expect(await shake(gateway, 291, attended)).toBe('0');
      }),
  );

  it("an agent's own time ahead of the store's does not lengthen its lease, nor make it suspect [LE-2] [LE-3] [SI-62]", () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      await time.stepStore(60 * MINUTE_MS);
      const ahead = await client.signIn(401);
      expect(await client.call('DELETE', '/onlineagent/401/logout', ahead)).toBe('0');
      await time.stepStore(-60 * MINUTE_MS);
      await time.pass(2 * ROUND_MS);
      const guid = await client.signIn(401);
      expect((await client.signInAnswer(401, {}, 'forceloginex')).json().retcode).toBe('100-015');
      await time.pass(SURELY_OVER_MS);
      expect(await shake(gateway, 401, guid)).toBe('100-006');
    }));

  it("nobody is suspect between a step of the store's clock and the next round [LE-5]", () =>
    withTime(store, async (gateway, time) => {
      await gateway.client.signIn(291, { phonenum: '40038' });
      await time.stepStore(60 * MINUTE_MS);
      const refused = await gateway.client.signInAnswer(292, { phonenum: '40038' });
      expect(refused.json().retcode).toBe('100-003');
    }));

  it('no session lasts longer than its VDN allows, whatever its client does [LE-6] [LE-8]', () => {
    const [tenant] = SITE.tenants;
    const policy = { ...tenant?.policy, lease: { longestS: 3_600, lifeS: 600, attentionS: 300 } };
    return withTime(
      store,
      async (gateway, time) => {
        const guid = await gateway.client.signIn(291);
        // That the node stood still makes the lease begin anew, but not the session.
        const isRoundDone = time.clock.nextScheduling(ROUND_MS);
        await time.passAtOnce(58 * MINUTE_MS);
        await isRoundDone;
        expect(await shake(gateway, 291, guid)).toBe('0');
        await time.pass(3 * MINUTE_MS);
        expect(await shake(gateway, 291, guid)).toBe('100-006');
        expect((await gateway.auditActs(291)).at(-1)).toMatchObject({ reasonNumber: 256 });
      },
      { tenants: [{ ...tenant, policy }] },
    );
  });

  it.each([
    ['takeOver', ['1/40038/292'], '1/40038/292'],
    ['share', ['1/40038/291', '1/40038/292'], '1/40038/292'],
  ])('phoneInUse %s: the second sign-in gets the phone [SI-61]', (phoneInUse, held, left) => {
    const [tenant] = SITE.tenants;
    return withTime(
      store,
      async (gateway) => {
        const first = await gateway.client.signIn(291, { phonenum: '40038' });
        await gateway.client.signIn(292, { phonenum: '40038' });
        expect(await gateway.phones()).toEqual(held);
        expect(await shake(gateway, 291, first)).toBe('0');
        expect(await gateway.client.call('DELETE', '/onlineagent/291/logout', first)).toBe('0');
        expect(await gateway.phones()).toEqual([left]);
      },
      { tenants: [{ ...tenant, policy: { ...tenant?.policy, phoneInUse } }] },
    );
  });
});
