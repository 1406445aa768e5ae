import { describe, expect, it } from 'vitest';
import { withGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from './supervised-site.ts';

const CALLS = {
  forceidle: ['AgentState_Force_Ready'],
  forcebusy: ['AgentState_Force_SetNotReady'],
  'forcerest/{}/60/1': ['AgentState_SetRest_Success'],
  forcelogout: ['AgentOther_ShutdownService'],
} as const;
type Call = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as Call[];

function pathOf(call: Call, workNumber: number): string {
  const named = call.includes('{}') ? call.replace('{}', String(workNumber)) : `${call}/${workNumber}`;
  return `/qualitycontrol/{}/${named}`;
}

describe.each(STORES)('what an inspector may do, on %s', (store) => {
  it.each([
    ['an agent', 302, 301, '900-002'],
    ['an agent of another VDN', 402, 301, '900-002'],
    ['the inspector of another group', 202, 301, '900-002'],
    ['an inspector of no group', 204, 301, '900-002'],
    ['the inspector of another VDN', 401, 301, '900-004'],
    ['the inspector of a group, of an agent without one', 201, 304, '900-002'],
    ['the inspector of a group, of nobody', 201, 59_999, '900-002'],
    ['the inspector of the VDN, of nobody', 203, 59_999, '900-004'],
    ['the inspector of the VDN, of an agent of another', 203, 402, '900-004'],
    ['the inspector of the VDN, of itself', 203, 203, '000-005'],
    ['an inspector who does not watch itself, of itself', 201, 201, '900-002'],
    ['the inspector of the group, of who is signed out', 201, 302, '900-005'],
  ])('%s: %i of %i is refused and changes nothing [SV-1] [SV-2] [SV-3]', async (...[, by, of, code]) => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      await Caller.signIn(gateway, 301);
      await Caller.signIn(gateway, 402);
      const caller = await Caller.signIn(gateway, by);
      const before = await gateway.rows('SELECT * FROM agent ORDER BY work_number');
      for (const call of NAMES)
        expect((await caller.call('POST', pathOf(call, of))).retcode, call).toBe(code);
      expect(await gateway.rows('SELECT * FROM agent ORDER BY work_number')).toEqual(before);
    });
  });

  it.each([201, 203])(
    'inspector %i does each of them, named in event and audit trail [SV-1] [SV-4] [SV-5] [SV-6] [SV-7] [SV-8]',
    async (by) => {
      await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
        const inspector = await Caller.signIn(gateway, by);
        const agent = await Caller.signIn(gateway, 301);
        await agent.events(2);
        for (const call of NAMES) {
          expect((await inspector.call('POST', pathOf(call, 301))).retcode, call).toBe('0');
          const { event } = (await gateway.client.poll(301, agent.guid)).json();
          expect(event?.eventType).toBe(CALLS[call][0]);
          if (call === 'forceidle' || call === 'forcebusy')
            expect(event?.content).toEqual({ operator: String(by) });
          if (call.startsWith('forcerest')) expect(event?.content).toEqual({ reason: '1' });
        }
        const acts = await gateway.auditActs(301);
        expect(acts.slice(1)).toMatchObject([
          { kind: 'forced', by, to: { kind: 'ready' } },
          { kind: 'forced', by, to: { kind: 'notReady', reason: 3 } },
          { kind: 'forced', by, to: { kind: 'resting', reason: 1 } },
          { kind: 'signOut', reason: 'bySupervisor', reasonNumber: 257, by },
        ]);
        expect((await agent.call('GET', '/onlineagent/{}/agentstatus')).retcode).toBe('100-006');
      });
    },
  );

  it('joining a contact is refused by who asks, and then since there is none [SV-9]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const inspector = await Caller.signIn(gateway, 203);
      const agent = await Caller.signIn(gateway, 301);
      for (const [method, path] of [
        ['PUT', 'addsupervise/{of}'],
        ['PUT', 'addinsert/{of}'],
        ['PUT', 'intercept/{of}'],
        ['POST', 'switch/{of}'],
        ['DELETE', '{of}'],
        ['POST', 'requestwhisperagent?whisperagentid={of}'],
        ['POST', 'requeststopwhisperagent?whisperagentid={of}'],
        ['POST', 'requestswitchinsertwhisperagent?switchtype=1&whisperagentid={of}'],
      ] as const) {
        const code = async (caller: Caller, of: number) =>
          (await caller.call(method, `/qualitycontrol/{}/${path.replace('{of}', String(of))}`)).retcode;
        expect(await code(agent, 302), path).toBe('900-002');
        expect(await code(inspector, 203), path).toBe('000-005');
        expect(await code(inspector, 402), path).toBe('900-004');
        expect(await code(inspector, 301), path).toBe('900-005');
      }
    });
  });

  it('whom an inspector is told about is added to and taken from [SV-12]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const inspector = await Caller.signIn(gateway, 201);
      const agent = await Caller.signIn(gateway, 301, { status: 3 });
      const watched = async () =>
        ((await inspector.result('/qualitycontrol/{}/allagent')) as { workno: string }[]).map(
          ({ workno }) => workno,
        );
      expect(await watched()).toEqual(['301', '302']);
      expect((await inspector.call('POST', '/qualitycontrol/{}/beginmonitor?agents=303;304')).retcode).toBe(
        '0',
      );
      expect((await inspector.call('POST', '/qualitycontrol/{}/endmonitor?agents=302')).retcode).toBe('0');
      await expect.poll(watched).toEqual(['301', '303', '304']);
      expect((await inspector.call('POST', '/qualitycontrol/{}/beginmonitor?agents=302,402')).retcode).toBe(
        '900-004',
      );
      for (const bad of ['', '?agents=', '?agents=x', '?agents=301;;302', '?agents=12']) {
        expect((await inspector.call('POST', `/qualitycontrol/{}/beginmonitor${bad}`)).retcode, bad).toBe(
          '000-002',
        );
      }
      for (const path of ['beginmonitor?agents=302', 'endmonitor?agents=302']) {
        expect((await agent.call('POST', `/qualitycontrol/{}/${path}`)).retcode).toBe('900-002');
      }
      expect((await agent.call('GET', '/qualitycontrol/{}/allagent')).retcode).toBe('900-002');
      expect(await inspector.result('/qualitycontrol/{}/allagent')).toEqual([
        { workno: '301', name: 'Agent 301', status: 3 },
        { workno: '303', name: 'Agent 303', status: 2 },
        { workno: '304', name: 'Agent 304', status: 2 },
      ]);
    });
  });
});
