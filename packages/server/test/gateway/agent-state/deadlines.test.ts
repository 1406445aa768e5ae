import { describe, expect, it } from 'vitest';
import { Gateway } from '../../../src/gateway.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { eventually } from '../../support/eventually.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { changeRows, type RunningGateway, TEST_SITE, withGateway } from '../../support/running-gateway.ts';
import { STORES, type StoreKind } from '../../support/store-kinds.ts';

const AGENT = 291;
const PATH = `/onlineagent/${AGENT}`;
const LIMIT_S = 40;

const SITE = {
  tenants: TEST_SITE.tenants.map((tenant) => ({
    ...tenant,
    policy: { ...tenant.policy, wrapUpLimitS: tenant.tenantId === 2 ? LIMIT_S : null },
  })),
};

function withTime(
  store: StoreKind,
  use: (gateway: RunningGateway, time: MovableTime) => Promise<void>,
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time, site: SITE }, (gateway) => use(gateway, time));
}

/** The kinds in an agent's log, in order. */
async function kindsOf(gateway: RunningGateway, workNumber = AGENT): Promise<string[]> {
  const rows = await gateway.rows(
    `SELECT event FROM agent_event WHERE work_number = ${workNumber} ORDER BY sequence`,
  );
  return rows.map(({ event }) => (JSON.parse(String(event)) as { kind: string }).kind);
}

async function reminders(gateway: RunningGateway): Promise<number> {
  return (await kindsOf(gateway)).filter((kind) => kind === 'restRanOut').length;
}

/** Waits until nothing is due that the server has not met, so that what did not happen will not. */
async function untilAllIsMet(gateway: RunningGateway, time: MovableTime): Promise<void> {
  const now =
    gateway.config.databaseUrl === undefined
      ? String(time.clock.wallMs())
      : 'extract(epoch FROM clock_timestamp()) * 1000';
  await eventually(async () => {
    expect(await gateway.rows(`SELECT work_number FROM agent WHERE deadline_at <= ${now}`)).toEqual([]);
  });
}

describe.each(STORES)('deadlines on %s', (store) => {
  it('a rest is reminded of once, at its end and not before, and its agent stays in it [AS-11] [AS-20]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(AGENT);
      await client.call('POST', `${PATH}/rest/60/1`, guid);
      await client.events(AGENT, guid, 3);
      await time.pass(55_000);
      expect(await reminders(gateway)).toBe(0);
      await time.pass(10_000);
      expect(await client.events(AGENT, guid, 1)).toEqual(['AgentState_Rest_Timeout']);
      expect(await client.agentState(AGENT, guid)).toEqual({ agentState: 8, isWorking: false });
      await time.pass(65_000);
      expect(await reminders(gateway)).toBe(1);
    }));

  it('a rest that is prolonged is reminded of at its new end alone, and again after another [AS-9] [AS-11]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(AGENT);
      await client.call('POST', `${PATH}/rest/30/1`, guid);
      await time.pass(25_000);
      await client.call('POST', `${PATH}/rest/30/1?prolong=true`, guid);
      await time.pass(25_000);
      expect(await reminders(gateway)).toBe(0);
      await time.pass(10_000);
      await eventually(async () => expect(await reminders(gateway)).toBe(1));
      await client.call('POST', `${PATH}/rest/10/2?prolong=true`, guid);
      await time.pass(15_000);
      await eventually(async () => expect(await reminders(gateway)).toBe(2));
    }));

  it('a pending rest has its whole length when it begins [AS-9]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      const guid = await client.signIn(AGENT, { status: 5 });
      await client.call('POST', `${PATH}/rest/30/1`, guid);
      await time.pass(40_000);
      expect(await client.call('POST', `${PATH}/cancelwork`, guid)).toBe('0');
      await time.pass(25_000);
      expect(await reminders(gateway)).toBe(0);
      await time.pass(10_000);
      await eventually(async () => expect(await reminders(gateway)).toBe(1));
    }));

  it('who has left a rest is reminded of nothing [AS-20]', () =>
    withTime(store, async (gateway, time) => {
      const { client } = gateway;
      for (const [workNumber, leave] of [
        [291, ['POST', 'sayfree']],
        [292, ['POST', 'work']],
        [293, ['DELETE', 'logout']],
      ] as const) {
        const guid = await client.signIn(workNumber);
        await client.call('POST', `/onlineagent/${workNumber}/rest/20/1`, guid);
        expect(await client.call(leave[0], `/onlineagent/${workNumber}/${leave[1]}`, guid)).toBe('0');
      }
      await time.pass(40_000);
      await untilAllIsMet(gateway, time);
      for (const workNumber of [291, 292, 293]) {
        expect(await kindsOf(gateway, workNumber)).not.toContain('restRanOut');
      }
    }));

  it('a rest that ends while the server is down reminds exactly once after it is back [AS-21]', () =>
    withTime(store, async (gateway, time) => {
      const guid = await gateway.client.signIn(AGENT);
      await gateway.client.call('POST', `${PATH}/rest/60/1`, guid);
      await gateway.client.events(AGENT, guid, 3);
      const again = await gateway.restart(() => time.passAtOnce(3_600_000));
      // The last answer before the stop had no receipt, so it is given again (rule DL-15).
      expect(await again.client.events(AGENT, guid, 2)).toEqual([
        'AgentState_SetRest_Success',
        'AgentState_Rest_Timeout',
      ]);
      const third = await again.restart(() => time.passAtOnce(3_600_000));
      expect(await third.client.agentState(AGENT, guid)).toEqual({ agentState: 8, isWorking: false });
      await untilAllIsMet(third, time);
      await time.pass(10_000);
      expect(await reminders(third)).toBe(1);
    }));

  it('a rest that does not end while the server is down is reminded of afterwards [AS-21]', () =>
    withTime(store, async (gateway, time) => {
      const guid = await gateway.client.signIn(AGENT);
      await gateway.client.call('POST', `${PATH}/rest/60/1`, guid);
      const again = await gateway.restart(() => time.passAtOnce(50_000));
      await untilAllIsMet(again, time);
      expect(await reminders(again)).toBe(0);
      await time.pass(15_000);
      await eventually(async () => expect(await reminders(again)).toBe(1));
    }));

  it("a wrap-up at its VDN's limit ends by itself, over a restart too; without a limit it does not [AS-13] [AS-21]", () =>
    withTime(store, async (gateway, time) => {
      const own = await gateway.client.signIn(AGENT, { status: 5 });
      const guid = await gateway.client.signIn(401, { status: 4 });
      await gateway.client.call('POST', '/onlineagent/401/work', guid);
      await gateway.client.call('POST', '/onlineagent/401/saybusy?reason=201', guid);
      const again = await gateway.restart(() => time.passAtOnce(1_000 * LIMIT_S));
      await eventually(async () =>
        expect((await kindsOf(again, 401)).slice(2)).toEqual(['agentRequestedWrapUp', 'agentBecameNotReady']),
      );
      expect(await again.client.agentState(401, guid)).toEqual({ agentState: 3, isWorking: false });
      await untilAllIsMet(again, time);
      expect(await again.client.agentState(AGENT, own)).toEqual({ agentState: 5, isWorking: false });
    }));

  it('more deadlines than are met at once are all met [AS-20]', () =>
    withTime(store, async (gateway, time) => {
      // Written past the server: nobody waits for 250 sign-ins.
      await changeRows(
        gateway,
        `WITH RECURSIVE numbered (n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM numbered WHERE n < 1250)
         INSERT INTO agent (work_number, tenant_id, definition, enabled, credential_version, must_change_password,
           session_id, token_hash, token_issued_at, signed_in_at, first_sequence, state, state_reason, state_since,
           state_until, deadline_at, seats, settings)
         SELECT n, 1, '{}', 1, 1, 0, 's' || n, 't' || n, 1, 1, 1, 'resting', 1, 1, n, n, 'none', '{"phoneNumber":null}'
         FROM numbered`,
      );
      await time.pass(5_000);
      await untilAllIsMet(gateway, time);
      const [row] = await gateway.rows(
        'SELECT count(*) AS met FROM agent WHERE work_number > 1000 AND deadline_at IS NULL AND log_head = 1',
      );
      expect(Number(row?.met)).toBe(250);
    }));

  it('a store that fails for a while is said so once, and what was due is met afterwards [AS-20] [AS-21]', () =>
    withTime(store, async (gateway, time) => {
      const guid = await gateway.client.signIn(AGENT);
      await gateway.client.call('POST', `${PATH}/rest/5/1`, guid);
      await changeRows(gateway, 'ALTER TABLE agent RENAME COLUMN deadline_at TO deadline_away');
      await time.passAtOnce(10_000);
      const complaints = () =>
        gateway.log.filter(({ msg }) => msg.startsWith('deadlines cannot be read')).length;
      await eventually(() => expect(complaints()).toBe(1));
      await time.passAtOnce(10_000);
      await changeRows(gateway, 'ALTER TABLE agent RENAME COLUMN deadline_away TO deadline_at');
      await time.passAtOnce(10_000);
      await eventually(async () => expect(await reminders(gateway)).toBe(1));
      expect(complaints()).toBe(1);
    }));
});

it('of two nodes on one database one reminds, without a leader [AS-20]', () =>
  withTime('postgres', async (gateway, time) => {
    const second = new Gateway(
      { ...gateway.config, dataDir: `${gateway.config.dataDir}/second`, nodeName: 'Second1' },
      createLogger('silent'),
      { clock: time.clock },
    );
    await second.start();
    try {
      const guid = await gateway.client.signIn(AGENT);
      for (let rest = 1; rest <= 10; rest++) {
        await gateway.client.call('POST', `${PATH}/rest/5/1?prolong=true`, guid);
        await time.pass(10_000);
        await untilAllIsMet(gateway, time);
        expect(await reminders(gateway)).toBe(rest);
      }
    } finally {
      await second.stop();
    }
  }));
