import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { exchange, openRawConnection } from '../support/raw-connection.ts';
import { withGateway } from '../support/running-gateway.ts';

const OK = '{"message":"","retcode":"0"}';

describe('the connection', () => {
  it('offers http/1.1 over TLS 1.2 and 1.3 and nothing older [WI-1]', async () => {
    await withGateway({}, async (gateway) => {
      for (const [version, name] of [
        ['TLSv1.2', 'TLSv1.2'],
        ['TLSv1.3', 'TLSv1.3'],
      ] as const) {
        const socket = await openRawConnection(gateway, {
          minVersion: version,
          maxVersion: version,
          ALPNProtocols: ['h2', 'http/1.1'],
        });
        expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([name, 'http/1.1']);
        socket.destroy();
      }
      const old = openRawConnection(gateway, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
      await expect(old).rejects.toThrow();
      expect(readConfig('site', {}).port).toBe(8043);
    });
  });

  it('says how long it is kept, and keeps its headers as they are written [WI-2] [WI-3] [WI-6]', async () => {
    await withGateway({}, async ({ client }) => {
      const answer = await client.signInAnswer(291);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(answer.text)));
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.headers['keep-alive']).toBe('timeout=75');
      expect(answer.text.endsWith('}')).toBe(true);
      const compressed = await client.send({
        method: 'GET',
        path: '/onlineagent/291/agentstatus',
        headers: { 'Accept-Encoding': 'gzip, br', Guid: String(answer.headers.guid) },
      });
      expect(compressed.headers['content-encoding']).toBeUndefined();
    });
  });
});

describe('the address', () => {
  it('may have slashes too many and parameters that mean nothing [WI-4] [WI-5]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const path of [
        '//agentgateway/resource//onlineagent///291//loginex',
        '/agentgateway/resource/onlineagent/291/loginex/',
        '/agentgateway/resource/onlineagent/%32%39%31/loginex?time=1&resteasy_jsapi_anti_cache=2',
        '/agentgateway/resource/onlineagent/291/loginex?password=ignored&a=%zz;b',
      ]) {
        const answer = await client.send({ method: 'PUT', path, absolute: true, body: { password: '' } });
        expect(answer.json().retcode, path).toBe('0');
        await client.call('DELETE', '/onlineagent/291/logout', String(answer.headers.guid));
      }
    });
  });

  it('that cannot be decoded or is far too long is refused in its family [WI-5]', async () => {
    await withGateway({}, async ({ client }) => {
      const cases = [
        ['PUT', '/onlineagent/%zz/loginex', '100-001'],
        ['PUT', '/onlineagent/%ff%fe/loginex', '100-001'],
        ['PUT', `/onlineagent/${'1'.repeat(2_000)}/loginex`, '100-001'],
        ['GET', '/onlineagent/%zz/agentstatus', '000-002'],
        ['GET', `/agentevent/${'1'.repeat(2_000)}`, '000-002'],
        ['PUT', '/onlineagent/291;x=1/loginex', '100-001'],
      ] as const;
      for (const [method, path, code] of cases) {
        const answer = await client.send({ method, path, body: { password: '' } });
        expect([answer.status, answer.json().retcode], path).toEqual([200, code]);
      }
    });
  });
});

describe('answers outside the operations', () => {
  it('unknown paths: 200 inside a family, 404 outside [WI-7] [WI-8]', async () => {
    await withGateway({}, async ({ client }) => {
      const cases = [
        ['/onlineagent/291/nothing', 200],
        ['/onlineagent', 200],
        ['/agentgroup/291/x/y/z', 200],
        ['/nothing/291', 404],
        ['/', 404],
        ['', 404],
      ] as const;
      for (const [path, status] of cases) {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PROPFIND']) {
          const answer = await client.send({ method, path });
          expect(
            [answer.status, answer.json().retcode, answer.headers['content-type']],
            `${method} ${path}`,
          ).toEqual([status, '000-002', 'application/json']);
        }
      }
      const outside = await client.send({ method: 'GET', path: '/favicon.ico', absolute: true });
      expect([outside.status, outside.json().retcode]).toEqual([404, '000-002']);
    });
  });

  it('a wrong method names the right ones, before the size is looked at [WI-7] [WI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      const cases = [
        ['POST', '/onlineagent/291/logout', 'DELETE'],
        ['PUT', '/agentevent/291', 'GET'],
        ['HEAD', '/onlineagent/291/agentstatus', 'GET'],
        ['PROPFIND', '/onlineagent/291/sayfree', 'POST'],
        ['DELETE', '/onlineagent/291', 'PUT'],
        ['GET', '/onlineagent/x/loginex', 'PUT'],
      ] as const;
      for (const [method, path, allow] of cases) {
        const answer = await client.send({
          method,
          path,
          body: 'x'.repeat(method === 'POST' ? 100_000 : 10),
        });
        expect([answer.status, answer.headers.allow], `${method} ${path}`).toEqual([405, allow]);
        if (method !== 'HEAD') expect(answer.json().retcode).toBe('000-002');
      }
    });
  });

  it('64 KiB are read, one byte more is refused with an answer that arrives [WI-3] [WI-7] [WI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      const body = (bytes: number) => `{"password":"","x":"${'y'.repeat(bytes - 22)}"}`;
      for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
        const path = '/onlineagent/x/loginex';
        const fits = await client.send({ method: 'PUT', path, headers, body: body(65_536) });
        expect([fits.status, fits.json().retcode]).toEqual([200, '100-001']);
        for (const size of [65_537, 1_000_000]) {
          const large = await client.send({ method: 'PUT', path, headers, body: body(size) });
          expect([large.status, large.json().retcode, large.headers.connection]).toEqual([
            413,
            '000-006',
            'close',
          ]);
        }
      }
      const taken = await client.send({
        method: 'PUT',
        path: '/onlineagent/291/loginex',
        body: body(65_536),
      });
      expect(taken.json().retcode).toBe('0');
    });
  });

  it('what is not HTTP is answered and the connection closed [WI-7]', async () => {
    await withGateway({}, async (gateway) => {
      const nonsense = await exchange(await openRawConnection(gateway), 'nonsense\r\n\r\n');
      expect(nonsense).toMatch(/^HTTP\/1\.1 400 .*Connection: close.*"retcode":"000-002"}$/s);
      const fat = `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`;
      expect(await exchange(await openRawConnection(gateway), fat)).toMatch(/^HTTP\/1\.1 431 /);
    });
  });

  it('a path parameter outside its pattern is a bad address, before the token [WI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const [method, path] of [
        ['GET', '/agentgroup/291/agentbyskill/0'],
        ['POST', '/onlineagent/291/rest/86400/1'],
        ['POST', '/onlineagent/291/rest/60/256'],
        ['GET', '/onlineagent/100/agentstatus'],
        ['GET', '/agentevent/x'],
      ] as const) {
        expect((await client.send({ method, path })).json().retcode, path).toBe('000-002');
      }
    });
  });
});

describe('requests of old clients', () => {
  it('any content type, none, and encodings that mean nothing [WI-10]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const headers of [
        {},
        { 'Content-Type': 'text/plain' },
        { 'Content-Type': ';;;' },
        { 'Content-Type': 'application/json; charset=GBK' },
        { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Encoding': 'UTF-8' },
        { 'Transfer-Encoding': 'chunked' },
        { Expect: '100-continue' },
      ]) {
        const guid = (
          await client.send({
            method: 'PUT',
            path: '/onlineagent/291/loginex',
            headers,
            body: '{"password":""}',
          })
        ).headers.guid;
        expect(guid, JSON.stringify(headers)).toBeTypeOf('string');
        const out = await client.send({
          method: 'DELETE',
          path: '/onlineagent/291/logout',
          headers: { Guid: String(guid), 'Content-Type': 'application/json' },
          body: 'ignored',
        });
        expect(out.text).toBe(OK);
      }
    });
  });

  it('an empty body, and bodies where none is due [WI-10]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      for (const [method, operation] of [
        ['POST', 'sayfree'],
        ['GET', 'agentstatus'],
        ['POST', 'saybusy'],
      ] as const) {
        const path = `/onlineagent/291/${operation}`;
        for (const body of [undefined, '', 'not json', '{"a":1}']) {
          const headers = { Guid: guid, 'Content-Type': 'application/json' };
          const request = body === undefined ? { method, path, headers } : { method, path, headers, body };
          expect((await client.send(request)).json().retcode, `${operation} ${body}`).toMatch(
            /^(0|100-009)$/,
          );
        }
      }
    });
  });

  it('a body that is no JSON object is refused [WI-9]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const body of [
        '',
        ' ',
        'x',
        '[]',
        '"text"',
        '1',
        'null',
        'true',
        '{"password":""',
        '{"password":""}}',
      ]) {
        const answer = await client.send({ method: 'PUT', path: '/onlineagent/291/loginex', body });
        expect([answer.status, answer.json().retcode], body).toEqual([200, '100-001']);
      }
    });
  });

  it('text that is not UTF-8, a byte order mark, unknown, null and repeated keys [WI-11] [WI-12] [WI-33]', async () => {
    await withGateway({}, async ({ client }) => {
      const bodies = [
        Buffer.from('{"password":"","entryIp":"\u00e9"}', 'latin1'),
        Buffer.from('\ufeff{"password":""}', 'utf8'),
        '{"password":"","unknown":{"deep":[1]},"__proto__":{"status":9},"constructor":1}',
        '{"password":"","status":null,"phonenum":null}',
        '{"password":"wrong","status":9,"password":"","status":4}',
      ];
      for (const body of bodies) {
        const answer = await client.send({ method: 'PUT', path: '/onlineagent/291/loginex', body });
        expect(answer.json().retcode, String(body)).toBe('0');
        await client.call('DELETE', '/onlineagent/291/logout', String(answer.headers.guid));
      }
    });
  });
});

describe('the session', () => {
  it('a sign-in answers with its three headers in order, a refusal with none [WI-2] [WI-20] [WI-21]', async () => {
    await withGateway({ environment: { ROLLCALL_NODE_NAME: 'node_7' } }, async ({ client }) => {
      const { rawHeaders } = await client.signInAnswer(291);
      const token = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.node_7$/.exec(rawHeaders[3] ?? '')?.[0];
      expect(rawHeaders.slice(0, 6)).toEqual([
        'Set-GUID',
        `JSESSIONID=${token}`,
        'Guid',
        token,
        'Set-Cookie',
        `JSESSIONID=${token}; Path=/agentgateway; Secure; HttpOnly; SameSite=Strict`,
      ]);
      for (const answer of [
        await client.signInAnswer(291),
        await client.poll(291, String(token)),
        await client.send({
          method: 'GET',
          path: '/onlineagent/291/agentstatus',
          headers: { Guid: String(token) },
        }),
      ]) {
        for (const name of ['set-guid', 'guid', 'set-cookie']) expect(answer.headers[name]).toBeUndefined();
      }
    });
  });

  it('the token is read from the header or from any cookie [WI-22] [WI-23]', async () => {
    await withGateway(
      { environment: { ROLLCALL_ALLOWED_ORIGINS: 'https://desk.example' } },
      async ({ client, port }) => {
        const guid = await client.signIn(291);
        const token = guid.split('.')[0];
        const foreign = await client.signIn(292);
        const own = `https://127.0.0.1:${port}`;
        const accepted: readonly Record<string, string | string[]>[] = [
          { guid },
          { GUID: guid },
          { Guid: `JSESSIONID=${guid}` },
          { Guid: String(token) },
          { Guid: guid.toUpperCase() },
          { Cookie: `JSESSIONID=${guid}` },
          { Cookie: `a=b; JSESSIONID=${guid}; Path=/agentgateway; Secure; HttpOnly` },
          { Cookie: `JSESSIONIDxxxx; Path/agentgateway; JSESSIONID=${foreign}; JSESSIONID=${guid}` },
          { Cookie: [`JSESSIONID=${foreign}`, `x=1; JSESSIONID=${guid}`] },
          { Guid: guid, Cookie: `JSESSIONID=${foreign}` },
          { Guid: foreign, Cookie: `JSESSIONID=${guid}` },
          { Guid: 'nonsense', Cookie: `JSESSIONID=${guid}` },
          { Guid: guid, Origin: 'https://evil.example' },
          { Cookie: `JSESSIONID=${guid}`, Origin: own },
          { Cookie: `JSESSIONID=${guid}`, Origin: 'https://desk.example' },
        ];
        const refused: readonly [Record<string, string>, string][] = [
          [{}, '100-006'],
          [{ Guid: '' }, '100-006'],
          [{ Guid: 'x'.repeat(5_000) }, '100-006'],
          [{ Guid: '00000000-0000-0000-0000-000000000000.AgentGateway1' }, '100-006'],
          [{ Cookie: `JSESSIONID=${guid}`, Origin: 'https://evil.example' }, '100-006'],
          [{ Cookie: `JSESSIONID=${guid}`, Origin: 'null' }, '100-006'],
          [{ Guid: foreign }, '000-003'],
          [{ Cookie: `JSESSIONID=${foreign}` }, '000-003'],
        ];
        const status = async (headers: Record<string, string | string[]>) =>
          (await client.send({ method: 'GET', path: '/onlineagent/291/agentstatus', headers })).json()
            .retcode;
        for (const headers of accepted) expect(await status(headers), JSON.stringify(headers)).toBe('0');
        for (const [headers, code] of refused)
          expect(await status(headers), JSON.stringify(headers)).toBe(code);
      },
    );
  });

  it('without a right token nobody learns who is signed in [WI-24]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const code = async (workNumber: number, headers: Record<string, string>) =>
        (await client.send({ method: 'POST', path: `/onlineagent/${workNumber}/sayfree`, headers })).text;
      expect(await code(291, {})).toBe(await code(292, {}));
      expect(await code(292, {})).toBe(await code(50_000, {}));
      expect(JSON.parse(await code(292, { Guid: guid })).retcode).toBe('000-003');
      expect(JSON.parse(await code(50_000, { Guid: guid })).retcode).toBe('000-003');
    });
  });

  it('the token is looked at before the parameters, they before the state [WI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291, { status: 3 });
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=9', 'none')).toBe('100-006');
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=9', guid)).toBe('000-002');
      expect(await client.call('POST', '/onlineagent/291/saybusy?reason=200', guid)).toBe('100-009');
    });
  });

  it('calls of one agent at once are all done, one after another [WI-28]', async () => {
    await withGateway({}, async ({ client }) => {
      const guid = await client.signIn(291);
      const codes = await Promise.all(
        Array.from({ length: 40 }, () => client.call('POST', '/onlineagent/291/sayfree', guid)),
      );
      expect(new Set(codes)).toEqual(new Set(['0']));
      const names = await client.events(291, guid, 42);
      expect(names.slice(1).every((name) => name === 'AgentState_Ready')).toBe(true);
    });
  });
});

describe('the log', () => {
  it('has one line a request, with the facts and without the secrets [WI-19]', async () => {
    await withGateway({}, async ({ client, log, passwords }) => {
      const password = passwords.get(301) ?? '';
      const guid = await client.signIn(301, { password });
      await client.signInAnswer(301, { password: 'Wrong-Password-1' });
      await client.call('POST', '/onlineagent/301/saybusy?reason=200&secret=Query-Secret', guid);
      await client.send({ method: 'GET', path: '/onlineagent/301/loginex?x=Query-Secret' });
      await client.send({ method: 'GET', path: '/nowhere?x=Query-Secret' });
      await client.poll(301, guid);
      const lines = () => log.filter(({ msg }) => msg === 'request');
      await expect.poll(() => lines().length).toBe(6);
      expect(
        lines().map(({ method, family, agent, vdn, code, peer }) => [method, family, agent, vdn, code, peer]),
      ).toEqual([
        ['loginEx', 'onlineagent', '301', 1, '0', '127.0.0.1'],
        ['loginEx', 'onlineagent', '301', undefined, '100-004', '127.0.0.1'],
        ['sayBusy', 'onlineagent', '301', 1, '0', '127.0.0.1'],
        ['-', 'onlineagent', undefined, undefined, '000-002', '127.0.0.1'],
        ['-', '-', undefined, undefined, '000-002', '127.0.0.1'],
        ['getAgentEvent', 'agentevent', '301', 1, '0', '127.0.0.1'],
      ]);
      for (const line of lines()) {
        expect(line.requestId).toMatch(/^[0-9a-f-]{36}$/);
        expect(line.durationMs).toBeTypeOf('number');
      }
      const text = JSON.stringify(log);
      for (const secret of [password, 'Wrong-Password-1', 'Query-Secret', guid.split('.')[0] ?? '']) {
        expect(text).not.toContain(secret);
      }
    });
  });
});
