import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { STORES } from '../support/store-kinds.ts';
import type { GatewayClient } from './support/gateway-client.ts';
import { agentNumbers, withInstallation } from './support/installation.ts';

const [AGENT] = agentNumbers(1) as [number];
const EVENTS = [
  'AgentOther_InService',
  'AgentState_Ready',
  'AgentState_SetNotReady_Success',
  'AgentState_CancelNotReady_Success',
];

async function nextEvent(client: GatewayClient, token: string): Promise<string> {
  const { event, body } = await client.poll(AGENT, token);
  return event?.eventType ?? expect.fail(body);
}

describe.each(STORES)('a poller whose server is killed, with %s', (store) => {
  it('[DL-15] [DL-6] between an answer and the next poll: given again is what had no receipt, nothing is left out', () =>
    withInstallation({ store, agents: 1 }, async ({ start, tables }) => {
      const node = await start();
      const token = await node.client.tokenOf(AGENT);
      await node.client.sayBusy(AGENT, token, 200);
      expect([await nextEvent(node.client, token), await nextEvent(node.client, token)]).toEqual(
        EVENTS.slice(0, 2),
      );
      // The second poll was the receipt of the first event.
      await eventually(() =>
        tables.snapshot(async (query) => {
          const [row] = await query('SELECT sequence FROM read_position');
          expect(Number(row?.sequence)).toBe(1);
        }),
      );
      expect(await nextEvent(node.client, token)).toBe(EVENTS[2]);
      await node.kill();

      const again = await start();
      await again.client.change(AGENT, token, 'cancelBusy');
      // The receipt of the second event may or may not have been written; the third event had none.
      const first = await nextEvent(again.client, token);
      expect(EVENTS.slice(1, 3)).toContain(first);
      const rest = EVENTS.slice(EVENTS.indexOf(first) + 1);
      for (const event of rest) expect(await nextEvent(again.client, token)).toBe(event);
    }));
});
