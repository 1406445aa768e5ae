import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { startRollcall } from '../faults/support/rollcall-process.ts';
import { exchange, openRawConnection, openTcpConnection } from '../support/raw-connection.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import { WireClient } from '../support/wire-client.ts';

const BASE = '/agentgateway/resource';

interface WithPlain {
  readonly gateway: RunningGateway;
  readonly plain: WireClient;
  readonly plainPort: number;
}

function withPlain(
  use: (parts: WithPlain) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  return withGateway({ environment: { ROLLCALL_PLAIN_PORT: '0', ...environment } }, async (gateway) => {
    const plainPort = gateway.plainPort ?? 0;
    const plain = new WireClient(plainPort, null);
    try {
      await use({ gateway, plain, plainPort });
    } finally {
      plain.close();
    }
  });
}

describe('the plain listener', () => {
  it('is off unless a port is given, and then on loopback whatever the other one is [WI-40]', async () => {
    expect(readConfig('site', { ROLLCALL_HOST: '0.0.0.0' }).plain).toBeNull();
    const given = { ROLLCALL_HOST: '0.0.0.0', ROLLCALL_PLAIN_PORT: '8000' };
    expect(readConfig('site', given).plain).toEqual({ host: '127.0.0.1', port: 8000 });
    await withGateway({}, async ({ plainPort }) => expect(plainPort).toBeNull());
  });

  it('answers byte for byte as the other [WI-40]', async () => {
    await withPlain(async ({ gateway, plain, plainPort }) => {
      const guid = await plain.signIn(291);
      expect(await plain.events(291, guid, 2)).toEqual(['AgentOther_InService', 'AgentState_Ready']);
      const head = (request: string) => `${request} HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n`;
      const body = `{"password":"","x":"${'y'.repeat(70_000)}"}`;
      for (const request of [
        `${head(`GET ${BASE}/onlineagent/291/agentstatus`)}\r\n`,
        `${head(`GET ${BASE}/onlineagent/291/agentstatus`)}Expect: foo\r\n\r\n`,
        `GET ${BASE}/onlineagent/291/agentstatus HTTP/1.0\r\nGuid: ${guid}\r\n\r\n`,
        `${head(`GET ${BASE}/onlineagent/292/agentstatus`)}\r\n`,
        `${head(`POST ${BASE}/onlineagent/291/logout`)}\r\n`,
        `${head('GET /elsewhere')}\r\n`,
        `${head('GET /')}\r\n`,
        `${head(`PUT ${BASE}/onlineagent/292/loginex`)}Content-Length: ${body.length}\r\n\r\n${body}`,
        'nonsense\r\n\r\n',
        `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
      ]) {
        const secure = await exchange(await openRawConnection(gateway), request);
        const bare = await exchange(await openTcpConnection(plainPort), request);
        const undated = (answer: string) => answer.replace(/\r\nDate: [^\r]+/i, '');
        expect(undated(bare), request.slice(0, 60)).toBe(undated(secure));
      }
      const continued = `${head(`PUT ${BASE}/onlineagent/292/loginex`)}Expect: 100-continue\r\nContent-Length: 15\r\n\r\n`;
      const answer = await exchange(await openTcpConnection(plainPort), continued, '{"password":""}');
      expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*"retcode":"0"/s);
      expect(gateway.log.filter(({ peer }) => peer === '127.0.0.1').length).toBeGreaterThan(10);
    });
  });

  it('gives a cookie that works without HTTPS, and believes it from pages of its own scheme [WI-41] [WI-20] [WI-23]', async () => {
    await withPlain(async ({ gateway, plain }) => {
      const { headers } = await plain.signInAnswer(291);
      const token = String(headers.guid);
      expect(headers['set-cookie']).toEqual([
        `JSESSIONID=${token}; Path=/agentgateway; HttpOnly; SameSite=Strict`,
      ]);
      const ask = async (client: WireClient, scheme: string) => {
        const sent = { Host: 'localhost', Origin: `${scheme}://localhost`, Cookie: `JSESSIONID=${token}` };
        const path = '/onlineagent/291/agentstatus';
        return (await client.send({ method: 'GET', path, headers: sent })).json().retcode;
      };
      expect([await ask(plain, 'http'), await ask(plain, 'https')]).toEqual(['0', '100-006']);
      expect([await ask(gateway.client, 'http'), await ask(gateway.client, 'https')]).toEqual([
        '100-006',
        '0',
      ]);
    });
  });

  it('stops as the other does: held polls are answered, what never began is closed [WI-40] [WI-3]', async () => {
    await withPlain(async ({ gateway, plain, plainPort }) => {
      const guid = await plain.signIn(291);
      const silent = await openTcpConnection(plainPort);
      const idle = await openTcpConnection(plainPort);
      const polling = await openTcpConnection(plainPort);
      const get = (path: string) => `GET ${BASE}${path} HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
      expect(await exchange(idle, get('/onlineagent/291/agentstatus'))).toContain('"retcode":"0"');
      for (let event = 0; event < 2; event += 1) await exchange(polling, get('/agentevent/291'));
      const held = exchange(polling, get('/agentevent/291'));
      expect(await plain.call('GET', '/onlineagent/291/agentstatus', guid)).toBe('0');
      const ends = [silent, idle].map((socket) => once(socket.resume(), 'close'));
      const after = await gateway.restart();
      expect(await held).toMatch(/Connection: close\r\n.*\{"message":"","retcode":"0"\}$/s);
      await Promise.all(ends);
      await expect(openTcpConnection(plainPort)).rejects.toThrow('ECONNREFUSED');
      expect(after.plainPort).toBeGreaterThan(0);
    });
  });

  it('that others can reach is reported at each start, and refused in demo mode [WI-40] [ST-7]', async () => {
    const warnings = ({ log }: RunningGateway) =>
      log.filter(({ msg }) => msg.startsWith('plain HTTP is open'));
    await withPlain(async ({ gateway }) => expect(warnings(gateway)).toEqual([]));
    await withPlain(
      async ({ gateway }) => {
        expect(warnings(gateway)).toMatchObject([{ level: 40, host: '0.0.0.0' }]);
        expect(warnings(await gateway.restart())).toHaveLength(1);
      },
      { ROLLCALL_PLAIN_HOST: '0.0.0.0' },
    );
    const open = { ROLLCALL_PLAIN_PORT: '8000', ROLLCALL_PLAIN_HOST: '0.0.0.0' };
    expect(() => readConfig('demo', open)).toThrow(/^host 0\.0\.0\.0: demo mode .* loopback only/);
    expect(readConfig('demo', { ROLLCALL_PLAIN_PORT: '8000' }).plain?.host).toBe('127.0.0.1');
  });

  it('a port that is taken or given twice stops the start, named by its own setting [WI-42]', async () => {
    const twice = { ROLLCALL_PORT: '8000', ROLLCALL_PLAIN_PORT: '8000' };
    expect(() => readConfig('site', twice)).toThrow(
      'port 8000 is given twice, by ROLLCALL_PORT and by ROLLCALL_PLAIN_PORT; choose another for one',
    );
    await withGateway({}, async ({ config }) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const port = String((taken.address() as AddressInfo).port);
      const settings = { ROLLCALL_DATA_DIR: `${config.dataDir}/other`, ROLLCALL_PLAIN_PORT: port };
      await expect(startRollcall(settings)).rejects.toThrow(
        new RegExp(`port ${port} is held by .*; stop it, or choose another port with ROLLCALL_PLAIN_PORT`),
      );
      taken.close();
    });
  });
});
