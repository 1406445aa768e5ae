import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import {
  ADMINISTRATION_CALLS,
  type AnswerKind,
  describeAdministrationApi,
  describeGatewayApi,
  LATER_OPERATIONS,
  type LaterAnswer,
  laterCodes,
  OPERATIONS,
  type OpenApiDocument,
  type OpenApiMedia,
  type OpenApiOperation,
  type Operation,
} from '../src/index.ts';
import { shownPath } from './documents.ts';

const GATEWAY = describeGatewayApi('0.1.0');
const ADMINISTRATION = describeAdministrationApi('0.1.0');
const DOCUMENTS = [
  ['gateway', GATEWAY],
  ['administration', ADMINISTRATION],
] as const;

const DONE: readonly Operation[] = Object.values(OPERATIONS);

function operationsOf({
  paths,
}: OpenApiDocument): readonly (OpenApiOperation & { readonly address: string })[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      ...operation,
      address: `${method.toUpperCase()} ${path}`,
    })),
  );
}

function addressOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method} ${shownPath(path)}`;
}

function described(operation: Pick<Operation, 'method' | 'path'>): OpenApiOperation {
  const found = operationsOf(GATEWAY).find(({ address }) => address === addressOf(operation));
  if (found === undefined) throw new TypeError(`${addressOf(operation)} is not described`);
  return found;
}

/** The answer of 200, which every operation tells itself. */
function answerOf({ responses }: OpenApiOperation): OpenApiMedia & { readonly headers: readonly string[] } {
  const answer = responses[200];
  if (answer === undefined || '$ref' in answer) throw new TypeError('an answer of 200 is missing');
  const media = answer.content['application/json'];
  if (media === undefined) throw new TypeError('an answer without JSON');
  return { ...media, headers: Object.keys(answer.headers ?? {}) };
}

function codesIn({ schema }: OpenApiMedia): readonly unknown[] {
  return (schema.oneOf ?? [schema]).flatMap((each) => {
    const retcode = each.properties?.retcode;
    return retcode?.enum ?? [retcode?.const];
  });
}

function kindOf({ kind }: LaterAnswer): AnswerKind {
  return kind === 'empty' ? 'noCalls' : kind;
}

describe('the description of the gateway API', () => {
  it('has every operation of the contract, and nothing else [OA-1]', () => {
    const known = [...DONE, ...LATER_OPERATIONS].map(addressOf);
    expect(
      operationsOf(GATEWAY)
        .map(({ address }) => address)
        .toSorted(),
    ).toEqual(known.toSorted());
  });

  it('names each by its log name, and says how it is answered [OA-2]', () => {
    const ids = operationsOf(GATEWAY).map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.includes('_')).toSorted()).toEqual(['textchat_answer', 'voicecall_answer']);
    for (const operation of DONE) {
      expect(described(operation)).toMatchObject({ operationId: operation.logName, 'x-answer': 'done' });
    }
    for (const later of LATER_OPERATIONS) {
      const { operationId, ...rest } = described(later);
      expect(operationId.endsWith(later.logName)).toBe(true);
      expect(rest['x-answer'], later.path).toBe(kindOf(later.answer));
    }
  });

  it('tells the codes of each, and its result where it has one [OA-3]', () => {
    for (const operation of DONE) {
      const answer = answerOf(described(operation));
      expect(codesIn(answer).toSorted(), operation.logName).toEqual(operation.resultCodes.toSorted());
      const success = answer.schema.oneOf?.[0]?.properties ?? {};
      const parts = ['result', 'event'].filter((part) => Object.hasOwn(operation, part));
      expect(Object.keys(success), operation.logName).toEqual(['message', 'retcode', ...parts]);
    }
    for (const later of LATER_OPERATIONS.filter(({ path }) => path.includes('{'))) {
      expect(codesIn(answerOf(described(later))).toSorted(), later.path).toEqual(
        laterCodes(later).toSorted(),
      );
    }
  });

  it('has 405 everywhere, and 413 where a body counts [OA-3]', () => {
    for (const { address, responses } of operationsOf(GATEWAY)) {
      const hasSize = /^(PUT|POST) /.test(address);
      expect(Object.keys(responses), address).toEqual(['200', '405', ...(hasSize ? ['413'] : [])]);
    }
  });

  it('tells the headers of sign-ins, of renewals and of events [OA-3]', () => {
    const withHeaders = operationsOf(GATEWAY)
      .map((operation) => [operation.operationId, answerOf(operation).headers.join()])
      .filter(([, headers]) => headers !== '');
    const signIn = 'Set-GUID,Guid,Set-Cookie,Retry-After';
    expect(Object.fromEntries(withHeaders)).toEqual({
      login: signIn,
      forceLogin: signIn,
      loginEx: signIn,
      forceLoginEx: signIn,
      forceLoginExWithoutPhone: signIn,
      loginByAccount: signIn,
      updateGuid: 'Set-GUID,Guid,Set-Cookie',
      handShake: 'Set-GUID',
      heartbeat: 'Set-GUID',
      getAgentEvent: 'Set-GUID,Event-Position',
      getAgentEventStream: 'Set-GUID',
      getAllAgentEvent: 'Event-Position',
    });
  });
});

describe('the description of the administration API', () => {
  it('has its calls and nothing else [OA-1]', () => {
    expect(operationsOf(ADMINISTRATION).map(({ address }) => address)).toEqual(
      ADMINISTRATION_CALLS.map(({ method, path }) => `${method.toUpperCase()} ${path}`),
    );
  });
});

/** Every medium of a document with its place. */
function mediaIn(document: OpenApiDocument): readonly (readonly [place: string, OpenApiMedia])[] {
  return operationsOf(document).flatMap(({ operationId, requestBody, responses }) => [
    ...(requestBody === undefined
      ? []
      : [[`${operationId} body`, requestBody.content['application/json']] as const]),
    ...Object.entries({ ...responses, ...document.components.responses }).flatMap(([status, response]) =>
      '$ref' in response
        ? []
        : Object.values(response.content).map((media) => [`${operationId} ${status}`, media] as const),
    ),
  ]);
}

describe.each(DOCUMENTS)('the document of the %s API', (_name, document) => {
  it('has examples that fit their schemas [OA-8]', () => {
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'api', components: document.components });
    const fits = (schema: object, value: unknown) =>
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')))(value);
    for (const [place, { schema, examples = {} }] of mediaIn(document)) {
      for (const { value } of Object.values(examples)) expect(fits(schema, value), place).toBe(true);
    }
    for (const { operationId, parameters } of operationsOf(document)) {
      for (const parameter of parameters) {
        if ('$ref' in parameter || parameter.example === undefined) continue;
        expect(fits(parameter.schema, parameter.example), `${operationId} ${parameter.name}`).toBe(true);
      }
    }
  });

  it('gives an independent linter nothing to say [OA-8]', async () => {
    expect(await lint(document)).toEqual([]);
  });

  it('is linted by one that finds what is planted [OA-8]', async () => {
    const [path = ''] = Object.keys(document.paths);
    const item = document.paths[path];
    const operation = Object.values(item ?? {})[0];
    const broken = { ...operation, operationId: undefined, tags: ['nowhere'] };
    const planted = { ...document, paths: { ...document.paths, [path]: { get: broken } } };
    const rules = (await lint(planted)).map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['operation-operationId', 'operation-tag-defined']));
  });
});

async function lint(
  document: object,
): Promise<readonly { readonly rule: string; readonly message: string }[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'tag-description': 'error',
      'operation-tag-defined': 'error',
      // `/onlineagent/{agentid}` beside `/onlineagent/loginbyaccount` is older than this server.
      'no-ambiguous-paths': 'off',
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  return problems.map(({ ruleId, message }) => ({ rule: ruleId, message }));
}
