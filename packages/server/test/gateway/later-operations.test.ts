import {
  hasShapeOf,
  LATER_OPERATIONS,
  type LaterOperation,
  OPERATIONS,
  type Operation,
  type PathSegment,
  parsePathTemplate,
  RESULT_CODES,
} from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { type RunningGateway, withGateway } from '../support/running-gateway.ts';
import type { WireAnswer } from '../support/wire-client.ts';

type Parameter = Extract<PathSegment, { readonly kind: 'parameter' }>;

const NOT_OFFERED = '{"message":"not offered by this server","retcode":"100-007"}';
/** A path without parameters names no agent. */
const ALL: readonly Pick<Operation, 'method' | 'path'>[] = [
  ...Object.values(OPERATIONS),
  ...LATER_OPERATIONS,
];

describe('an operation of a later release', () => {
  it('answers its own agent with exactly its row [OC-2] [WI-8] [WI-16]', async () => {
    await withGateway({}, async (gateway) => {
      const guid = await gateway.client.signIn(291);
      expect(await answersTo(gateway, 291, guid)).toEqual(LATER_OPERATIONS.map(shownRow));
    });
  });

  it('of each kind has these bytes [OC-2]', async () => {
    await withGateway({}, async ({ client }) => {
      const headers = { Guid: await client.signIn(291) };
      for (const [method, path, bytes] of [
        ['GET', '/calldata/291/holdlist', '{"message":"","retcode":"0","result":[]}'],
        ['GET', '/queuedevice/291/waitnum', '{"message":"","retcode":"0","result":0}'],
        ['GET', '/calldata/291/isprocesscall', '{"message":"","retcode":"0","result":false}'],
        ['GET', '/calldata/291/statistics', '{"message":"","retcode":"0","result":{}}'],
        ['PUT', '/voicecall/291/answer', '{"message":"there is no call to answer","retcode":"200-002"}'],
        ['GET', '/calldata/291/callinfo', '{"message":"there is no such call","retcode":"400-001"}'],
        ['PUT', '/recordplay/291/record', NOT_OFFERED],
      ] as const) {
        expect((await client.send({ method, path, headers })).text, path).toBe(bytes);
      }
    });
  });

  it('asks for the token of the agent, and of a live session [OC-4] [WI-24] [WI-25]', async () => {
    await withGateway({}, async ({ client }) => {
      const ended = await client.signIn(291);
      await client.call('DELETE', '/onlineagent/291/logout', ended);
      const foreign = await client.signIn(292);
      for (const later of LATER_OPERATIONS) {
        const code = async (headers: Record<string, string>) => (await send(client, later, headers)).json();
        expect((await code({})).retcode, later.path).toBe('100-006');
        expect((await code({ Guid: ended })).retcode, later.path).toBe('100-006');
        expect((await code({ Guid: foreign })).retcode, later.path).toBe('000-003');
      }
    });
  });

  it('is refused for a part of its path before the token is looked at [OC-4] [WI-26]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const { method, path } of LATER_OPERATIONS) {
        for (const bad of badPaths(path)) {
          const answer = await client.send({ method, path: bad });
          expect([answer.status, answer.json().retcode], bad).toEqual([200, '000-002']);
        }
      }
    });
  });

  it('has its method alone, and a limit of size [OC-4] [WI-7]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const { method, path } of LATER_OPERATIONS) {
        const wrong = await client.send({ method: wrongMethod(path), path: pathOf(path, 'x') });
        expect([wrong.status, wrong.json().retcode], path).toEqual([405, '000-002']);
        expect(String(wrong.headers.allow).split(', '), path).toContain(method);
      }
      for (const path of ['/voicecall/x/callout', '/voicecall/x/answer', '/voicecall/291/seconddial/x']) {
        const method = path.includes('seconddial') ? 'POST' : 'PUT';
        const large = await client.send({ method, path, body: 'x'.repeat(65_537) });
        expect([large.status, large.json().retcode], path).toEqual([413, '000-006']);
      }
    });
  });

  it('with a JSON body wants an object, the others look at none [OC-5]', async () => {
    await withGateway({}, async ({ client }) => {
      const headers = { Guid: await client.signIn(291) };
      for (const later of LATER_OPERATIONS) {
        const { method, hasBody } = later;
        const path = `${pathOf(later.path, '291')}?skillid=%zz&agents=&reason=0`;
        for (const body of ['', '[]', 'null', '{"agents":']) {
          const { text } = await client.send({ method, path, headers, body });
          const said = '{"message":"the message body is not a JSON object","retcode":"000-006"}';
          expect(text, `${path} ${body}`).toBe(hasBody ? said : expectedBytes(later));
        }
        const taken = await client.send({ method, path, headers, body: '{"agents":[null],"callid":-1}' });
        expect(taken.text, path).toBe(expectedBytes(later));
      }
    });
  });

  it('answers alike in every state, and changes nothing [OC-6]', async () => {
    await withGateway({}, async (gateway) => {
      const { client, rows } = gateway;
      const guids = new Map<number, string>();
      for (const status of [3, 4, 5]) guids.set(288 + status, await client.signIn(288 + status, { status }));
      guids.set(294, await client.signIn(294));
      await client.call('POST', '/onlineagent/294/rest/600/1', guids.get(294) ?? '');
      const kept = async () => [
        await rows('SELECT * FROM agent ORDER BY work_number'),
        await rows('SELECT * FROM agent_event ORDER BY feed_sequence'),
        await rows('SELECT * FROM audit_entry ORDER BY audit_id'),
      ];
      const before = await kept();
      for (const [workNumber, guid] of guids) {
        expect(await answersTo(gateway, workNumber, guid)).toEqual(LATER_OPERATIONS.map(shownRow));
      }
      expect(await kept()).toEqual(before);
    });
  });
});

describe('a family of a later release', () => {
  it('is not offered, whatever the method and the path [OC-7] [WI-8]', async () => {
    await withGateway({}, async ({ client }) => {
      for (const path of ['/agentconf/291/x', '/multimediaconf/1', '/eccconfig', '/eccconfig/%zz/a/b']) {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']) {
          const answer = await client.send({ method, path });
          expect([answer.status, answer.text], `${method} ${path}`).toEqual([200, NOT_OFFERED]);
        }
      }
    });
  });
});

function expectedBytes({ answer }: LaterOperation): string {
  switch (answer.kind) {
    case 'empty':
      return `{"message":"","retcode":"0","result":${JSON.stringify(answer.result)}}`;
    case 'noCall':
      return `{"message":"${RESULT_CODES[answer.code].message}","retcode":"${answer.code}"}`;
    case 'notOffered':
      return NOT_OFFERED;
  }
}

function shownRow(later: LaterOperation): string {
  return `${later.method} ${later.path}: 200 ${expectedBytes(later)}`;
}

/** What each operation says to this agent, with an empty object where a body is due. */
async function answersTo(
  { client }: RunningGateway,
  workNumber: number,
  guid: string,
): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { method, path, hasBody } of LATER_OPERATIONS) {
    const request = { method, path: pathOf(path, String(workNumber)), headers: { Guid: guid } };
    const { status, text } = await client.send(hasBody ? { ...request, body: '{}' } : request);
    said.push(`${method} ${path}: ${status} ${text}`);
  }
  return said;
}

/** Without a body, so that whoever looks at the body first is found out. */
function send(
  client: RunningGateway['client'],
  { method, path }: LaterOperation,
  headers: Record<string, string>,
): Promise<WireAnswer> {
  return client.send({ method, path: pathOf(path, '291'), headers });
}

/** A path that fits the template; the agent stands in its first parameter. */
function pathOf(template: string, agent: string): string {
  return pathWith(template, (parameter, place) => (place === 0 ? agent : fitting(parameter)));
}

/** Paths that each have one part which the template does not take. */
function badPaths(template: string): readonly string[] {
  const places = parsePathTemplate(template).filter((segment) => segment.kind === 'parameter');
  return places.flatMap(({ pattern }, bad) => {
    if (bad > 0 && pattern === undefined) return [];
    const value = pattern?.test('x') === true ? '%0A' : 'x';
    return pathWith(template, (parameter, place) => {
      if (place === bad) return value;
      return place === 0 ? '291' : fitting(parameter);
    });
  });
}

function fitting({ pattern }: Parameter): string {
  return ['x', '1', '12'].find((value) => pattern?.test(value) !== false) ?? '';
}

function pathWith(template: string, valueAt: (parameter: Parameter, place: number) => string): string {
  let place = 0;
  return parsePathTemplate(template)
    .map((segment) => `/${segment.kind === 'literal' ? segment.text : valueAt(segment, place++)}`)
    .join('');
}

/** A method that no operation of this shape has. */
function wrongMethod(template: string): string {
  const segments = pathOf(template, 'x').split('/').slice(1);
  const known = ALL.filter(({ path }) => hasShapeOf(segments, parsePathTemplate(path)));
  const free = ['GET', 'PUT', 'POST', 'DELETE'].find((each) => known.every(({ method }) => method !== each));
  return free ?? 'PATCH';
}
