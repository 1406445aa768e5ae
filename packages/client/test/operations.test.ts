import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Session, type SignInOptions, signIn } from '@rollcall/client';
import {
  AccountSignInBody,
  BASE_PATH,
  isMandatory,
  OPERATIONS,
  type OperationName,
  parametersIn,
  parsePathTemplate,
  RESULT_CODES,
  SeatedSignInBody,
  SignInBody,
} from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { CLIENT_NAMES, COVERED_OPERATIONS } from '../../../scripts/client-names.ts';
import { clientFiles } from '../../../scripts/client-operations.ts';
import { readRepositoryFile } from '../../../tests/workspace/support/repository.ts';
import { RESULT_CODES as CLIENT_CODES } from '../src/generated/result-codes.ts';
import { SIGN_IN_FIELDS } from '../src/sign-in.ts';
import { withDesk } from './support/desk.ts';

const ODD = 'a b/c?d=e&f#g;h+%25ä\u{1F600}';
const SERVER = 'https://centre.example:8043';
const SIGNED_IN = {
  workNumber: 291,
  vdn: 1,
  atMs: 1,
  mustChangePassword: false,
  passwordDaysLeft: null,
  serverName: 'AgentGateway',
  hasTextChat: false,
};

interface Sent extends RequestInit {
  readonly url: string;
}

type AnyOperation = (input?: object, options?: object) => Promise<unknown>;

/** A session that sends to nobody, and what it sent last. */
function recorded() {
  let sent: Sent | undefined;
  const fetch = async (url: string, init: RequestInit) => {
    sent = { url, ...init };
    return new Response('{"message":"","retcode":"0"}');
  };
  const address = { server: SERVER, fetch, timeoutMs: 1_000 };
  const kept = { server: SERVER, token: 'the-token.node', position: null, signedIn: SIGNED_IN };
  const session = new Session(address, kept);
  const functions: Readonly<Record<string, AnyOperation>> = { ...session.operations } as never;
  return {
    call: async (name: string, input?: object) => {
      await (input === undefined ? functions[name]?.() : functions[name]?.(input));
      if (sent === undefined) throw new TypeError(`${name} sent nothing`);
      return sent;
    },
    names: Object.keys(functions),
    sent: () => sent,
    fetch,
  };
}

const names = Object.keys(OPERATIONS) as OperationName[];
const ownFunctions = names.filter((name) => COVERED_OPERATIONS[name] === undefined);

describe('what is made from the contract', () => {
  it.each(Object.entries(clientFiles()))(
    '%s is up to date; else run npm run generate [CL-2]',
    (path, text) => {
      expect(readRepositoryFile(path)).toBe(text);
    },
  );

  it('has every operation once, or says what does it instead [CL-2]', () => {
    const wanted = ownFunctions.map((name) => CLIENT_NAMES[name]?.name ?? name);
    expect(new Set(wanted).size).toBe(wanted.length);
    expect(recorded().names.toSorted()).toEqual(wanted.toSorted());
    for (const name of names) {
      const isOwn = OPERATIONS[name].access === 'session' && !('givesToken' in OPERATIONS[name]);
      const isOlder = name === 'heartbeat' || name === 'modifyAccountPwd';
      expect(COVERED_OPERATIONS[name] === undefined, name).toBe(isOwn && !isOlder);
    }
  });

  it('has every code but that of a success [CL-10]', () => {
    const told = Object.entries(CLIENT_CODES).map(([code, { name, meaning, remedy }]) => [
      code,
      name,
      meaning,
      remedy,
    ]);
    const known = Object.entries(RESULT_CODES).map(([code, entry]) => [code, ...Object.values(entry)]);
    expect(told).toEqual(known.filter(([code]) => code !== '0'));
  });
});

describe('a function of an operation', () => {
  it.each(ownFunctions)('%s sends each parameter where the contract has it [CL-3]', async (wireName) => {
    const operation: (typeof OPERATIONS)[OperationName] = OPERATIONS[wireName];
    const { name = wireName, parameters = {} } = CLIENT_NAMES[wireName] ?? {};
    const ours = (wire: string) =>
      Object.entries(parameters).find(([, each]) => each.wire === wire)?.[0] ?? wire;
    const template = parsePathTemplate(operation.path);
    const [, ...inPath] = template.filter((part) => part.kind === 'parameter').map((part) => part.name);
    const query = 'query' in operation ? parametersIn(operation.query) : [];
    const body = 'body' in operation ? parametersIn(operation.body) : [];
    const wires = [...inPath, ...query.map(([wire]) => wire), ...body.map(([wire]) => wire)];
    const values = Object.fromEntries(wires.map((wire, index) => [wire, `${ODD}${index}`]));
    const input = Object.fromEntries(wires.map((wire) => [ours(wire), values[wire]]));

    const sent = await recorded().call(name, wires.length === 0 ? undefined : input);

    const { origin, pathname, searchParams } = new URL(sent.url);
    let isCaller = true;
    const wanted = template.map((part) => {
      if (part.kind === 'literal') return part.text;
      if (!isCaller) return values[part.name];
      isCaller = false;
      return '291';
    });
    expect([origin, sent.method]).toEqual([SERVER, operation.method]);
    expect(pathname.split('/').map(decodeURIComponent)).toEqual([...BASE_PATH.split('/'), ...wanted]);
    expect([...searchParams]).toEqual(query.map(([wire]) => [wire, values[wire]]));
    const sentBody = sent.body === null ? [] : Object.entries(JSON.parse(String(sent.body)));
    expect(sentBody).toEqual(body.map(([wire]) => [wire, values[wire]]));
    const leaner = Object.fromEntries(
      Object.entries(input).filter(([given]) => {
        const schema = [...query, ...body].find(([wire]) => ours(wire) === given)?.[1];
        return schema === undefined || isMandatory(schema);
      }),
    );
    const lean = await recorded().call(name, wires.length === 0 ? undefined : leaner);
    expect([...new URL(lean.url).searchParams.keys()]).toEqual(
      query.filter(([, schema]) => isMandatory(schema)).map(([wire]) => wire),
    );
  });

  it('writes lists as the wire has them [CL-3]', async () => {
    const { call } = recorded();
    const served = await call('serveSkillQueues', { automatic: false, skillQueues: [1, 2, 3] });
    expect(served.url).toMatch(/\/resetskill\/false\?skillid=1%3B2%3B3$/);
    const noted = await call('sendNotes', { to: [291, 292], text: 'x' });
    expect(noted.body).toBe('{"agentIds":[291,292],"content":"x"}');
  });

  it('sends the token and no cookie, and takes nothing from a cache [CL-8]', async () => {
    const sent = await recorded().call('becomeReady');
    expect(sent).toMatchObject({ credentials: 'omit', cache: 'no-store', redirect: 'error' });
    expect(sent.headers).toEqual({ Accept: 'application/json', Guid: 'the-token.node' });
  });

  it('does not follow where a stranger sends it [CL-8]', async () => {
    const asked: (string | undefined)[] = [];
    const stranger = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    }).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    try {
      const server = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      const tried = signIn({ server, workNumber: 291, password: 'secret' });
      await expect(tried).rejects.toMatchObject({ kind: 'noAnswer' });
      expect(asked).toEqual(['/agentgateway/resource/onlineagent/291/loginex']);
    } finally {
      stranger.close();
    }
  });

  it('does it, and gives what it was answered [CL-2]', async () => {
    await withDesk(async (desk) => {
      const { operations } = await desk.signIn();
      await operations.rest({ seconds: 600, reason: 1 });
      expect(await operations.agentState()).toEqual({ agentState: 8, isWorking: false });
      await operations.endRest();
      const [first] = await operations.queryAllAgentWasNameOnVdn();
      expect(first).toEqual({ workno: '291', name: 'Agent 291' });
      await expect(operations.endWrapUp()).rejects.toMatchObject({
        code: '100-009',
        operation: 'cancelWork',
      });
    });
  });
});

describe('a sign-in', () => {
  const everything = {
    phone: '40038',
    autoAnswer: false,
    autoEnterReady: false,
    releasePhone: false,
    agentType: 'pcAndVideoPhone',
    initialState: 'wrapUp',
    claimedIp: '192.0.2.1',
    entryAddress: 'gate',
    phoneLinkage: true,
    registerTextChat: false,
    registerMail: true,
    videoNumber: '40039',
    watchSignIns: true,
  } as const;
  const onTheWire = {
    password: ODD,
    phonenum: '40038',
    autoanswer: false,
    autoenteridle: false,
    releasephone: false,
    agenttype: 11,
    status: 5,
    ip: '192.0.2.1',
    entryIp: 'gate',
    phonelinkage: true,
    checkInWebm: false,
    checkInMailm: true,
    vcPhoneNumber: '40039',
    listenStatus: true,
  };

  it('sends every field under the name of the wire [CL-4]', async () => {
    const { fetch, sent } = recorded();
    const options = { server: SERVER, workNumber: 291, password: ODD, fetch, ...everything };
    await signIn(options).catch(() => undefined);
    expect(JSON.parse(String(sent()?.body))).toEqual(onTheWire);
    const fields = [SignInBody, SeatedSignInBody, AccountSignInBody].flatMap((body) => parametersIn(body));
    const pushed = ['callBackUri', 'serviceToken', 'pushUrl'];
    const wanted = new Set(fields.map(([name]) => name).filter((name) => !pushed.includes(name)));
    expect(new Set<string>(Object.values(SIGN_IN_FIELDS))).toEqual(wanted);
  });

  it.each<[string, Partial<SignInOptions>, OperationName]>([
    ['by number', {}, 'loginEx'],
    ['that displaces', { forced: true }, 'forceLoginEx'],
    ['with a seat', { seat: true }, 'login'],
    ['with a seat that displaces', { seat: true, forced: true }, 'forceLogin'],
    ['by account', { account: 'ann', workNumber: undefined }, 'loginByAccount'],
  ])('%s is the operation for it [CL-4]', async (_case, own, wireName) => {
    const { fetch, sent } = recorded();
    const options = { server: `${SERVER}/some/page`, workNumber: 291, password: '', fetch, ...own };
    const tried = signIn(options as SignInOptions);
    await expect(tried).rejects.toMatchObject({ kind: 'strange', operation: wireName });
    const path = OPERATIONS[wireName].path.replace('{agentid}', '291');
    expect([sent()?.method, sent()?.url]).toEqual(['PUT', `${SERVER}${BASE_PATH}${path}`]);
  });
});
