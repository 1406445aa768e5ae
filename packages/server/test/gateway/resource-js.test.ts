import { describe, expect, it } from 'vitest';
import { nodesOf, parseTypeScript } from '../../../../scripts/syntax-tree.ts';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import type { WireAnswer, WireRequest } from '../support/wire-client.ts';

const PATH = '/agentgateway/resource-js';

function ask(
  { client }: Pick<RunningGateway, 'client'>,
  request: Partial<WireRequest> = {},
): Promise<WireAnswer> {
  return client.send({ method: 'GET', path: PATH, absolute: true, ...request });
}

/** What ECMAScript 5 has; whatever else a newer edition added has a node type of its own. */
const ES5_NODES = new Set([
  ...['ArrayExpression', 'AssignmentExpression', 'BinaryExpression', 'BlockStatement', 'CallExpression'],
  ...[
    'CatchClause',
    'ConditionalExpression',
    'ExpressionStatement',
    'FunctionDeclaration',
    'FunctionExpression',
  ],
  ...['Identifier', 'IfStatement', 'Literal', 'LogicalExpression', 'MemberExpression', 'NewExpression'],
  ...['ObjectExpression', 'Program', 'Property', 'ReturnStatement', 'ThisExpression', 'TryStatement'],
  ...['UnaryExpression', 'VariableDeclaration', 'VariableDeclarator'],
]);

describe('the browser client', () => {
  it('is served to anybody, and not again while it holds [RJ-1] [WI-6]', async () => {
    await withGateway({}, async (gateway) => {
      const answer = await ask(gateway);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'content-length': String(Buffer.byteLength(answer.text)),
        'cache-control': 'no-cache',
      });
      const etag = String(answer.headers.etag);
      expect(etag).toMatch(/^"[\w-]{43}"$/);
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`]) {
        const again = await ask(gateway, { headers: { 'If-None-Match': held } });
        expect([again.status, again.text, again.headers.etag], held).toEqual([304, '', etag]);
      }
      expect((await ask(gateway, { headers: { 'If-None-Match': '"other"' } })).text).toBe(answer.text);
      expect((await ask(gateway, { path: `/${PATH}/?time=1` })).text).toBe(answer.text);
    });
  });

  it('has no other method, and says so [RJ-1] [WI-7]', async () => {
    await withGateway({}, async (gateway) => {
      for (const method of ['HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']) {
        const answer = await ask(gateway, { method });
        expect([answer.status, answer.headers.allow], method).toEqual([405, 'GET']);
      }
      expect((await ask(gateway, { path: `${PATH}/more` })).status).toBe(404);
      const requests = () => gateway.log.filter(({ msg }) => msg === 'request');
      await ask(gateway);
      await expect.poll(() => requests().at(-1)).toMatchObject({ method: 'getResourceJs', code: '200' });
    });
  });

  it('is written in the syntax of ECMAScript 5 [RJ-3]', async () => {
    await withGateway({}, async (gateway) => {
      const { text } = await ask(gateway);
      const nodes = [...nodesOf(parseTypeScript(text, 'resource-js.ts'))];
      expect(nodes.filter(({ type }) => !ES5_NODES.has(type)).map(({ type }) => type)).toEqual([]);
      expect(nodes.filter(({ type, kind }) => type === 'VariableDeclaration' && kind !== 'var')).toEqual([]);
      const isNewer = (node: Readonly<Record<string, unknown>>) =>
        ['async', 'generator', 'optional', 'shorthand', 'computed'].some(
          (flag) => node[flag] === true && !(flag === 'computed' && node.type === 'MemberExpression'),
        );
      expect(nodes.filter(isNewer)).toEqual([]);
      expect(text).not.toMatch(/,\s*\)/);
    });
  });
});
