import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { MovableTime } from '../support/movable-time.ts';
import { exchange, openTcpConnection } from '../support/raw-connection.ts';
import { type GatewayOptions, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { type WireAnswer, WireClient, type WireRequest } from '../support/wire-client.ts';

/** Where the trusted proxy and a stranger connect from: all of 127.0.0.0/8 is this machine. */
const PROXY = '127.0.0.9';
const STRANGER = '127.0.0.8';
const TRUSTED = `${PROXY}, 10.0.0.0/8, fd00::/8, ::ffff:192.168.0.0/112`;

interface WithProxy {
  readonly gateway: RunningGateway;
  readonly plainPort: number;
  /** Sends a request over plain HTTP from an address of this machine. */
  from(address: string, request: WireRequest): Promise<WireAnswer>;
}

async function withProxy(
  use: (parts: WithProxy) => Promise<void>,
  options: GatewayOptions = {},
): Promise<void> {
  const environment = { ROLLCALL_PLAIN_PORT: '0', ROLLCALL_TRUSTED_PROXIES: TRUSTED };
  await withGateway({ ...options, environment }, async (gateway) => {
    const plainPort = gateway.plainPort ?? 0;
    const client = new WireClient(plainPort, null);
    const agents = new Map<string, Agent>();
    const agentFrom = (localAddress: string) => {
      const agent = agents.get(localAddress) ?? new Agent({ keepAlive: true, localAddress });
      agents.set(localAddress, agent);
      return agent;
    };
    try {
      await use({
        gateway,
        plainPort,
        from: (address, request) => client.send({ ...request, agent: agentFrom(address) }),
      });
    } finally {
      client.close();
      for (const agent of agents.values()) agent.destroy();
    }
  });
}

const signIn = (workNumber: number, headers: Record<string, string>, password = ''): WireRequest => ({
  method: 'PUT',
  path: `/onlineagent/${workNumber}/forceloginex`,
  headers,
  body: { password },
});

describe('the address of who asks', () => {
  it.each([
    ['no header', undefined, PROXY],
    ['one client', '198.51.100.7', '198.51.100.7'],
    ['a client that claims another', '203.0.113.1, 198.51.100.7', '198.51.100.7'],
    ['a client behind two proxies', '203.0.113.1, 198.51.100.7,10.1.2.3', '198.51.100.7'],
    ['garbage before a proxy', '203.0.113.1, nonsense, 10.1.2.3', '10.1.2.3'],
    ['garbage alone', 'unknown', PROXY],
    ['an empty header', '', PROXY],
    ['proxies alone', '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['an IPv4 address written as IPv6', '::FFFF:198.51.100.7', '198.51.100.7'],
    ['and in hexadecimal', '::ffff:c633:6407', '198.51.100.7'],
    ['a proxy written as IPv6', '198.51.100.7, ::ffff:10.1.1.1', '198.51.100.7'],
    ['a range written as IPv6', '198.51.100.7, 192.168.3.4', '198.51.100.7'],
    ['IPv6 in brackets with a port', '[2001:DB8:0:0::1]:443', '2001:db8::1'],
    ['IPv4 with a port', '198.51.100.7:50123', '198.51.100.7'],
    ['IPv6 behind an IPv6 proxy', '2001:db8::5, fd12::1', '2001:db8::5'],
  ])(
    'behind a trusted proxy is what X-Forwarded-For tells: %s [WI-43] [WI-44]',
    async (_name, header, peer) => {
      await withProxy(async ({ gateway, from }) => {
        const headers = header === undefined ? {} : { 'X-Forwarded-For': header };
        expect((await from(PROXY, signIn(291, headers))).json().retcode).toBe('0');
        expect((await gateway.auditActs(291)).at(-1)).toMatchObject({ kind: 'signIn', peerAddress: peer });
        const peers = () =>
          gateway.log.filter(({ method }) => method === 'forceLoginEx').map((line) => line.peer);
        await expect.poll(peers).toEqual([peer]);
      });
    },
  );

  it('of anybody else is the other end of the connection, whatever the headers say [WI-43]', async () => {
    await withProxy(async ({ gateway, from }) => {
      const headers = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https' };
      const answer = await from(STRANGER, signIn(291, headers));
      expect(answer.headers['set-cookie']?.[0]).not.toContain('Secure');
      expect((await gateway.auditActs(291)).at(-1)).toMatchObject({ peerAddress: STRANGER });
    });
    await withGateway({ environment: { ROLLCALL_PLAIN_PORT: '0' } }, async (gateway) => {
      const client = new WireClient(gateway.plainPort ?? 0, null);
      await client.send(signIn(291, { 'X-Forwarded-For': '198.51.100.7' }));
      expect((await gateway.auditActs(291)).at(-1)).toMatchObject({ peerAddress: '127.0.0.1' });
      client.close();
    });
  });

  it('is the client itself on a listener for IPv6 and IPv4 [WI-44]', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? []);
    const host = addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';
    await withGateway({ environment: { ROLLCALL_HOST: host } }, async (gateway) => {
      await gateway.client.signIn(291);
      expect((await gateway.auditActs(291)).at(-1)).toMatchObject({ peerAddress: '127.0.0.1' });
    });
  });
});

describe('limits on wrong passwords behind a proxy', () => {
  /** Ten failures, each answer held back as long as it has to be; gives the codes. */
  async function fail(
    { from }: WithProxy,
    time: MovableTime,
    { address, claims }: { readonly address: string; claims(attempt: number): string },
  ): Promise<string[]> {
    const codes: string[] = [];
    for (const [attempt, heldMs] of [
      0, 0, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000,
    ].entries()) {
      const isHeld = heldMs === 0 ? Promise.resolve() : time.clock.nextScheduling(heldMs);
      const answer = from(address, signIn(301, { 'X-Forwarded-For': claims(attempt) }, 'wrong'));
      await isHeld;
      time.clock.leap(heldMs);
      codes.push((await answer).json().retcode);
    }
    return codes;
  }

  function withLimits(use: (parts: WithProxy, time: MovableTime) => Promise<void>): Promise<void> {
    const time = new MovableTime();
    const hashing: PasswordHashing = {
      ...argon2Hashing,
      verify: async (_hash, password) => password === 'right',
    };
    return withProxy((parts) => use(parts, time), { time, overrides: { hashing } });
  }

  const VICTIM = '198.51.100.7';
  const ALL_WRONG = new Set(['100-004']);
  const code = async (answer: Promise<WireAnswer>) => (await answer).json().retcode;

  it('a stranger escapes no lock by changing what he says of himself [WI-43] [LK-3]', () =>
    withLimits(async (parts, time) => {
      const guess = { address: STRANGER, claims: (attempt: number) => `203.0.113.${attempt}` };
      expect(new Set(await fail(parts, time, guess))).toEqual(ALL_WRONG);
      const again = signIn(301, { 'X-Forwarded-For': '203.0.113.99' }, 'right');
      expect(await code(parts.from(STRANGER, again))).toBe('110-016');
    }));

  it('nor locks another out by claiming his address, directly or through the proxy [WI-43] [WI-44]', () =>
    withLimits(async (parts, time) => {
      expect(new Set(await fail(parts, time, { address: STRANGER, claims: () => VICTIM }))).toEqual(
        ALL_WRONG,
      );
      const forged = { address: PROXY, claims: () => `${VICTIM}, 203.0.113.66` };
      expect(new Set(await fail(parts, time, forged))).toEqual(ALL_WRONG);
      const victim = signIn(301, { 'X-Forwarded-For': VICTIM }, 'right');
      expect(await code(parts.from(PROXY, victim))).toBe('0');
      const forger = signIn(301, { 'X-Forwarded-For': '203.0.113.66' }, 'right');
      expect(await code(parts.from(PROXY, forger))).toBe('110-016');
    }));
});

describe('the scheme of who asks', () => {
  it('is https when a trusted proxy says so [WI-45] [WI-41] [WI-23]', async () => {
    await withProxy(async ({ from }) => {
      const cookieFor = async (proto: string) => {
        const answer = await from(PROXY, signIn(291, { 'X-Forwarded-Proto': proto }));
        return answer.headers['set-cookie']?.[0] ?? '';
      };
      for (const proto of ['https', 'HTTPS', 'http, https'])
        expect(await cookieFor(proto)).toContain('; Secure;');
      for (const proto of ['http', 'https, http', '']) expect(await cookieFor(proto)).not.toContain('Secure');
      const cookie = (await cookieFor('https')).split(';', 1)[0] ?? '';
      const ask = (address: string, origin: string) =>
        from(address, {
          method: 'GET',
          path: '/onlineagent/291/agentstatus',
          headers: { Host: 'centre', Origin: origin, 'X-Forwarded-Proto': 'https', Cookie: cookie },
        });
      expect((await ask(PROXY, 'https://centre')).json().retcode).toBe('0');
      expect((await ask(PROXY, 'http://centre')).json().retcode).toBe('100-006');
      expect((await ask(STRANGER, 'https://centre')).json().retcode).toBe('100-006');
    });
  });
});

describe('a poll behind a proxy that many share', () => {
  const FIRST = 'AgentOther_InService';
  const SECOND = 'AgentState_Ready';

  async function withSession(
    use: (parts: WithProxy & { guid: string; poll(socket: Socket): Promise<string> }) => Promise<void>,
  ): Promise<void> {
    await withProxy(async (parts) => {
      const guid = await parts.gateway.client.signIn(291);
      const request = `GET /agentgateway/resource/agentevent/291 HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
      const poll = async (socket: Socket) =>
        /"eventType":"(\w+)"/.exec(await exchange(socket, request))?.[1] ?? 'no event';
      await use({ ...parts, guid, poll });
    });
  }

  it('has had its answer, whichever connection asks next [WI-46] [DL-6]', () =>
    withSession(async ({ plainPort, poll }) => {
      const one = await openTcpConnection(plainPort, PROXY);
      expect(await poll(one)).toBe(FIRST);
      const newer = await openTcpConnection(plainPort, PROXY);
      expect(await poll(newer)).toBe(SECOND);
      for (const socket of [one, newer]) socket.destroy();
    }));

  it('not so on a connection of anybody else [WI-46] [DL-6]', () =>
    withSession(async ({ plainPort, poll }) => {
      const one = await openTcpConnection(plainPort, STRANGER);
      expect(await poll(one)).toBe(FIRST);
      const newer = await openTcpConnection(plainPort, STRANGER);
      expect(await poll(newer)).toBe(FIRST);
      for (const socket of [one, newer]) socket.destroy();
    }));

  it('gets its answer again when the connection was reset [WI-46] [DL-6]', () =>
    withSession(async ({ gateway, guid, plainPort, poll }) => {
      const one = await openTcpConnection(plainPort, PROXY);
      const other = await openTcpConnection(plainPort, PROXY);
      expect(await poll(one)).toBe(FIRST);
      one.resetAndDestroy();
      // The reset has arrived when calls after it are answered.
      for (let call = 0; call < 3; call += 1) {
        expect(await gateway.client.call('POST', '/onlineagent/291/handshake', guid)).toBe('0');
      }
      expect(await poll(other)).toBe(FIRST);
      other.destroy();
    }));
});

describe('the list of trusted proxies', () => {
  it('is empty by default, and names what is neither an address nor a range [WI-47]', () => {
    const list = (text: string) => readConfig('site', { ROLLCALL_TRUSTED_PROXIES: text }).trustedProxies;
    expect(readConfig('site', {}).trustedProxies).toEqual([]);
    expect(list('10.0.0.0/8, ::1')).toEqual([
      { address: '10.0.0.0', prefix: 8 },
      { address: '::1', prefix: 128 },
    ]);
    for (const wrong of [
      'balancer',
      '10.0.0.0/33',
      '10.0.0',
      '::/129',
      '10.0.0.0/',
      'fe80::1%eth0',
      '1.2.3.4:5',
    ]) {
      expect(() => list(`10.0.0.0/8,${wrong}`)).toThrow(
        `the setting trustedProxies (ROLLCALL_TRUSTED_PROXIES) holds "${wrong}", which is neither an IP address ` +
          'nor a range such as 10.0.0.0/8',
      );
    }
  });
});
