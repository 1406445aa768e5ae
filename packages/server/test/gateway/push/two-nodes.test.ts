import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { withGateway } from '../../support/running-gateway.ts';
import { BEGUN, busy, namesOf, nothingLeft, sayBusy, signInPushed, withReceiver } from './pushed-site.ts';

it('one of two nodes sends what either of them commits, and the other when it stops [PU-10] [PU-3]', () =>
  withReceiver({ store: 'postgres' }, (one, receiver) => {
    const environment = {
      ROLLCALL_DATABASE_URL: one.config.databaseUrl ?? '',
      ROLLCALL_NODE_NAME: 'Other',
      ROLLCALL_EVENT_RECEIVERS: 'http://127.0.0.1:*',
    };
    return withGateway({ environment, site: null }, async (other) => {
      const agents = [202, 203, 204, 205];
      const guids = new Map<number, string>();
      for (const [index, agent] of agents.entries()) {
        const node = index % 2 === 0 ? one : other;
        guids.set(agent, await signInPushed(node, agent, { url: receiver.url() }));
      }
      const guidOf = (agent: number) => guids.get(agent) ?? '';
      for (const agent of agents) {
        await sayBusy(one, agent, { guid: guidOf(agent), reasons: [201] });
        await sayBusy(other, agent, { guid: guidOf(agent), reasons: [202] });
      }
      const before = [...BEGUN, busy(201), busy(202)];
      await eventually(() =>
        expect(agents.map((agent) => namesOf(receiver, agent))).toEqual(agents.map(() => before)),
      );

      const senders = async () => (await one.rows('SELECT DISTINCT sender FROM event_push')).length;
      const again = await one.restart(async () => {
        for (const agent of agents) await sayBusy(other, agent, { guid: guidOf(agent), reasons: [203] });
        const whole = [...before, busy(203)];
        await eventually(() =>
          expect(agents.map((agent) => namesOf(receiver, agent))).toEqual(agents.map(() => whole)),
        );
        expect(await senders()).toBe(1);
      });
      for (const agent of agents) {
        expect(await again.client.call('DELETE', `/onlineagent/${agent}/logout`, guidOf(agent))).toBe('0');
      }
      await nothingLeft(again);
      expect(agents.map((agent) => namesOf(receiver, agent))).toEqual(
        agents.map(() => [...before, busy(203)]),
      );
    });
  }));
