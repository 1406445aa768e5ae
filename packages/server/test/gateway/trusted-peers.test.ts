import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { Gateway } from '../../src/gateway.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { loadOwnCertificate, ownCertificateFiles } from '../../src/platform/self-made-certificate.ts';
import { MovableTime, ROUND_MS } from '../support/movable-time.ts';
import { exchange } from '../support/raw-connection.ts';
import {
  type GatewayOptions,
  type RunningGateway,
  TEST_SITE,
  withGateway,
} from '../support/running-gateway.ts';
import { StoppableClock } from '../support/stoppable-clock.ts';
import { STORES, type StoreKind } from '../support/store-kinds.ts';
import { WireClient } from '../support/wire-client.ts';

const MINUTE_MS = 60_000;
/** When a lease of 120 s has certainly ended: three rounds later, on any store. */
const SURELY_OVER_MS = 140_000;

async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-peers-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function configFile(folder: string, peers: unknown): string {
  const file = join(folder, 'rollcall.json');
  writeFileSync(file, JSON.stringify({ peers }));
  return file;
}

interface WithPeer {
  readonly gateway: RunningGateway;
  /** The peer's client, which sends no token of itself. */
  readonly peer: WireClient;
}

type PeerOptions = GatewayOptions & { readonly store?: StoreKind };

/** A gateway with the peer `crm`; gives a client on its listener. */
function withPeer(
  { settings = {}, ...options }: PeerOptions & { readonly settings?: object },
  use: (parts: WithPeer) => Promise<void>,
): Promise<void> {
  return withFolder((folder) => {
    const file = configFile(folder, [{ name: 'crm', port: 0, ...settings }]);
    const environment = { ...options.environment, ROLLCALL_CONFIG: file };
    return withGateway({ ...options, environment }, async (gateway) => {
      const peer = peerOf(gateway);
      try {
        await use({ gateway, peer });
      } finally {
        peer.close();
      }
    });
  });
}

function peerOf({ peerPorts, certificate }: Pick<RunningGateway, 'peerPorts' | 'certificate'>): WireClient {
  return new WireClient(peerPorts.get('crm') ?? 0, certificate);
}

type Headers = Readonly<Record<string, string>>;

async function ask(client: WireClient, path: string, headers: Headers = {}): Promise<string> {
  const method = path.endsWith('logout') ? 'DELETE' : path.endsWith('status') ? 'GET' : 'POST';
  return (await client.send({ method, path, headers })).json().retcode;
}

const statusOf = (client: WireClient, workNumber: number, headers: Headers = {}) =>
  ask(client, `/onlineagent/${workNumber}/agentstatus`, headers);

describe('the peers of an installation', () => {
  it('are none by default, and stand in the file alone [WI-53]', () =>
    withFolder(async (folder) => {
      expect(readConfig('site', { ROLLCALL_PEERS: '[{"name":"crm","port":9100}]' }).peers).toEqual([]);
      const file = configFile(folder, [{ name: 'crm', port: 9_100 }]);
      expect(readConfig('site', { ROLLCALL_CONFIG: file }).peers).toEqual([
        {
          name: 'crm',
          host: '127.0.0.1',
          port: 9_100,
          clientFingerprint: null,
          agents: [],
          keepsSessionsAlive: false,
        },
      ]);
    }));

  it('that are not described as they must be stop the start with one sentence [WI-53] [WI-42] [ST-7]', () =>
    withFolder(async (folder) => {
      const refusal = (peers: unknown, mode: 'site' | 'demo' = 'site') => {
        const environment = { ROLLCALL_CONFIG: configFile(folder, peers) };
        try {
          readConfig(mode, environment);
        } catch (fault) {
          return String(fault);
        }
        return 'none';
      };
      const crm = { name: 'crm', port: 9_100 };
      const missing = join(folder, 'none.pem');
      const many = Array.from({ length: 17 }, (_, index) => ({ name: `p${index}`, port: 9_100 + index }));
      const agents = Array.from({ length: 20_001 }, (_, index) => 101 + index);
      const { certificateFile } = ownCertificateFiles(folder);
      await loadOwnCertificate(folder, Date.now());
      for (const [peers, sentence] of [
        [
          [{ ...crm, token: 'x' }],
          /the setting peers\/0\/token \(in the file of ROLLCALL_CONFIG\) is not known/,
        ],
        [
          [{ ...crm, port: 70_000 }],
          /the setting peers\/0\/port \(in the file of ROLLCALL_CONFIG\) must be <= 65535/,
        ],
        [[{ ...crm, name: 'a b' }], /the setting peers\/0\/name /],
        [[{ ...crm, agents: [100] }], /the setting peers\/0\/agents\/0 /],
        [[{ ...crm, agents }], /the setting peers\/0\/agents \(.*\) must not have more than 20000 items/],
        [many, /the setting peers \(in the file of ROLLCALL_CONFIG\) must not have more than 16 items/],
        [[crm, { ...crm, port: 9_101 }], /two peers are called crm; give each a name of its own/],
        [[crm, { ...crm, name: 'erp' }], /port 9100 is given twice, by peer crm .* and by peer erp /],
        [[{ ...crm, port: 8_043 }], /port 8043 is given twice, by ROLLCALL_PORT and by peer crm /],
        [
          [{ ...crm, host: '0.0.0.0' }],
          /peer crm listens on 0\.0\.0\.0 and asks for no certificate: give it a clientCertificateFile, or let it/,
        ],
        [
          [{ ...crm, clientCertificateFile: missing }],
          /the certificate .*none\.pem of peer crm cannot be read: ENOENT/,
        ],
        [
          [{ ...crm, clientCertificateFile: configFile(folder, []) }],
          /the certificate .* of peer crm cannot be read: /,
        ],
      ] as const) {
        expect(refusal(peers)).toMatch(sentence);
      }
      const guarded = [{ ...crm, host: '0.0.0.0', clientCertificateFile: certificateFile }];
      expect(refusal(guarded)).toBe('none');
      expect(refusal(guarded, 'demo')).toMatch(/loopback only/);
    }));
});

describe('a peer with a certificate of its own', () => {
  it('is the only one let in, also on a session of TLS that is taken up again [WI-54]', () =>
    withFolder(async (folder) => {
      const own = await loadOwnCertificate(join(folder, 'own'), Date.now());
      const other = await loadOwnCertificate(join(folder, 'other'), Date.now());
      const clientCertificateFile = ownCertificateFiles(join(folder, 'own')).certificateFile;
      await withPeer({ settings: { clientCertificateFile } }, async ({ gateway, peer }) => {
        const signIn = (identity: object) => {
          const agent = new Agent({ ca: gateway.certificate, ...identity });
          const body = { password: '' };
          return peer.send({ method: 'PUT', path: '/onlineagent/291/forceloginex', body, agent });
        };
        for (const identity of [{}, { cert: other.certificate, key: other.key }]) {
          await expect(signIn(identity)).rejects.toThrow();
        }
        expect(gateway.log.filter(({ msg }) => msg === 'request')).toEqual([]);
        const warned = gateway.log.filter(({ msg }) =>
          msg.startsWith("a connection to a trusted peer's listener"),
        );
        expect(warned).toMatchObject([{ trustedPeer: 'crm', peer: '127.0.0.1', unsaid: 0 }]);
        expect((await signIn({ cert: own.certificate, key: own.key })).json().retcode).toBe('0');
        expect(await statusTwiceOnOneTlsSession(gateway, own)).toEqual([false, true]);
      });
    }));
});

/** Asks on one connection, then on another that takes up its TLS session; gives whether each was taken up. */
async function statusTwiceOnOneTlsSession(
  { certificate, peerPorts }: RunningGateway,
  own: { readonly certificate: string; readonly key: string },
): Promise<boolean[]> {
  const request = 'GET /agentgateway/resource/onlineagent/291/agentstatus HTTP/1.1\r\nHost: x\r\n\r\n';
  const identity = { cert: own.certificate, key: own.key };
  let session: Buffer | undefined;
  const reused: boolean[] = [];
  for (let connection = 0; connection < 2; connection += 1) {
    const to = { host: '127.0.0.1', port: peerPorts.get('crm') ?? 0, ca: certificate, ...identity };
    const socket: TLSSocket = connect({ ...to, ...(session === undefined ? {} : { session }) });
    const ticket = once(socket, 'session');
    await once(socket, 'secureConnect');
    expect(await exchange(socket, request)).toContain('"agentState":4');
    reused.push(socket.isSessionReused());
    // A session that was taken up again comes with no new one.
    if (session === undefined) [session] = (await ticket) as [Buffer];
    socket.destroy();
  }
  return reused;
}

describe('a call without a token on a listener of a peer', () => {
  it('is done for whom the peer signed in and for whom it is listed, and for nobody else [WI-55]', () =>
    withPeer({ settings: { agents: [293, 294] } }, async ({ gateway, peer }) => {
      const { client } = gateway;
      expect((await peer.signInAnswer(301, { password: 'wrong' })).json().retcode).toBe('100-004');
      expect(await statusOf(peer, 291)).toBe('100-006');
      await peer.signIn(291);
      await client.signIn(292);
      await client.signIn(293);
      expect(await statusOf(peer, 291)).toBe('0');
      expect(await statusOf(peer, 292)).toBe('000-003');
      expect(await statusOf(peer, 293)).toBe('0');
      expect(await statusOf(peer, 294)).toBe('100-006');
      expect(await statusOf(client, 291)).toBe('100-006');
      expect(await ask(peer, '/onlineagent/291/saybusy')).toBe('0');
      expect(await ask(peer, '/onlineagent/291/handshake')).toBe('0');
      const poll = { method: 'GET', path: '/agentevent/291' };
      expect((await peer.send(poll)).json().event?.eventType).toBe('AgentOther_InService');
      await client.signIn(291, {}, 'forceloginex');
      const beganMs = performance.now();
      expect((await peer.send(poll)).json().retcode).toBe('000-003');
      expect(performance.now() - beganMs).toBeGreaterThanOrEqual(499);
      expect(await ask(peer, '/onlineagent/293/logout')).toBe('0');
      expect(await ask(peer, '/onlineagent/293/logout')).toBe('100-006');
    }));

  it('with anything that claims a session is a call as any other [WI-55] [WI-24]', () =>
    withPeer({}, async ({ gateway, peer }) => {
      const guid = await peer.signIn(291);
      const elsewhere = await gateway.client.signIn(292);
      const unknown = '00000000-0000-0000-0000-000000000000.n';
      expect(await statusOf(peer, 291, { Guid: guid })).toBe('0');
      expect(await statusOf(peer, 292, { Guid: elsewhere })).toBe('0');
      expect(await statusOf(peer, 291, { Guid: elsewhere })).toBe('000-003');
      for (const headers of [
        { Guid: unknown },
        { Guid: '' },
        { Cookie: `JSESSIONID=${unknown}` },
        { Cookie: 'theme=dark' },
        { Origin: 'https://elsewhere' },
      ]) {
        expect(await statusOf(peer, 291, headers), JSON.stringify(headers)).toBe('100-006');
      }
    }));

  it('renews no token, since its client holds none [WI-58] [TK-2]', async () => {
    const time = new MovableTime();
    await withPeer({ time, environment: { ROLLCALL_TOKEN_MODE: 'dynamic' } }, async ({ peer }) => {
      const guid = await peer.signIn(291);
      await time.pass(65_000);
      const path = '/onlineagent/291/handshake';
      expect((await peer.send({ method: 'POST', path })).rawHeaders).not.toContain('Set-GUID');
      const renewed = await peer.send({ method: 'POST', path, headers: { Guid: guid } });
      expect(renewed.rawHeaders).toContain('Set-GUID');
    });
  });
});

describe.each(STORES)('sessions that a peer signed in, on %s', (store) => {
  it('are its own over a restart, and the audit trail names it [WI-56] [SI-9]', () =>
    withPeer({ store }, async ({ gateway, peer }) => {
      await peer.signIn(291);
      await gateway.client.signIn(292);
      const [via] = await gateway.auditActs(291);
      expect(via).toMatchObject({ kind: 'signIn', settings: { viaPeer: 'crm' } });
      const [direct] = await gateway.auditActs(292);
      expect(direct?.settings).not.toHaveProperty('viaPeer');
      const again = peerOf(await gateway.restart());
      expect(await statusOf(again, 291)).toBe('0');
      expect(await statusOf(again, 292)).toBe('000-003');
      again.close();
    }));

  const keeper = { keepsSessionsAlive: true };

  /** Lets time go by while the peer asks for something once in half a minute, about nobody that is signed in. */
  async function passHeard(time: MovableTime, ms: number, peer: WireClient): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 30_000) {
      await statusOf(peer, 296);
      await time.pass(30_000);
    }
  }

  const endsOf = async ({ auditActs }: RunningGateway, workNumber: number) =>
    (await auditActs(workNumber)).filter(({ kind }) => kind === 'signOut');

  it('live as long as any request of it comes, where it is set so; others do not [WI-57]', async () => {
    const time = new MovableTime();
    await withPeer({ store, time, settings: keeper }, async ({ gateway, peer }) => {
      for (const agent of [291, 292]) await peer.signIn(agent);
      await gateway.client.signIn(293);
      await passHeard(time, 5 * MINUTE_MS, peer);
      expect(await endsOf(gateway, 291)).toEqual([]);
      expect(await endsOf(gateway, 293)).toHaveLength(1);
      const after = await gateway.restart();
      const again = peerOf(after);
      await passHeard(time, 4 * MINUTE_MS, again);
      for (const agent of [291, 292]) expect(await statusOf(again, agent)).toBe('0');
      again.close();
      await time.pass(SURELY_OVER_MS + 2 * ROUND_MS);
      for (const agent of [291, 292])
        expect(await endsOf(after, agent)).toMatchObject([{ reasonNumber: 256 }]);
    });
  });

  it('end as any other where it is not set so, and where they have lasted too long [WI-57] [LE-6]', async () => {
    const [tenant] = TEST_SITE.tenants;
    const policy = { ...tenant?.policy, lease: { longestS: 3_600, lifeS: 600, attentionS: 300 } };
    const site = { tenants: [{ ...tenant, policy }] };
    const time = new MovableTime();
    await withPeer({ store, time, settings: keeper, site }, async ({ gateway, peer }) => {
      await peer.signIn(291);
      const isRoundDone = time.clock.nextScheduling(ROUND_MS);
      await time.passAtOnce(58 * MINUTE_MS);
      await isRoundDone;
      expect(await statusOf(peer, 291)).toBe('0');
      await passHeard(time, 3 * MINUTE_MS, peer);
      expect(await endsOf(gateway, 291)).toHaveLength(1);
    });
    const other = new MovableTime();
    await withPeer({ store, time: other }, async ({ gateway, peer }) => {
      await peer.signIn(291);
      await passHeard(other, SURELY_OVER_MS, peer);
      expect(await endsOf(gateway, 291)).toHaveLength(1);
    });
  });
});

describe('two nodes that share a database', () => {
  it('keep the sessions of a peer that only one of them hears of [WI-57]', async () => {
    const time = new MovableTime();
    await withPeer({ store: 'postgres', time, settings: { keepsSessionsAlive: true } }, ({ gateway }) =>
      withFolder(async (dataDir) => {
        const clock = new StoppableClock();
        const config = { ...gateway.config, dataDir, nodeName: 'second' };
        const second = new Gateway(config, createLogger('silent'), { clock });
        const { peerPorts } = await second.start();
        const certificate = readFileSync(ownCertificateFiles(dataDir).certificateFile, 'utf8');
        const peer = peerOf({ peerPorts, certificate });
        /** Round after round, the node first that hears nothing of the peer. */
        const pass = async (ms: number) => {
          for (let passedMs = 0; passedMs < ms; passedMs += ROUND_MS) {
            const isFirstDone = time.clock.nextScheduling(ROUND_MS);
            await time.passAtOnce(ROUND_MS);
            await isFirstDone;
            const isSecondDone = clock.nextScheduling(ROUND_MS);
            clock.leap(ROUND_MS);
            await isSecondDone;
          }
        };
        const ends = async () => (await gateway.auditActs(291)).filter(({ kind }) => kind === 'signOut');
        try {
          await peer.signIn(291);
          for (let passedMs = 0; passedMs < 6 * MINUTE_MS; passedMs += 30_000) {
            await statusOf(peer, 296);
            await pass(30_000);
          }
          expect(await ends()).toEqual([]);
          await pass(SURELY_OVER_MS + 2 * ROUND_MS);
          expect(await ends()).toHaveLength(1);
        } finally {
          peer.close();
          await second.stop();
        }
      }),
    );
  });
});
