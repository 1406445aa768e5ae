import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { MovableTime } from '../support/movable-time.ts';
import { exchange, openRawConnection, openTcpConnection } from '../support/raw-connection.ts';
import { type GatewayOptions, type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { startTcpBalancer } from '../support/tcp-balancer.ts';
import { WireClient } from '../support/wire-client.ts';

/** Where the balancer and a stranger connect from: all of 127.0.0.0/8 is this machine. */
const BALANCER = '127.0.0.9';
const STRANGER = '127.0.0.8';
const HEADER_MS = 3_000;

const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const PROXY = 0x21;
const LOCAL = 0x20;

function header(command: number, family: number, body: Buffer): Buffer {
  const length = Buffer.from([body.length >> 8, body.length & 0xff]);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, body]);
}

/** 198.51.100.7:50000 to 192.0.2.1:8043. */
const TCP4 = Buffer.from([198, 51, 100, 7, 192, 0, 2, 1, 0xc3, 0x50, 0x1f, 0x6b]);
/** [2001:db8::7]:50000 to [2001:db8::1]:8043. */
const TCP6 = Buffer.from(
  `20010db8000000000000000000000007${'20010db8000000000000000000000001'}c3501f6b`,
  'hex',
);
const MAPPED = Buffer.from(`00000000000000000000ffffc6336407${'0'.repeat(32)}c3501f6b`, 'hex');
const VENDOR_TLV = Buffer.from([0xe0, 0x00, 0x03, 1, 2, 3]);
const UNIX = Buffer.alloc(216);
const FORWARDED = 'X-Forwarded-For: 203.0.113.1\r\n';
const FROM_CLIENT = header(PROXY, 0x11, TCP4);

function withV2(
  use: (gateway: RunningGateway & { plainPort: number }) => Promise<void>,
  options: GatewayOptions = {},
): Promise<void> {
  const environment = {
    ROLLCALL_PLAIN_PORT: '0',
    ROLLCALL_PROXY_PROTOCOL: 'v2',
    ROLLCALL_TRUSTED_PROXIES: `${BALANCER},10.0.0.0/8`,
  };
  return withGateway({ ...options, environment }, (gateway) =>
    use({ ...gateway, plainPort: gateway.plainPort ?? 0 }),
  );
}

/** A client behind a balancer that sends `sent` first. */
async function behind(
  gateway: RunningGateway & { plainPort: number },
  {
    sent,
    plain = false,
    sends = 'together',
  }: { sent: Buffer; plain?: boolean; sends?: 'together' | 'bytewise' },
  use: (client: WireClient) => Promise<void>,
): Promise<void> {
  const to = plain ? gateway.plainPort : gateway.port;
  const balancer = await startTcpBalancer({ to, from: BALANCER, header: sent, sends });
  const client = new WireClient(balancer.port, plain ? null : gateway.certificate);
  try {
    await use(client);
  } finally {
    client.close();
    await balancer.close();
  }
}

async function peerOfSignIn(gateway: RunningGateway, client: WireClient): Promise<unknown> {
  await client.signIn(291, {}, 'forceloginex');
  return (await gateway.auditActs(291)).at(-1)?.peerAddress;
}

const warnings = ({ log }: RunningGateway) =>
  log.filter(({ msg }) => msg.startsWith('a connection of a trusted proxy was closed'));

/** Resolves when the server has closed the connection. */
async function closed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined).resume();
  if (!socket.closed) await once(socket, 'close');
}

describe('a PROXY header of version 2', () => {
  it.each([
    ['IPv4', FROM_CLIENT, '198.51.100.7'],
    ['IPv6', header(PROXY, 0x21, TCP6), '2001:db8::7'],
    ['IPv4 written as IPv6', header(PROXY, 0x21, MAPPED), '198.51.100.7'],
    ['more than the addresses', header(PROXY, 0x11, Buffer.concat([TCP4, VENDOR_TLV])), '198.51.100.7'],
    ['536 bytes', header(PROXY, 0x11, Buffer.concat([TCP4, Buffer.alloc(508)])), '198.51.100.7'],
    ['no family', header(PROXY, 0x00, Buffer.alloc(0)), BALANCER],
    ['a socket file', header(PROXY, 0x31, UNIX), BALANCER],
    ['the balancer itself', header(LOCAL, 0x00, Buffer.alloc(0)), BALANCER],
    ['the balancer itself, with addresses', header(LOCAL, 0x11, TCP4), BALANCER],
  ])('gives the address of every request on the connection: %s [WI-48]', async (_name, sent, peer) => {
    await withV2(async (gateway) => {
      for (const plain of [false, true]) {
        for (const sends of ['together', 'bytewise'] as const) {
          await behind(gateway, { sent, plain, sends }, async (client) => {
            expect(await peerOfSignIn(gateway, client), `${plain} ${sends}`).toBe(peer);
            expect(await peerOfSignIn(gateway, client)).toBe(peer);
          });
        }
      }
      const peers = () =>
        new Set(gateway.log.filter(({ msg }) => msg === 'request').map((line) => line.peer));
      expect(peers()).toEqual(new Set([peer]));
      expect(warnings(gateway)).toEqual([]);
    });
  });

  it.each([
    ['nothing of the kind', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['version 1', Buffer.from('PROXY TCP4 198.51.100.7 192.0.2.1 50000 8043\r\n')],
    ['a signature that goes wrong at its end', Buffer.concat([SIGNATURE.subarray(0, 11), Buffer.from('x')])],
    ['version 3', header(0x31, 0x11, TCP4)],
    ['an unknown command', header(0x22, 0x11, TCP4)],
    ['datagrams', header(PROXY, 0x12, TCP4)],
    ['too short for its family', header(PROXY, 0x11, TCP4.subarray(0, 11))],
    ['IPv4 said to be IPv6', header(PROXY, 0x21, TCP4)],
    ['537 bytes', header(PROXY, 0x11, Buffer.concat([TCP4, Buffer.alloc(509)]))],
  ])('that is malformed closes the connection: %s [WI-49]', async (_name, sent) => {
    await withV2(async (gateway) => {
      for (const port of [gateway.port, gateway.plainPort]) {
        const socket = await openTcpConnection(port, BALANCER);
        socket.write(sent);
        await closed(socket);
        expect(socket.bytesRead).toBe(0);
      }
      expect(warnings(gateway)).toMatchObject([{ proxy: BALANCER, header: 'malformed', unsaid: 0 }]);
    });
  });

  it('that does not come in time closes the connection; the log says so once a minute [WI-49]', async () => {
    const time = new MovableTime();
    await withV2(
      async (gateway) => {
        const open = async (bytes: Buffer) => {
          const isWaited = time.clock.nextScheduling(HEADER_MS);
          const socket = await openTcpConnection(gateway.plainPort, BALANCER);
          socket.write(bytes);
          await isWaited;
          return socket;
        };
        const late = [await open(Buffer.alloc(0)), await open(FROM_CLIENT.subarray(0, 20))];
        time.clock.leap(HEADER_MS);
        await Promise.all(late.map(closed));
        expect(warnings(gateway)).toMatchObject([{ header: 'late', unsaid: 0 }]);
        time.clock.leap(60_000);
        await closed(await open(Buffer.from('nonsense')));
        expect(warnings(gateway).slice(1)).toMatchObject([{ header: 'malformed', unsaid: 1 }]);
      },
      { time },
    );
  });

  it('is not missed on a connection that is opened and closed again, as health checks do [WI-49]', async () => {
    await withV2(async (gateway) => {
      for (const port of [gateway.port, gateway.plainPort]) {
        const ended = await openTcpConnection(port, BALANCER);
        ended.end();
        await closed(ended);
        (await openTcpConnection(port, BALANCER)).resetAndDestroy();
      }
      await gateway.client.signIn(291);
      expect(warnings(gateway)).toEqual([]);
      const waiting = await openTcpConnection(gateway.port, BALANCER);
      await gateway.restart();
      await closed(waiting);
    });
  });

  it('is not asked of anybody else, and not believed [WI-50]', async () => {
    await withV2(async (gateway) => {
      const plain = new WireClient(gateway.plainPort, null);
      for (const client of [gateway.client, plain])
        expect(await peerOfSignIn(gateway, client)).toBe('127.0.0.1');
      plain.close();
      for (const port of [gateway.port, gateway.plainPort]) {
        const socket = await openTcpConnection(port, STRANGER);
        socket.write(Buffer.concat([FROM_CLIENT, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]));
        await closed(socket);
      }
      const peers = gateway.log.filter(({ msg }) => msg === 'request').map(({ peer }) => peer);
      expect(new Set(peers)).toEqual(new Set(['127.0.0.1']));
      expect(warnings(gateway)).toEqual([]);
    });
  });

  it('without trusted proxies is refused at the start [WI-51]', () => {
    expect(readConfig('site', {}).proxyProtocol).toBe('off');
    expect(() => readConfig('site', { ROLLCALL_PROXY_PROTOCOL: 'v2' })).toThrow(
      /^proxyProtocol \(ROLLCALL_PROXY_PROTOCOL\) is v2, but trustedProxies \(ROLLCALL_TRUSTED_PROXIES\) names no proxy/,
    );
    expect(() => readConfig('site', { ROLLCALL_PROXY_PROTOCOL: 'v1' })).toThrow(/ROLLCALL_PROXY_PROTOCOL/);
  });
});

describe('a connection through a PROXY header', () => {
  /** Opens a connection of the balancer for a client and polls on it; gives the event. */
  async function pollAnew(
    gateway: RunningGateway,
    { guid, sent, headers = '' }: { guid: string; sent: Buffer; headers?: string },
  ): Promise<string> {
    const tcp = await openTcpConnection(gateway.port, BALANCER);
    tcp.write(sent);
    const socket = await openRawConnection(gateway, { socket: tcp });
    const request = `GET /agentgateway/resource/agentevent/291 HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n${headers}\r\n`;
    return /"eventType":"(\w+)"/.exec(await exchange(socket, request))?.[1] ?? 'no event';
  }

  it('is one client: a poll on a newer one is given the event again [WI-52] [DL-6]', async () => {
    for (const sent of [FROM_CLIENT, header(LOCAL, 0x00, Buffer.alloc(0))]) {
      await withV2(async (gateway) => {
        const guid = await gateway.client.signIn(291);
        expect(await pollAnew(gateway, { guid, sent })).toBe('AgentOther_InService');
        expect(await pollAnew(gateway, { guid, sent, headers: FORWARDED })).toBe('AgentOther_InService');
        const polls = () => gateway.log.filter(({ method }) => method === 'getAgentEvent');
        const peer = sent === FROM_CLIENT ? '198.51.100.7' : BALANCER;
        await expect.poll(() => polls().map((line) => line.peer)).toEqual([peer, peer]);
      });
    }
  });

  it('is shared where the header names a trusted proxy as its client [WI-52] [WI-46] [WI-44]', async () => {
    await withV2(async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const sent = header(PROXY, 0x11, Buffer.concat([Buffer.from([10, 1, 2, 3]), TCP4.subarray(4)]));
      expect(await pollAnew(gateway, { guid, sent, headers: FORWARDED })).toBe('AgentOther_InService');
      expect(await pollAnew(gateway, { guid, sent, headers: FORWARDED })).toBe('AgentState_Ready');
      const polls = () => gateway.log.filter(({ method }) => method === 'getAgentEvent');
      await expect.poll(() => polls().map((line) => line.peer)).toEqual(['203.0.113.1', '203.0.113.1']);
    });
  });
});
