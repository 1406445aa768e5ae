import { describe, expect, it } from 'vitest';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import type { WireAnswer } from '../support/wire-client.ts';

const DESK = 'https://desk.example';
const OTHER_DESK = 'http://127.0.0.1:8080';
const LISTED = { ROLLCALL_ALLOWED_ORIGINS: `${DESK},${OTHER_DESK}` };
const ALL_SENT = {
  'access-control-allow-origin': DESK,
  'access-control-expose-headers': 'Set-GUID, Guid, Event-Position',
  vary: 'Origin',
};
const PREFLIGHT_SENT = {
  'access-control-allow-methods': 'GET, PUT, POST, DELETE',
  'access-control-allow-headers': 'Guid, Content-Type, Accept, Last-Event-ID',
  'access-control-max-age': '7200',
};

/** What an answer says to a browser about other origins. */
function said({ headers }: WireAnswer): object {
  const isAboutOrigins = ([name]: [string, unknown]) => name.startsWith('access-control-') || name === 'vary';
  return Object.fromEntries(Object.entries(headers).filter(isAboutOrigins));
}

function preflight({ client }: RunningGateway, path: string, origin: string): Promise<WireAnswer> {
  const asked = {
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-type,guid',
  };
  return client.send({ method: 'OPTIONS', path, absolute: true, headers: { Origin: origin, ...asked } });
}

const SIGN_IN = '/agentgateway/resource/onlineagent/291/loginex';

describe('pages of other origins', () => {
  it.each([
    ['when none is listed', {}, DESK],
    ['that are not listed', LISTED, 'https://desk.example.evil.example'],
    ['that name another scheme', LISTED, 'http://desk.example'],
    ['that are nowhere', LISTED, 'null'],
  ])('are told nothing %s [CO-1]', async (_case, environment, origin) => {
    await withGateway({ environment }, async (gateway) => {
      const { client } = gateway;
      const signIn = { method: 'PUT', path: SIGN_IN, absolute: true, body: { password: '' } };
      const answer = await client.send({ ...signIn, headers: { Origin: origin } });
      expect([answer.json().retcode, said(answer)]).toEqual(['0', {}]);
      const asked = await preflight(gateway, SIGN_IN, origin);
      expect([asked.status, asked.headers.allow, asked.json().retcode, said(asked)]).toEqual([
        405,
        'PUT',
        '000-002',
        {},
      ]);
      const outside = await preflight(gateway, '/agentgateway/elsewhere', origin);
      expect([outside.status, said(outside)]).toEqual([404, {}]);
    });
  });

  it('nothing changes for requests that name no origin [CO-1]', async () => {
    await withGateway({ environment: LISTED }, async ({ client }) => {
      const answer = await client.signInAnswer(291);
      expect([answer.json().retcode, said(answer)]).toEqual(['0', {}]);
    });
  });

  it('may read every answer when they are listed, whatever it is [CO-2]', async () => {
    await withGateway({ environment: LISTED }, async ({ client }) => {
      const headers = { Origin: DESK };
      const send = (method: string, path: string, more: { body?: string | object; guid?: string } = {}) => {
        const { guid, ...body } = more;
        const sent = guid === undefined ? headers : { ...headers, Guid: guid };
        return client.send({ method, path: `/agentgateway${path}`, absolute: true, headers: sent, ...body });
      };
      const signedIn = await send('PUT', '/resource/onlineagent/291/loginex', { body: { password: '' } });
      const guid = String(signedIn.headers.guid);
      const answers = [
        [signedIn, 200, '0'],
        [await send('GET', '/resource/agentevent/291', { guid }), 200, '0'],
        [await send('GET', '/resource//onlineagent/291/agentstatus/?time=1', { guid }), 200, '0'],
        [await send('GET', '/resource/onlineagent/292/agentstatus', { guid }), 200, '000-003'],
        [await send('GET', '/resource/agentevent/291'), 200, '100-006'],
        [await send('GET', '/resource/agentevent/%zz'), 200, '000-002'],
        [await send('GET', '/resource/onlineagent/291/loginex'), 405, '000-002'],
        [
          await send('PUT', '/resource/onlineagent/291/loginex', { body: 'x'.repeat(70_000) }),
          413,
          '000-006',
        ],
        [await send('GET', '/elsewhere'), 404, '000-002'],
      ] as const;
      for (const [answer, status, code] of answers) {
        expect([answer.status, answer.json().retcode, said(answer)]).toEqual([status, code, ALL_SENT]);
      }
      const other = await client.send({
        method: 'GET',
        path: '/onlineagent/291/agentstatus',
        headers: { Origin: OTHER_DESK, Guid: guid },
      });
      expect(said(other)).toEqual({ ...ALL_SENT, 'access-control-allow-origin': OTHER_DESK });
    });
  });

  it('may ask before they send, without a token and whatever the path [CO-3]', async () => {
    await withGateway({ environment: LISTED }, async (gateway) => {
      for (const path of [
        SIGN_IN,
        '/agentgateway/resource/agentevent/292',
        '/agentgateway/resource/agentevent/%zz',
        '//agentgateway//resource/nothing',
      ]) {
        const answer = await preflight(gateway, path, DESK);
        expect([answer.status, answer.text, said(answer)], path).toEqual([
          200,
          '',
          { ...ALL_SENT, ...PREFLIGHT_SENT },
        ]);
        expect(answer.headers['content-length']).toBe('0');
      }
      const requests = () => gateway.log.filter(({ msg }) => msg === 'request');
      await expect.poll(() => requests().length).toBe(4);
      expect(requests().map(({ method, code }) => [method, code])).toEqual(
        Array.from({ length: 4 }, () => ['preflight', '200']),
      );
      const bare = { method: 'OPTIONS', path: SIGN_IN, absolute: true, headers: { Origin: DESK } };
      const answer = await gateway.client.send(bare);
      expect([answer.status, answer.headers.allow, said(answer)]).toEqual([405, 'PUT', ALL_SENT]);
    });
  });

  it('get nothing of the administration API and the status page [CO-4]', async () => {
    await withGateway({ environment: LISTED }, async (gateway) => {
      for (const [path, status] of [
        ['/api/v1/site', 401],
        ['/', 200],
        ['/agentgateways', 404],
      ] as const) {
        const answer = await gateway.client.send({
          method: 'GET',
          path,
          absolute: true,
          headers: { Origin: DESK },
        });
        expect([answer.status, said(answer)], path).toEqual([status, {}]);
        const asked = await preflight(gateway, path, DESK);
        expect([asked.status, said(asked)], path).toEqual([404, {}]);
      }
    });
  });
});
