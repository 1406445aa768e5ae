import {
  describeAdministrationApi,
  describeGatewayApi,
  type OpenApiDocument,
  RESULT_CODES,
} from '@rollcall/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/config/version.ts';
import { withGateway } from '../support/running-gateway.ts';
import type { WireAnswer } from '../support/wire-client.ts';

const DOCUMENTS = {
  'openapi/gateway.json': describeGatewayApi(VERSION),
  'openapi/admin.json': describeAdministrationApi(VERSION),
};

describe('the documents', () => {
  it('are served to anybody as they are [OA-6]', async () => {
    await withGateway({}, async ({ client, log }) => {
      for (const [name, document] of Object.entries(DOCUMENTS)) {
        const answer = await client.send({ method: 'GET', path: `/api/v1/${name}`, absolute: true });
        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toBe('application/json');
        expect(JSON.parse(answer.text)).toEqual(JSON.parse(JSON.stringify(document)));
      }
      expect(log.filter(({ method }) => method === 'getApiDescription')).toHaveLength(2);
    });
  });

  it('are served without any VDN too, and have no other method [OA-6]', async () => {
    await withGateway({ site: null }, async ({ client }) => {
      const path = '/api/v1/openapi/gateway.json';
      expect((await client.send({ method: 'GET', path, absolute: true })).status).toBe(200);
      expect((await client.send({ method: 'PUT', path, absolute: true })).status).toBe(404);
    });
  });
});

describe('the page', () => {
  let page: WireAnswer;
  beforeAll(() =>
    withGateway({}, async ({ client }) => {
      page = await client.send({ method: 'GET', path: '/api/v1/docs', absolute: true });
    }),
  );

  it('lists every operation with its address and its codes [OA-7]', () => {
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const { paths, servers } of Object.values<OpenApiDocument>(DOCUMENTS)) {
      for (const [path, item] of Object.entries(paths)) {
        for (const [method, { operationId, summary }] of Object.entries(item)) {
          expect(page.text).toContain(`<h3 id="${operationId}">`);
          expect(page.text).toContain(`<code>${method.toUpperCase()} ${servers[0]?.url}${path}</code>`);
          expect(page.text).toContain(summary.replaceAll('"', '&quot;'));
        }
      }
    }
    for (const code of Object.keys(RESULT_CODES)) expect(page.text, code).toContain(`<code>${code}</code>`);
    expect(page.text).toContain('PUT /agentgateway/resource/onlineagent/291/loginex');
  });

  it('has no script and asks for nothing, and its headers allow neither [OA-7]', () => {
    const policy = page.headers['content-security-policy'];
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none';/);
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toMatch(
      /<(script|img|link|iframe|object|embed|form)\b|\bon[a-z]+=|url\(|@import|style="/i,
    );
    const addresses = [...page.text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(
      addresses.filter((address) => !/^(#\w+|\/api\/v1\/openapi\/(gateway|admin)\.json)$/.test(address)),
    ).toEqual([]);
    const ids = new Set([...page.text.matchAll(/ id="(\w+)"/g)].map(([, id]) => `#${id}`));
    expect(addresses.filter((address) => address.startsWith('#') && !ids.has(address))).toEqual([]);
  });
});
