import { expect, it } from 'vitest';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';

function withTwoNodes(use: (one: RunningGateway, other: RunningGateway) => Promise<void>): Promise<void> {
  return withGateway({ store: 'postgres' }, (one) => {
    const environment = { ROLLCALL_DATABASE_URL: one.config.databaseUrl ?? '', ROLLCALL_NODE_NAME: 'Other' };
    return withGateway({ environment, site: null }, (other) => use(one, other));
  });
}

it('a poll that one node holds is answered with what another has committed, before its hold is over [DL-2]', () =>
  withTwoNodes(async (one, other) => {
    const guid = await one.client.signIn(291);
    await one.client.events(291, guid, 2);
    for (const reason of [201, 202, 203]) {
      const began = performance.now();
      const held = one.client.poll(291, guid);
      await other.client.call('POST', `/onlineagent/291/saybusy?reason=${reason}&prolong=true`, guid);
      expect((await held).json().event).toMatchObject({ content: { reason: String(reason) } });
      // An empty hold would have been 9.5 s.
      expect(performance.now() - began).toBeLessThan(9_000);
    }
  }));
