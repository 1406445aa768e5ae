import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { sqliteRows, withGateway } from '../support/running-gateway.ts';

describe('signing out', () => {
  it.each(['logout', 'forcelogout'])(
    '%s ends the session, frees its phone and is recorded [SO-1] [SO-4] [WI-25]',
    async (operation) => {
      await withGateway({}, async ({ client, config }) => {
        const guid = await client.signIn(291, { phonenum: '40038' });
        const answer = await client.send({
          method: 'DELETE',
          path: `/onlineagent/291/${operation}`,
          headers: { Guid: guid },
        });
        expect(answer.text).toBe('{"message":"","retcode":"0"}');
        expect(sqliteRows(config, 'SELECT * FROM phone')).toEqual([]);
        const [last] = sqliteRows(config, 'SELECT act FROM audit_entry ORDER BY audit_id DESC LIMIT 1');
        expect(JSON.parse(String(last?.act))).toEqual({
          kind: 'signOut',
          reason: 'bySelf',
          reasonNumber: 258,
        });
        expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('100-008');
        expect(await client.call('DELETE', '/onlineagent/291/forcelogout', guid)).toBe('100-008');
        expect(await client.call('POST', '/onlineagent/291/sayfree', guid)).toBe('100-006');
        expect(await client.call('GET', '/onlineagent/291/agentstatus', guid)).toBe('100-006');
      });
    },
  );

  it("an ended session's token stays ended when the agent signs in again [WI-25]", async () => {
    await withGateway({}, async ({ client }) => {
      const old = await client.signIn(291);
      await client.call('DELETE', '/onlineagent/291/logout', old);
      const guid = await client.signIn(291);
      expect(await client.call('DELETE', '/onlineagent/291/logout', old)).toBe('100-008');
      expect(await client.call('POST', '/onlineagent/291/sayfree', old)).toBe('100-006');
      expect(await client.agentState(291, guid)).toEqual({ agentState: 4, isWorking: false });
    });
  });

  it('of many sign-outs at once one is done and the others are told why not [SO-3] [WI-28]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const codes = await Promise.all(
        Array.from({ length: 8 }, () => client.call('DELETE', '/onlineagent/291/logout', guid)),
      );
      expect(codes.filter((code) => code === '0')).toHaveLength(1);
      expect(codes.every((code) => ['0', '000-007', '100-008'].includes(code))).toBe(true);
    });
  });

  it('a sign-out that comes while the first is being written is told so [SO-3]', async () => {
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    let frozenMs: number | null = null;
    const clock: Clock = {
      wallMs: () => Date.now(),
      // While time stands still every command seems to follow another at once and waits for its batch to fill.
      monotonicMs: () => frozenMs ?? performance.now(),
      after: (delayMs, run) => {
        if (frozenMs === null) return systemClock.after(delayMs, run);
        held.resolve();
        void gate.promise.then(run);
        return () => undefined;
      },
    };
    await withGateway({ overrides: { clock } }, async ({ client }) => {
      const guid = await client.signIn(291);
      frozenMs = performance.now() + 1_000;
      expect(await client.call('POST', '/onlineagent/291/sayfree', guid)).toBe('0');
      const first = client.call('DELETE', '/onlineagent/291/logout', guid);
      await held.promise;
      expect(await client.call('DELETE', '/onlineagent/291/forcelogout', guid)).toBe('000-007');
      gate.resolve();
      expect(await first).toBe('0');
      expect(await client.call('DELETE', '/onlineagent/291/logout', guid)).toBe('100-008');
    });
  });
});

describe('reasons', () => {
  it('0 and 200 to 250 are reasons, nothing else is [AS-4] [AS-8]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      await client.events(291, guid, 2);
      for (const bad of [
        '1',
        '199',
        '251',
        '2e2',
        '0200',
        '-1',
        '%20200',
        'x',
        '200.0',
        '1000',
        '%32%30%30x',
      ]) {
        expect(await client.call('POST', `/onlineagent/291/saybusy?reason=${bad}`, guid), bad).toBe(
          '000-002',
        );
      }
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=200&prolong=maybe', guid)).toBe(
        '000-002',
      );
      for (const [query, reason] of [
        ['?reason=200', '200'],
        ['?reason=250', '250'],
        ['?reason=0', '0'],
        ['?reason=', '0'],
        ['', '0'],
      ]) {
        expect(await client.call('POST', `/onlineagent/291/saybusy${query}`, guid), query).toBe('0');
        const { event } = (await client.poll(291, guid)).json();
        expect(event).toEqual({
          eventType: 'AgentState_SetNotReady_Success',
          workNo: '291',
          content: { reason },
        });
        await client.call('POST', '/onlineagent/291/cancelbusy', guid);
        await client.events(291, guid, 1);
      }
      expect(await client.call('POST', '/onlineagent/291/saybusy', guid)).toBe('0');
      expect(await client.call('POST', '/onlineagent/291/saybusy?prolong=true', guid)).toBe('100-009');
      expect(await client.call('POST', '/onlineagent/291/saybusy?prolong=true&reason=0', guid)).toBe(
        '100-009',
      );
    });
  });

  it('an interval goes on while state and reason stay the same [AS-6]', async () => {
    await withGateway({}, async ({ client, config }) => {
      const since = () =>
        sqliteRows(config, 'SELECT state_since, changed_at FROM agent WHERE work_number = 291')[0];
      const guid = await client.signIn(291);
      const first = since();
      await expect
        .poll(async () => {
          await client.call('POST', '/onlineagent/291/sayfree', guid);
          return since()?.changed_at !== first?.changed_at;
        })
        .toBe(true);
      expect(since()?.state_since).toBe(first?.state_since);
      await client.call('POST', '/onlineagent/291/saybusy?reason=200', guid);
      const busy = since();
      expect(busy?.state_since).toBe(busy?.changed_at);
      await expect
        .poll(async () => {
          await client.call('POST', '/onlineagent/291/saybusy?reason=200&prolong=true', guid);
          return since()?.changed_at !== busy?.changed_at;
        })
        .toBe(true);
      expect(since()?.state_since).toBe(busy?.state_since);
      await client.call('POST', '/onlineagent/291/saybusy?reason=201&prolong=true', guid);
      expect(since()?.state_since).toBe(since()?.changed_at);
    });
  });
});
