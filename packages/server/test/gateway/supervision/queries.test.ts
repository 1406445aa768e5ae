import { describe, expect, it } from 'vitest';
import { MovableTime } from '../../support/movable-time.ts';
import { load, type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from './supervised-site.ts';

type Row = Readonly<Record<string, unknown>>;

/** A gateway in whose VDN 1 the agents 301 (phone 40001, serving queues 1 and 2), 302 and 303 and inspector 203 are in. */
function withSignedIn(
  use: (site: {
    gateway: RunningGateway;
    time: MovableTime;
    agent: Caller;
    other: Caller;
    inspector: Caller;
    /** Lets the shared lists grow old. */
    later: () => Promise<void>;
  }) => Promise<void>,
  store: (typeof STORES)[number] = 'sqlite',
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time, site: SUPERVISED_SITE }, async (gateway) => {
    const agent = await Caller.signIn(gateway, 301, { phonenum: '40001' });
    const other = await Caller.signIn(gateway, 302, { phonenum: '40002', status: 3, checkInWebm: false });
    const inspector = await Caller.signIn(gateway, 203);
    await agent.call('POST', '/onlineagent/{}/resetskill/true');
    await use({ gateway, time, agent, other, inspector, later: () => time.passAtOnce(1_100) });
  });
}

const numbersIn = (rows: unknown) => (rows as Row[]).map(({ workno }) => workno);

describe.each(STORES)('queries on %s', (store) => {
  it('each answers from the facts, and another answer when they have changed [QU-2] [QU-3] [QU-4] [QU-5] [QU-9]', () =>
    withSignedIn(async ({ agent, other, later }) => {
      await later();
      const first = (await agent.result('/agentgroup/{}/agentbyworkno/301')) as Row;
      expect(first).toMatchObject({
        workno: '301',
        name: 'Agent 301',
        status: 4,
        ctiStatus: 1,
        groupid: 1,
        groupname: 'Morning',
        skilllist: [
          { name: 'Orders', id: 1, mediatype: 5 },
          { name: 'Chat', id: 2, mediatype: 1 },
        ],
        mediatype: 'TTF',
        vdnid: 1,
        phonenumber: '40001',
        currentstatetime: 1,
        inMultimediaConf: false,
      });
      expect(Object.keys(first)).toEqual([
        'workno',
        'name',
        'status',
        'ctiStatus',
        'groupid',
        'groupname',
        'skilllist',
        'mediatype',
        'vdnid',
        'phonenumber',
        'currentstatetime',
        'logindate',
        'inMultimediaConf',
      ]);
      expect(await agent.result('/agentgroup/{}/agentbyworkno/304')).toMatchObject({
        status: 2,
        ctiStatus: 0,
        skilllist: [],
        mediatype: 'FFF',
        logindate: 0,
        groupid: 0,
      });

      expect(numbersIn(await agent.result('/agentgroup/{}/idleagent'))).toEqual(['203', '301']);
      expect(numbersIn(await agent.result('/agentgroup/{}/agentlistbystatus?status=3'))).toEqual(['302']);
      expect(numbersIn(await agent.result('/agentgroup/{}/agentbyskill/1'))).toEqual(['301']);
      expect(await agent.result('/agentgroup/{}/agentidsbyskill/1')).toEqual(['301']);
      expect(numbersIn(await agent.result('/agentgroup/{}/agentbylist?mediaTypes=1'))).toEqual([
        '203',
        '301',
      ]);
      await other.call('POST', '/onlineagent/{}/cancelbusy');
      await other.call('POST', '/onlineagent/{}/resetskill/false?skillid=3;1');
      await agent.call('POST', '/onlineagent/{}/resetskill/no?skillid=2');
      // A list may be a second old, one agent is told as it is now.
      expect(await agent.result('/agentgroup/{}/agentbyworkno/302')).toMatchObject({ status: 4 });
      await later();
      expect(numbersIn(await agent.result('/agentgroup/{}/idleagent'))).toEqual(['203', '301', '302']);
      expect(numbersIn(await agent.result('/agentgroup/{}/agentlistbystatus?status=3'))).toEqual([]);
      expect(numbersIn(await agent.result('/agentgroup/{}/agentbyskill/1'))).toEqual(['302']);
      expect(await agent.result('/agentgroup/{}/agentidsbyskill/1')).toEqual(['302']);
      await other.call('POST', '/onlineagent/{}/resetskill/false');
      await later();
      expect(await agent.result('/agentgroup/{}/agentidsbyskill/1')).toEqual([]);
    }, store));

  it('a VDN sees nothing of another [QU-1]', () =>
    withSignedIn(async ({ gateway, agent }) => {
      const stranger = await Caller.signIn(gateway, 402);
      for (const path of [
        'allagentstatus',
        'queryagentstatus',
        'queryagentstatusandskill',
        'agentwasnameonvdn',
      ]) {
        expect(numbersIn(await stranger.result(`/agentgroup/{}/${path}`)), path).toEqual(['401', '402']);
      }
      for (const [one, of] of [
        [stranger, 301],
        [agent, 402],
      ] as const) {
        expect((await one.call('GET', `/agentgroup/{}/agentbyworkno/${of}`)).retcode).toBe('300-003');
        expect((await one.call('GET', `/agentgroup/{}/groupbyagent/${of}`)).retcode).toBe('300-003');
        expect((await one.call('GET', `/queuedevice/{}/agentskill/${of}`)).retcode).toBe('600-001');
      }
      expect((await stranger.call('GET', '/queuedevice/{}/vdnskill/1')).retcode).toBe('300-003');
      const body = { agentlist: ['301', 402] };
      const { result } = await stranger.call('POST', '/agentgroup/{}/agentinfonoskills', body);
      expect(numbersIn(result)).toEqual(['402']);
    }, store));
});

describe('queries', () => {
  it('a phone is shown to inspectors, and to everybody their own [QU-6] [QU-7]', () =>
    withSignedIn(async ({ agent, inspector, later }) => {
      await later();
      const phones = async (caller: Caller) =>
        ((await caller.result('/agentgroup/{}/agentongroupex?groupid=1')) as Row[]).map(
          (row) => row.phonenumber,
        );
      expect(await phones(agent)).toEqual(['40001', '']);
      expect(await phones(inspector)).toEqual(['40001', '40002']);
      expect(await agent.result('/agentgroup/{}/agentbyworkno/302')).toMatchObject({ phonenumber: '' });
      expect(await inspector.result('/agentgroup/{}/agentbyworkno/302')).toMatchObject({
        phonenumber: '40002',
      });
      for (const path of ['loggedinagentphoneonvdn', 'agentrestinfo']) {
        expect((await agent.call('GET', `/agentgroup/{}/${path}`)).retcode).toBe('300-001');
      }
      expect(await inspector.result('/agentgroup/{}/loggedinagentphoneonvdn')).toEqual([
        { workno: '203', phonenumber: '' },
        { workno: '301', phonenumber: '40001' },
        { workno: '302', phonenumber: '40002' },
      ]);
      expect(await inspector.result('/agentgroup/{}/agentrestinfo')).toEqual([]);
      await agent.call('POST', '/onlineagent/{}/rest/600/1');
      await later();
      expect(await inspector.result('/agentgroup/{}/agentrestinfo')).toMatchObject([
        { workno: '301', name: 'Agent 301', restReasonId: 1, restReason: 'Tea', restTime: 600 },
      ]);
    }));

  it('groups, roles and reasons are those of the site file [QU-8]', () =>
    withSignedIn(async ({ gateway, agent, inspector, later }) => {
      expect(await agent.result('/agentgroup/{}/grouponvdn')).toEqual([
        { id: 1, name: 'Morning', monitorno: 201, monitorname: 'Agent 201' },
        { id: 2, name: 'Evening', monitorno: 202, monitorname: 'Agent 202' },
      ]);
      expect(await agent.result('/agentgroup/{}/groupbyagent/303')).toMatchObject({ id: 2 });
      expect((await agent.call('GET', '/agentgroup/{}/groupbyagent/304')).retcode).toBe('300-004');
      expect((await inspector.call('GET', '/agentgroup/{}/agentongroup')).retcode).toBe('300-004');
      expect((await inspector.call('GET', '/agentgroup/{}/agentongroupex?groupid=9')).retcode).toBe(
        '300-004',
      );
      expect(numbersIn(await agent.result('/agentgroup/{}/agentongroup'))).toEqual(['301', '302']);
      expect(await agent.result('/agentgroup/{}/restreason')).toEqual([
        { restReasonId: 1, restReason: 'Tea' },
      ]);
      const monitor = await Caller.signIn(gateway, 201);
      const system = await Caller.signIn(gateway, 205);
      const roles = async (caller: Caller) => {
        const names = [
          'iscensor',
          'ismonitor',
          'issystem',
          'iscallout',
          'ispickup',
          'isreportmanager',
          'isspymonitor',
        ];
        const answers = await Promise.all(names.map((name) => caller.result(`/agentgroup/{}/${name}`)));
        return names.filter((_, index) => answers[index] === true);
      };
      await later();
      expect(await roles(agent)).toEqual([]);
      expect(await roles(inspector)).toEqual(['iscensor']);
      expect(await roles(monitor)).toEqual(['iscensor', 'ismonitor']);
      expect(await roles(system)).toEqual(['issystem', 'iscallout']);
      const site = structuredClone(SUPERVISED_SITE) as typeof SUPERVISED_SITE & {
        tenants: { groups?: { supervisor?: number }[] }[];
      };
      for (const group of site.tenants[0]?.groups ?? []) group.supervisor = 203;
      await load(gateway.config, site);
      await later();
      expect(await roles(inspector)).toEqual(['iscensor', 'ismonitor']);
    }));

  it('queues are those of the site file, and their figures true [QU-10] [QU-11] [QU-12]', () =>
    withSignedIn(async ({ gateway, agent, other, inspector, later }) => {
      await later();
      const orders = { name: 'Orders', id: 1, mediatype: 5, serviceType: 0, realFlag: 1 };
      expect(await agent.result('/onlineagent/{}/agentskills')).toMatchObject([
        orders,
        { id: 2, mediatype: 1 },
      ]);
      expect(await agent.result('/onlineagent/{}/agentskillsbyworkno/302')).toEqual([orders]);
      expect(await agent.result('/queuedevice/{}/agentskill/302')).toEqual([orders]);
      for (const [path, code] of [
        ['/onlineagent/{}/agentskills', '600-001'],
        ['/onlineagent/{}/agentskillsbyworkno/304', '600-001'],
        ['/queuedevice/{}/agentskill/59999', '600-001'],
        ['/queuedevice/{}/ivrinfo', '600-004'],
      ] as const) {
        expect((await inspector.call('GET', path)).retcode, path).toBe(code);
      }
      for (const path of ['agentvdnskill', 'vdnskill/1']) {
        expect(await agent.result(`/queuedevice/{}/${path}`), path).toHaveLength(3);
      }
      const stranger = await Caller.signIn(gateway, 402);
      for (const [path, code] of [
        ['agentvdnskill', '600-005'],
        ['vdnskill/2', '600-002'],
        ['innoinfo', '600-003'],
      ] as const) {
        expect((await stranger.call('GET', `/queuedevice/{}/${path}`)).retcode, path).toBe(code);
      }
      expect(await agent.result('/queuedevice/{}/innoinfo')).toEqual([
        { id: 7, inno: '4000', description: 'Main line', vdnid: 1, mediatype: 5 },
      ]);
      const figures = async () =>
        (await agent.call('POST', '/queuedevice/{}/queryacdstat', { skills: ['1', 9] })).result;
      const ofOrders = { deviceNo: 1, skillDescrip: 'Orders', queueSize: 0, maxQueueSize: 0 };
      expect(await figures()).toEqual([{ ...ofOrders, loggedOnAgents: 1, availAgents: 1 }]);
      await other.call('POST', '/onlineagent/{}/resetskill/true');
      await later();
      expect(await figures()).toEqual([{ ...ofOrders, loggedOnAgents: 2, availAgents: 1 }]);
      expect(await agent.result('/querymonitor/{}/skillstatisticinfo/1')).toMatchObject({
        loggedOnAgents: 2,
      });
      expect(await agent.result('/queuedevice/{}/waitnumbyagent')).toMatchObject([
        { id: 1, waitnum: 0 },
        { id: 2, waitnum: 0 },
      ]);
    }));

  it('the installation is told to those with the system right, of their own VDN [QU-13] [QU-14] [QU-15]', () =>
    withSignedIn(async ({ gateway, agent, time }) => {
      const system = await Caller.signIn(gateway, 205);
      const node = { clusterName: 'AgentGateway', nodeName: 'AgentGateway1' };
      const expected: Readonly<Record<string, unknown>> = {
        clusterinfo: { clusterName: 'AgentGateway', nodes: [{ name: 'AgentGateway1', state: 'serving' }] },
        'clusterinfobyname/AgentGateway': {
          clusterName: 'AgentGateway',
          nodes: [{ name: 'AgentGateway1', state: 'serving' }],
        },
        'agentclusterinfo/301': { workno: '301', ...node },
        allagentclusterinfo: ['203', '205', '301', '302'].map((workno) => ({ workno, ...node })),
        systemversion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        systemstate: { state: 'serving', agents: 4, nodes: 1 },
      };
      await time.passAtOnce(1_100);
      for (const [path, result] of Object.entries(expected)) {
        expect(await system.result(`/querymonitor/{}/${path}`), path).toEqual(result);
        expect((await agent.call('GET', `/querymonitor/{}/${path}`)).retcode, path).toBe('000-003');
      }
      expect((await system.call('GET', '/querymonitor/{}/clusterinfobyname/other')).retcode).toBe('300-002');
      expect((await system.call('GET', '/querymonitor/{}/agentclusterinfo/402')).retcode).toBe('300-003');
      expect(Number(await agent.result('/querymonitor/{}/servertime'))).toBeLessThanOrEqual(
        time.clock.wallMs(),
      );
      for (const [path, code] of [
        ['setagenttimeout/false', '0'],
        ['setmaxchatnum/1/5?agents=301', '0'],
        ['setmaxchatnum/2/5', '000-003'],
      ] as const) {
        expect((await system.call('POST', `/querymonitor/{}/${path}`)).retcode, path).toBe(code);
        expect((await agent.call('POST', `/querymonitor/{}/${path}`)).retcode, path).toBe('000-003');
      }
      expect((await gateway.auditActs(205)).slice(1)).toEqual([
        { kind: 'leaseSettingAsked', flag: 'false' },
        { kind: 'mostChatsAsked', chats: 5, agents: '301' },
      ]);
    }));

  it('resetskill takes 4,000 characters and no more [QU-9]', () =>
    withSignedIn(async ({ agent }) => {
      const ids = `${'1;'.repeat(1_999)}22`;
      expect((await agent.call('POST', `/onlineagent/{}/resetskill/false?skillid=${ids}`)).retcode).toBe('0');
      expect((await agent.call('POST', `/onlineagent/{}/resetskill/false?skillid=${ids}2`)).retcode).toBe(
        '000-002',
      );
    }));
});
