import { describe, expect, it } from 'vitest';
import { changeRows, type RunningGateway, withGateway } from '../../support/running-gateway.ts';
import { STORES, type StoreKind } from '../../support/store-kinds.ts';
import { Caller, SUPERVISED_SITE } from './supervised-site.ts';

/** Another node on the same database. */
function withOtherNode(first: RunningGateway, use: (other: RunningGateway) => Promise<void>): Promise<void> {
  const environment = { ROLLCALL_DATABASE_URL: first.config.databaseUrl ?? '', ROLLCALL_NODE_NAME: 'Other' };
  return withGateway({ environment, site: null }, use);
}

function withSite(store: StoreKind, use: (gateway: RunningGateway) => Promise<void>): Promise<void> {
  return withGateway({ store, site: SUPERVISED_SITE }, use);
}

/** What an inspector is told, as `Login 301 CtiServer`; reads on until so many were told. */
async function told(gateway: RunningGateway, { workNumber, guid }: Caller, count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) {
    const { event, message } = (await gateway.client.poll(workNumber, guid)).json();
    if (event === undefined)
      throw new TypeError(`after ${all.join()} the poll answered ${message || 'empty'}`);
    if (event.eventType !== 'QC_AgentState_Notify') continue;
    const { subtype, monitoredagent, agentname, mediaserver } = event.content as Record<string, string>;
    expect(agentname).toBe(`Agent ${monitoredagent}`);
    all.push(`${subtype?.replace('QC_AgentState_', '')} ${monitoredagent} ${mediaserver}`);
  }
  return all;
}

/** Everything that was ever told to an inspector, from its log. */
async function log(gateway: RunningGateway, workNumber: number): Promise<string[]> {
  const rows = await gateway.rows(
    `SELECT event FROM agent_event WHERE work_number = ${workNumber} ORDER BY sequence`,
  );
  return rows.flatMap(({ event }) => {
    const { kind, agent, server } = JSON.parse(String(event));
    return kind.startsWith('watched') ? [`${kind} ${agent} ${server}`] : [];
  });
}

async function signOut(caller: Caller): Promise<void> {
  expect((await caller.call('DELETE', '/onlineagent/{}/logout')).retcode).toBe('0');
}

/** Feeds that were not followed to their end. */
const BEHIND = 'SELECT * FROM feed JOIN fan_out USING (tenant_id) WHERE head <> position';
const LISTENS = { listenStatus: true };
const WITHOUT_CHAT = { checkInWebm: false };

describe.each(STORES)('inspectors on %s are told of sign-ins and sign-outs', (store) => {
  it('of their groups and of whom they added, in order, and of nobody else [FO-1] [FO-2] [FO-3]', () =>
    withSite(store, async (gateway) => {
      const inspector = await Caller.signIn(gateway, 201, LISTENS);
      const of = (agents: string, path = 'beginmonitor') =>
        inspector.call('POST', `/qualitycontrol/{}/${path}?agents=${agents}`);
      expect((await of('304')).retcode).toBe('0');
      expect((await of('302', 'endmonitor')).retcode).toBe('0');
      // Of group 1 but taken from it; of another group; of another VDN; itself.
      for (const [stranger, body] of [
        [302, {}],
        [303, {}],
        [402, {}],
        [201, { ...LISTENS }],
      ] as const) {
        if (stranger !== 201) await signOut(await Caller.signIn(gateway, stranger, body));
      }
      const chatting = await Caller.signIn(gateway, 301);
      await Caller.signIn(gateway, 304, WITHOUT_CHAT);
      await signOut(chatting);
      expect(await told(gateway, inspector, 5)).toEqual([
        'Login 301 CtiServer',
        'Login 301 WebM',
        'Login 304 CtiServer',
        'Logout 301 CtiServer',
        'Logout 301 WebM',
      ]);
      // A displaced session ends before the new one begins.
      await Caller.signIn(gateway, 304, WITHOUT_CHAT);
      expect(await told(gateway, inspector, 2)).toEqual(['Logout 304 CtiServer', 'Login 304 CtiServer']);
      expect((await log(gateway, 201)).length).toBe(7);
    }));

  it('who did not ask, or is no inspector, is not told [FO-3]', () =>
    withSite(store, async (gateway) => {
      const listening = await Caller.signIn(gateway, 201, LISTENS);
      await Caller.signIn(gateway, 202);
      await Caller.signIn(gateway, 302, { ...LISTENS, ...WITHOUT_CHAT });
      await Caller.signIn(gateway, 303, WITHOUT_CHAT);
      await Caller.signIn(gateway, 301, WITHOUT_CHAT);
      expect(await told(gateway, listening, 2)).toEqual(['Login 302 CtiServer', 'Login 301 CtiServer']);
      expect(await log(gateway, 202)).toEqual([]);
      expect(await log(gateway, 302)).toEqual([]);
    }));

  it('only of what came after their own sign-in, though a node goes through all of it afterwards [FO-4]', () =>
    withSite(store, async (first) => {
      await Caller.signIn(first, 301, WITHOUT_CHAT);
      await Caller.signIn(first, 201, LISTENS);
      await signOut(await Caller.signIn(first, 302, WITHOUT_CHAT));
      await expect.poll(() => log(first, 201)).toHaveLength(2);
      const again = await Caller.signIn(first, 201, LISTENS);
      const second = await first.restart(() => changeRows(first, 'DELETE FROM fan_out'));
      await Caller.signIn(second, 302, WITHOUT_CHAT);
      expect(await told(second, again, 1)).toEqual(['Login 302 CtiServer']);
      expect(await log(second, 201)).toHaveLength(3);
    }));

  it('once, though a restart goes through the feed again [FO-5]', () =>
    withSite(store, async (first) => {
      await Caller.signIn(first, 201, LISTENS);
      await Caller.signIn(first, 202, LISTENS);
      await Caller.signIn(first, 301, WITHOUT_CHAT);
      await expect.poll(() => log(first, 201)).toHaveLength(1);
      // As after a kill: what was done is committed, and how far the feed was followed is lost.
      const second = await first.restart(() => changeRows(first, 'DELETE FROM fan_out'));
      await Caller.signIn(second, 303, WITHOUT_CHAT);
      await Caller.signIn(second, 302, WITHOUT_CHAT);
      await expect.poll(() => log(second, 202)).toHaveLength(1);
      await expect.poll(() => log(second, 201)).toHaveLength(2);
      expect(await log(second, 201)).toEqual([
        'watchedAgentSignedIn 301 ccs',
        'watchedAgentSignedIn 302 ccs',
      ]);
    }));

  it('of what happened when no node followed the feed [FO-6]', () =>
    withSite(store, async (first) => {
      await Caller.signIn(first, 201, LISTENS);
      await Caller.signIn(first, 301, WITHOUT_CHAT);
      await expect.poll(() => log(first, 201)).toHaveLength(1);
      const head = '(SELECT position FROM fan_out WHERE tenant_id = 1)';
      // Undone as if the node had been killed between the sign-in and what follows from it.
      const second = await first.restart(async () => {
        await changeRows(first, `UPDATE fan_out SET position = ${head} - 2 WHERE tenant_id = 1`);
        await changeRows(first, 'UPDATE agent SET told_up_to = 0 WHERE work_number = 201');
      });
      await expect.poll(() => log(second, 201)).toHaveLength(2);
    }));
});

describe('two nodes on one database', () => {
  it('tell each inspector once, whichever of them it reads from [FO-5] [FO-6]', () =>
    withSite('postgres', (first) =>
      withOtherNode(first, async (second) => {
        const one = await Caller.signIn(first, 201, LISTENS);
        const two = await Caller.signIn(second, 202, LISTENS);
        for (const [node, agents] of [
          [first, [301, 303]],
          [second, [302]],
        ] as const) {
          for (const agent of agents) await Caller.signIn(node, agent, WITHOUT_CHAT);
        }
        await expect.poll(() => log(first, 201)).toHaveLength(2);
        await expect.poll(() => log(first, 202)).toHaveLength(1);
        expect(await told(first, one, 2)).toEqual(['Login 301 CtiServer', 'Login 302 CtiServer']);
        expect(await told(second, two, 1)).toEqual(['Login 303 CtiServer']);
        await Caller.signIn(second, 301, WITHOUT_CHAT);
        await expect.poll(() => log(first, 201)).toHaveLength(4);
        expect(await told(first, one, 2)).toEqual(['Logout 301 CtiServer', 'Login 301 CtiServer']);
        // Both nodes follow each feed in turn; a node that stops has gone through what it had begun.
        const [, other] = [await second.restart(), await first.restart()];
        await expect.poll(() => other.rows(BEHIND)).toEqual([]);
        expect(await log(other, 201)).toHaveLength(4);
        expect(await log(other, 202)).toHaveLength(1);
      }),
    ));
});
