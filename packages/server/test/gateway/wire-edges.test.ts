import { describe, expect, it } from 'vitest';
import { exchange, openRawConnection } from '../support/raw-connection.ts';
import { withGateway } from '../support/running-gateway.ts';

const BASE = '/agentgateway/resource';

describe('odd requests', () => {
  it('calls of one agent sent at once are answered in their order of effect [WI-28]', async () => {
    await withGateway({}, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      const socket = await openRawConnection(gateway);
      let received = '';
      socket.on('data', (chunk: Buffer) => {
        received += chunk;
      });
      const request = (method: string, operation: string) =>
        `${method} ${BASE}/onlineagent/291/${operation} HTTP/1.1\r\nHost: x\r\nGuid: ${guid}\r\n\r\n`;
      socket.write(
        request('POST', 'saybusy?reason=200') +
          request('GET', 'agentstatus') +
          request('DELETE', 'logout') +
          request('GET', 'agentstatus') +
          request('PUT', 'heartbeat'),
      );
      const answers = () =>
        [...received.matchAll(/"retcode":"([0-9-]+)"(?:,"result":\{"agentState":(\d))?/g)].map(
          ([, code, state]) => (state === undefined ? code : `${code} state ${state}`),
        );
      await expect.poll(answers).toEqual(['0', '0 state 3', '0', '100-006', '100-006']);
      socket.destroy();
    });
  });

  it('a good token is found behind many others, repeated or not [WI-22]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const junk = (index: number) =>
        `JSESSIONID=00000000-0000-0000-0000-${String(index).padStart(12, '0')}.n`;
      const good = `JSESSIONID=${guid}`;
      for (const cookies of [
        [...Array.from({ length: 100 }, (_, index) => junk(index)), good],
        [...Array.from({ length: 100 }, () => junk(1)), good],
        [good, ...Array.from({ length: 100 }, (_, index) => junk(index))],
        [`JSESSIONID${guid}`, 'Path/agentgateway'],
      ]) {
        const headers = { Cookie: cookies.join('; '), Guid: '11111111-0000-0000-0000-000000000000.n' };
        const answer = await client.send({ method: 'POST', path: '/onlineagent/291/sayfree', headers });
        expect(answer.json().retcode).toBe('0');
      }
    });
  });

  it('no Host, HTTP/1.0 and an unknown expectation are no reason to refuse [WI-2] [WI-10]', async () => {
    await withGateway({}, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      for (const head of [
        `GET ${BASE}/onlineagent/291/agentstatus HTTP/1.1\r\nGuid: ${guid}\r\n\r\n`,
        `GET ${BASE}/onlineagent/291/agentstatus HTTP/1.0\r\nGuid: ${guid}\r\n\r\n`,
        `GET ${BASE}/onlineagent/291/agentstatus HTTP/1.1\r\nHost: x\r\nExpect: foo\r\nGuid: ${guid}\r\n\r\n`,
      ]) {
        const answer = await exchange(await openRawConnection(gateway), head);
        expect(answer, head).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Content-Length: \d+\r\n.*"agentState":4/s);
      }
    });
  });

  it('an encoded or absolute address is compared decoded [WI-5] [WI-7]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const path of [
        `${BASE}/onlineagent/291/agentst%61tus`,
        `${BASE}/onl%69neagent/291/agentstatus`,
        `https://localhost${BASE}/onlineagent/291/agentstatus`,
      ]) {
        const answer = await client.send({ method: 'POST', path, absolute: true });
        expect([answer.status, answer.headers.allow], path).toEqual([405, 'GET']);
      }
    });
  });

  it('a large body is ignored where none is due, refused where one may be, and the refusal arrives [WI-7] [WI-10]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const large = (method: string, path: string, bytes: number) =>
        client.send({ method, path, headers: { Guid: guid }, body: Buffer.alloc(bytes, 'x') });
      expect((await large('GET', '/onlineagent/291/agentstatus', 100_000)).json().retcode).toBe('0');
      expect((await large('POST', '/onlineagent/291/sayfree', 100_000)).status).toBe(413);
      expect((await large('PUT', '/onlineagent/291/forceloginex', 20 * 1024 * 1024)).status).toBe(413);
      expect((await large('DELETE', '/onlineagent/291/logout', 100_000)).json().retcode).toBe('0');
    });
  });

  it('a byte order mark before ISO-8859-1, and half a character in a phone [WI-11] [SI-4]', async () => {
    await withGateway({}, async ({ client }) => {
      const mark = Buffer.from([0xef, 0xbb, 0xbf]);
      const body = Buffer.concat([mark, Buffer.from('{"password":"","entryIp":"\u00e9"}', 'latin1')]);
      const path = '/onlineagent/291/loginex';
      expect((await client.send({ method: 'PUT', path, body })).json().retcode).toBe('0');
      const half = '{"password":"","phonenum":"\\ud800"}';
      expect(
        (await client.send({ method: 'PUT', path: '/onlineagent/401/loginex', body: half })).json().retcode,
      ).toBe('100-001');
    });
  });

  it('a refused poll waits wherever it is refused [DL-5]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const path of [
        '/agentevent/29%x',
        '/agentevent/x',
        '/agentevent/allagentevent',
        '/agentevent/291/more',
      ]) {
        const beganMs = performance.now();
        const answer = await client.send({ method: 'GET', path });
        expect(answer.json().retcode, path).toMatch(/^000-00[23]$/);
        expect(performance.now() - beganMs, path).toBeGreaterThanOrEqual(499);
      }
    });
  });

  it('the administration says that it cannot answer when the store fails [ST-6]', async () => {
    await withGateway({}, async ({ client, config, withStore }) => {
      await withStore((store) => store.claimSiteToken('x'));
      const { DatabaseSync } = await import('node:sqlite');
      const other = new DatabaseSync(`${config.dataDir}/rollcall.db`);
      other.exec('ALTER TABLE site_token RENAME TO lost');
      other.close();
      const headers = { Authorization: 'Bearer abc' };
      const answer = await client.send({ method: 'GET', path: '/api/v1/site', absolute: true, headers });
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([503, 'unavailable']);
    });
  });
});
