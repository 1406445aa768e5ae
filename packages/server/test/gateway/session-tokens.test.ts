import { describe, expect, it } from 'vitest';
import { MovableTime } from '../support/movable-time.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';
import type { WireAnswer } from '../support/wire-client.ts';

const DYNAMIC = { ROLLCALL_TOKEN_MODE: 'dynamic' };

function withTokens(
  { store, environment = {} }: { store: StoreKind; environment?: Record<string, string> },
  use: (gateway: RunningGateway, time: MovableTime) => Promise<void>,
): Promise<void> {
  const time = new MovableTime();
  return withGateway({ store, time, environment }, (gateway) => use(gateway, time));
}

const UPDATE = '/onlineagent/291/updateGuid';
const SHAKE = '/onlineagent/291/handshake';

function update({ client }: RunningGateway, guid: string): Promise<WireAnswer> {
  return client.send({ method: 'PUT', path: UPDATE, headers: { Guid: guid } });
}

function shake({ client }: RunningGateway, headers: Record<string, string>): Promise<WireAnswer> {
  return client.send({ method: 'POST', path: SHAKE, headers });
}

/** The token of a `Set-GUID`, as a client would send it back; undefined without one. */
function given({ headers }: WireAnswer): string | undefined {
  const value = headers['set-guid'];
  return typeof value === 'string' ? value.replace('JSESSIONID=', '') : undefined;
}

describe.each(STORES)('renewing tokens on %s', (store) => {
  it.each([{}, DYNAMIC])(
    'updateGuid gives a fresh token at once, with the headers of a sign-in [TK-1] %o',
    (environment) =>
      withTokens({ store, environment }, async (gateway) => {
        const first = await gateway.client.signIn(291);
        const answer = await update(gateway, first);
        expect(answer.text).toBe('{"message":"","retcode":"0"}');
        const second = given(answer) ?? '';
        expect(second).toMatch(/^[0-9a-f-]{36}\.AgentGateway1$/);
        expect(second).not.toBe(first);
        expect(answer.rawHeaders.filter((_, index) => index % 2 === 0).slice(0, 3)).toEqual([
          'Set-GUID',
          'Guid',
          'Set-Cookie',
        ]);
        expect(answer.headers.guid).toBe(second);
        expect(answer.headers['set-cookie']?.[0]).toContain(
          `JSESSIONID=${second}; Path=/agentgateway; Secure`,
        );
        // Both open the session, which goes on where it was.
        expect(await gateway.client.events(291, second, 1)).toEqual(['AgentOther_InService']);
        expect(await gateway.client.call('POST', SHAKE, first)).toBe('0');
        const again = await gateway.restart();
        expect(await again.client.call('POST', SHAKE, first)).toBe('0');
        expect(await again.client.call('POST', SHAKE, second)).toBe('0');
      }),
  );

  it("counts by the store's time, which may be another than the node's [TK-2] [TK-3]", () =>
    withTokens({ store, environment: DYNAMIC }, async (gateway, time) => {
      const { client } = gateway;
      // On PostgreSQL the database's clock is behind the node's from here on; SQLite has the node's.
      await time.stepStore(-10 * 60_000);
      await time.pass(5_000);
      const first = await client.signIn(291);
      expect(given(await shake(gateway, { Guid: first }))).toBeUndefined();
      const second = given(await update(gateway, first)) ?? '';
      await time.pass(60_000);
      expect(given(await shake(gateway, { Guid: second }))).toMatch(/^[0-9a-f-]{36}\.AgentGateway1$/);
      expect(await client.call('POST', SHAKE, first)).toBe('0');
    }));

  it('a replaced token is good for 120 s, then answers 000-003, and after an hour 100-006 [TK-3] [TK-4]', () =>
    withTokens({ store }, async (gateway, time) => {
      const { client } = gateway;
      const first = await client.signIn(291);
      const second = given(await update(gateway, first)) ?? '';
      await time.pass(60_000);
      expect(await client.call('POST', SHAKE, first)).toBe('0');
      await time.pass(65_000);
      expect(await client.call('POST', SHAKE, first)).toBe('000-003');
      expect(await client.call('PUT', UPDATE, first)).toBe('000-003');
      expect((await client.poll(291, first)).json().retcode).toBe('000-003');
      expect(await client.call('POST', SHAKE, second)).toBe('0');
      await gateway.withStore((opened) => opened.pruneReplacedTokens(Number.MAX_SAFE_INTEGER, 100));
      expect(await client.call('POST', SHAKE, first)).toBe('100-006');
    }));

  it('in dynamic mode poll, handshake and heartbeat renew a token that is a minute old, for the Guid header alone [TK-2]', () =>
    withTokens({ store, environment: DYNAMIC }, async (gateway, time) => {
      const { client } = gateway;
      let guid = await client.signIn(291);
      expect(given(await shake(gateway, { Guid: guid }))).toBeUndefined();
      await time.pass(60_000);
      expect(given(await shake(gateway, { Cookie: `JSESSIONID=${guid}` }))).toBeUndefined();
      for (const [method, path] of [
        ['POST', SHAKE],
        ['PUT', '/onlineagent/291/heartbeat'],
        ['GET', '/agentevent/291'],
      ] as const) {
        const answer = await client.send({ method, path, headers: { Guid: guid } });
        const next = given(answer);
        expect(next, path).toBeDefined();
        expect(answer.headers.guid).toBeUndefined();
        expect(answer.headers['set-cookie']).toBeUndefined();
        guid = next ?? '';
        expect(given(await shake(gateway, { Guid: guid }))).toBeUndefined();
        await time.pass(60_000);
      }
      // Other calls carry none.
      expect(
        given(
          await client.send({ method: 'GET', path: '/onlineagent/291/agentstatus', headers: { Guid: guid } }),
        ),
      ).toBeUndefined();
    }));

  it('a client that lost the answer with its new token is given another, at most every 10 s [TK-3] [TK-5]', () =>
    withTokens({ store, environment: DYNAMIC }, async (gateway, time) => {
      const first = await gateway.client.signIn(291);
      await time.pass(60_000);
      const lost = given(await shake(gateway, { Guid: first })) ?? '';
      expect(given(await shake(gateway, { Guid: first }))).toBeUndefined();
      await time.pass(10_000);
      const second = given(await shake(gateway, { Guid: first })) ?? '';
      expect(second).not.toBe(lost);
      expect((await shake(gateway, { Guid: second })).json().retcode).toBe('0');
      const stored = JSON.stringify([
        await gateway.rows('SELECT * FROM replaced_token'),
        await gateway.rows('SELECT token_hash FROM agent'),
      ]);
      for (const guid of [first, lost, second]) expect(stored).not.toContain(guid.slice(0, 36));
    }));

  it('in static mode nothing is renewed by itself [TK-2]', () =>
    withTokens({ store }, async (gateway, time) => {
      const guid = await gateway.client.signIn(291);
      await time.pass(90_000);
      expect(given(await shake(gateway, { Guid: guid }))).toBeUndefined();
    }));

  it('a replaced token that was good at the end reads the rest of the events, and no other does [TK-6] [TK-4]', () =>
    withTokens({ store }, async (gateway, time) => {
      const { client } = gateway;
      const old = await client.signIn(291);
      const first = given(await update(gateway, old)) ?? '';
      await time.pass(60_000);
      const second = given(await update(gateway, first)) ?? '';
      await time.pass(65_000);
      await client.signIn(291, {}, 'forceloginex');
      const last = ['AgentOther_InService', 'AgentState_Ready', 'AgentOther_ShutdownService'];
      expect(await client.events(291, first, 3)).toEqual(last);
      expect((await client.poll(291, second)).json().retcode).toBe('100-006');
      expect((await client.poll(291, old)).json().retcode).toBe('000-003');
    }));

  it("another agent's replaced token opens nothing here [TK-4]", () =>
    withTokens({ store }, async (gateway) => {
      const first = await gateway.client.signIn(291);
      await update(gateway, first);
      await gateway.client.signIn(292);
      expect(await gateway.client.call('POST', '/onlineagent/292/handshake', first)).toBe('000-003');
    }));
});
