import { describe, expect, it } from 'vitest';
import { systemSecrets } from '../../../src/platform/session-tokens.ts';
import { type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { STORES } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from './supervised-site.ts';

interface Answer {
  readonly status: number;
  readonly body: { readonly results?: readonly Row[]; readonly dryRun?: boolean; readonly message?: string };
}
interface Row {
  readonly agent: number;
  readonly outcome: string;
  readonly position: string | null;
}

async function forceMany(
  gateway: RunningGateway,
  { token, vdn = 1 }: { readonly token: string | null; readonly vdn?: number | string },
  body: object | string,
): Promise<Answer> {
  const answer = await gateway.client.send({
    method: 'POST',
    path: `/api/v1/vdns/${vdn}/agents:force`,
    absolute: true,
    ...(token === null ? {} : { headers: { Authorization: `Bearer ${token}` } }),
    body,
  });
  return { status: answer.status, body: JSON.parse(answer.text) };
}

const outcomes = ({ body }: Answer) => body.results?.map(({ agent, outcome }) => [agent, outcome]);
const named = (...agents: number[]) => ({ agents: agents.map((agent) => ({ agent })) });

describe.each(STORES)('one act on many agents, on %s', (store) => {
  it('each gets a result of its own, by the rights of who asks [SV-10]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const [agent] = await Promise.all(
        [301, 302, 303].map((workNumber) => Caller.signIn(gateway, workNumber)),
      );
      const ofGroup = await Caller.signIn(gateway, 201);
      const ofVdn = await Caller.signIn(gateway, 203);
      const act = { kind: 'notReady' };
      const all = named(301, 303, 304, 203, 59_999, 402);
      expect(outcomes(await forceMany(gateway, { token: ofVdn.guid }, { act, targets: all }))).toEqual([
        [301, 'done'],
        [303, 'done'],
        [304, 'signedOut'],
        [203, 'itself'],
        [59_999, 'noSuchAgent'],
        [402, 'noSuchAgent'],
      ]);
      expect(await agent?.result('/onlineagent/{}/agentstatus')).toMatchObject({ agentState: 3 });
      expect(
        outcomes(await forceMany(gateway, { token: ofGroup.guid }, { act: { kind: 'ready' }, targets: all })),
      ).toEqual([
        [301, 'done'],
        [303, 'noRight'],
        [304, 'noRight'],
        [203, 'noRight'],
        [59_999, 'noRight'],
        [402, 'noRight'],
      ]);
      expect(await forceMany(gateway, { token: agent?.guid ?? '' }, { act, targets: all })).toMatchObject({
        status: 403,
      });
      expect(await forceMany(gateway, { token: ofVdn.guid, vdn: 2 }, { act, targets: all })).toMatchObject({
        status: 403,
      });
      expect(await forceMany(gateway, { token: null }, { act, targets: all })).toMatchObject({ status: 401 });
    });
  });

  it('the site token acts on every agent of every VDN, and on no VDN that is not there [SV-10]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const token = systemSecrets.newSiteToken();
      await gateway.withStore((opened) => opened.claimSiteToken(systemSecrets.hashToken(token)));
      const agent = await Caller.signIn(gateway, 304);
      const body = { act: { kind: 'notReady' }, targets: named(304, 402) };
      expect(outcomes(await forceMany(gateway, { token }, body))).toEqual([
        [304, 'done'],
        [402, 'noSuchAgent'],
      ]);
      await agent.events(2);
      const { event } = (await gateway.client.poll(304, agent.guid)).json();
      expect(event?.content).toEqual({ operator: '0' });
      for (const vdn of ['9', '0', 'x', '1e0', '99999999999999999999']) {
        expect((await forceMany(gateway, { token, vdn }, body)).status, vdn).toBe(404);
      }
    });
  });

  it('a filter finds those who are signed in and fit, and a dry run does nothing [SV-10]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      for (const [workNumber, status] of [
        [301, 4],
        [302, 3],
        [303, 4],
      ] as const) {
        const caller = await Caller.signIn(gateway, workNumber, { status });
        await caller.call('POST', '/onlineagent/{}/resetskill/true');
      }
      const inspector = await Caller.signIn(gateway, 203);
      const act = { kind: 'rest', seconds: 60, reason: 1 };
      const find = async (filter: object) =>
        (await forceMany(gateway, { token: inspector.guid }, { act, targets: { filter }, dryRun: true }))
          .body;
      const before = await gateway.rows('SELECT * FROM agent ORDER BY work_number');
      const all = await find({});
      expect(all.dryRun).toBe(true);
      expect(all.results?.map(({ agent, outcome }) => [agent, outcome])).toEqual([
        [203, 'itself'],
        [301, 'done'],
        [302, 'done'],
        [303, 'done'],
      ]);
      const agentsIn = async (filter: object) => (await find(filter)).results?.map(({ agent }) => agent);
      expect(await agentsIn({ group: 1 })).toEqual([301, 302]);
      expect(await agentsIn({ group: 1, state: 'ready' })).toEqual([301]);
      expect(await agentsIn({ skillQueue: 3 })).toEqual([303]);
      expect(await agentsIn({ skillQueue: 9 })).toEqual([]);
      expect(await gateway.rows('SELECT * FROM agent ORDER BY work_number')).toEqual(before);
      const done = await forceMany(
        gateway,
        { token: inspector.guid },
        { act, targets: { filter: { group: 1 } } },
      );
      expect(outcomes(done)).toEqual([
        [301, 'done'],
        [302, 'done'],
      ]);
    });
  });

  it('a late act does not overwrite what its author has not seen [SV-11]', async () => {
    await withGateway({ store, site: SUPERVISED_SITE }, async (gateway) => {
      const agent = await Caller.signIn(gateway, 301);
      const inspector = await Caller.signIn(gateway, 203);
      const force = async (kind: string, ifPosition: string) => {
        const targets = { agents: [{ agent: 301, ifPosition }] };
        const { body } = await forceMany(gateway, { token: inspector.guid }, { act: { kind }, targets });
        return body.results?.[0];
      };
      const first = await gateway.client.poll(301, agent.guid);
      const seen = String(first.headers['event-position']);
      const head = seen.replace(/\.1$/, '.2');
      expect(await force('notReady', seen)).toEqual({
        agent: 301,
        outcome: 'changedMeanwhile',
        position: head,
      });
      expect(await force('notReady', head)).toMatchObject({
        outcome: 'done',
        position: head.replace(/2$/, '3'),
      });
      expect(await force('signOut', head)).toMatchObject({ outcome: 'changedMeanwhile' });
      expect(await force('signOut', `other.3`)).toMatchObject({ outcome: 'changedMeanwhile' });
      expect(await agent.result('/onlineagent/{}/agentstatus')).toMatchObject({ agentState: 3 });
    });
  });
});

it.each([
  ['no JSON', '{', /must be a JSON object/],
  ['nothing', {}, /act|the body/],
  ['an unknown act', { act: { kind: 'dance' }, targets: named(301) }, /act/],
  ['a rest without a length', { act: { kind: 'rest', reason: 1 }, targets: named(301) }, /act/],
  [
    'a rest that is too long',
    { act: { kind: 'rest', seconds: 86_400, reason: 1 }, targets: named(301) },
    /act/,
  ],
  ['no targets', { act: { kind: 'ready' }, targets: { agents: [] } }, /targets/],
  [
    'a position that is none',
    { act: { kind: 'ready' }, targets: { agents: [{ agent: 301, ifPosition: 'x' }] } },
    /targets/,
  ],
  ['an unknown state', { act: { kind: 'ready' }, targets: { filter: { state: 'asleep' } } }, /targets/],
  ['an unknown key', { act: { kind: 'ready' }, targets: named(301), force: true }, /the body|force/],
])('a body with %s is refused with a sentence [SV-10]', async (_what, body, message) => {
  await withGateway({ site: SUPERVISED_SITE }, async (gateway) => {
    const inspector = await Caller.signIn(gateway, 203);
    const answer = await forceMany(gateway, { token: inspector.guid }, body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(message) } });
  });
});
