import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { withGateway } from '../support/running-gateway.ts';

describe('another process that writes', () => {
  it('makes a change wait and holds up nothing else [TX-15]', async () => {
    await withGateway({}, async ({ client, config }) => {
      const guid = await client.signIn(291);
      const other = new DatabaseSync(`${config.dataDir}/rollcall.db`);
      other.exec('BEGIN IMMEDIATE');
      let isChanged = false;
      const change = client.call('POST', '/onlineagent/291/saybusy', guid).then((code) => {
        isChanged = true;
        return code;
      });
      const beganMs = performance.now();
      for (let calls = 0; calls < 20; calls += 1) {
        expect(await client.call('POST', '/onlineagent/292/sayfree', guid)).toBe('000-003');
      }
      expect(performance.now() - beganMs).toBeLessThan(4_000);
      expect(isChanged).toBe(false);
      other.exec('COMMIT');
      other.close();
      expect(await change).toBe('0');
    });
  });

  it('for longer than five seconds gets a clear refusal, and nothing is half done [TX-15]', async () => {
    await withGateway({}, async ({ client, config }) => {
      const guid = await client.signIn(291);
      const other = new DatabaseSync(`${config.dataDir}/rollcall.db`);
      other.exec('BEGIN IMMEDIATE');
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('100-007');
      other.exec('COMMIT');
      other.close();
      expect(await client.agentState(291, guid)).toEqual({ agentState: 4, isWorking: false });
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
    });
  });
});
