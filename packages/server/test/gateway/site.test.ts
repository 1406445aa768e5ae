import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { describeUnsafeSettings } from '../../src/services/site-loading.ts';
import { readSiteFile } from '../../src/site/read-site-file.ts';
import { load, sqliteRows, TEST_SITE, withGateway } from '../support/running-gateway.ts';

const BIN = new URL('../../bin/rollcall.js', import.meta.url).pathname;

/** A command of the command line that runs. */
interface Running {
  readonly ended: Promise<{ readonly out: string; readonly code: number | null }>;
  /** Resolves when the output matches, or the command has ended. */
  printed(pattern: RegExp): Promise<void>;
  end(signal: NodeJS.Signals): void;
}

/** Starts a command of the command line on a data folder. */
function start(args: readonly string[], environment: Record<string, string>): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH, ROLLCALL_PORT: '0', ...environment },
  });
  let out = '';
  const news = new EventEmitter();
  const take = (chunk: Buffer) => {
    out += chunk;
    news.emit('printed');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code]) => ({ out, code: code as number | null }));
  return {
    ended,
    printed: async (pattern) => {
      while (!pattern.test(out) && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(news, 'printed'), ended]);
      }
    },
    end: (signal) => child.kill(signal),
  };
}

/** Runs one command to its end; with `until` it is a server, which is told to stop when it has printed that. */
async function rollcall(args: readonly string[], environment: Record<string, string>, until?: RegExp) {
  const running = start(args, environment);
  try {
    if (until !== undefined) {
      await running.printed(until);
      running.end('SIGTERM');
    }
    return await running.ended;
  } finally {
    running.end('SIGKILL');
  }
}

/** Runs openssl, which makes the certificates that an operator would bring. */
async function openssl(args: readonly string[]): Promise<void> {
  const child = spawn('openssl', args);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk));
  const [code] = await once(child, 'close').catch((fault: NodeJS.ErrnoException) => {
    throw fault.code === 'ENOENT' ? new TypeError('this test needs the Debian package openssl') : fault;
  });
  expect(code, said).toBe(0);
}

async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-site-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the site file', () => {
  const problemsOf = (site: unknown) => {
    try {
      readSiteFile(typeof site === 'string' ? site : JSON.stringify(site));
      return [];
    } catch (fault) {
      return (fault as { problems: string[] }).problems;
    }
  };
  const agent = { workNumber: 291, name: 'A' };
  const tenant = { tenantId: 1, name: 'T', agents: [agent] };

  it('has defaults that are safe [ST-1]', () => {
    const [read] = readSiteFile(JSON.stringify({ tenants: [tenant] })).tenants;
    expect(read?.policy).toEqual({
      displacement: 'allowed',
      phoneRange: null,
      phoneInUse: 'refuse',
      lease: { lifeS: 120, attentionS: 75, pushAttentionS: 130, longestS: 86_400 },
      mediaRegistration: 'asAsked',
      emptyPasswords: 'forbidden',
      passwordValidityDays: 90,
      firstPasswordChange: 'forced',
      wrapUpLimitS: null,
      wrapUpAfterHangUp: 'on',
      licence: { agentSeats: 0, videoSeats: 0 },
    });
    expect(read?.agents[0]).toMatchObject({ role: 'agent', enabled: true, firstPassword: 'generated' });
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['no tenant', { tenants: [] }, /\/tenants /],
    [
      'an unknown key',
      { tenants: [{ ...tenant, colour: 'red' }] },
      /\/tenants\/0\/colour is not a known key/,
    ],
    [
      'a number out of range',
      { tenants: [{ ...tenant, agents: [{ workNumber: 100, name: 'A' }] }] },
      /agents\/0\/workNumber/,
    ],
    [
      'an account twice, whatever its capital letters',
      {
        tenants: [
          {
            ...tenant,
            agents: [
              { ...agent, account: 'Ada' },
              { ...agent, workNumber: 292, account: 'ADA' },
            ],
          },
        ],
      },
      /account ada stands in the file twice/,
    ],
    [
      'an account that is a number',
      { tenants: [{ ...tenant, agents: [{ ...agent, account: '291' }] }] },
      /agents\/0\/account/,
    ],
    [
      'an agent twice',
      { tenants: [{ ...tenant, agents: [agent, agent] }] },
      /agent 291 stands in the file twice/,
    ],
    ['a tenant twice', { tenants: [tenant, { ...tenant, agents: [] }] }, /tenant 1 stands in the file twice/],
    [
      'a group that is not there',
      { tenants: [{ ...tenant, agents: [{ ...agent, group: 7 }] }] },
      /agent 291: no group 7/,
    ],
    [
      'a queue that is not there',
      { tenants: [{ ...tenant, agents: [{ ...agent, skillQueues: [3] }] }] },
      /no skill queue 3/,
    ],
    [
      'an empty password',
      { tenants: [{ ...tenant, agents: [{ ...agent, firstPassword: 'empty' }] }] },
      /forbids empty passwords/,
    ],
    [
      'a time zone that is not there',
      { tenants: [{ ...tenant, timeZone: 'Europe/Berlim' }] },
      /tenant 1: no time zone Europe\/Berlim/,
    ],
    [
      'an offset for a time zone',
      { tenants: [{ ...tenant, timeZone: '+01:00' }] },
      /tenant 1: no time zone \+01:00/,
    ],
  ])('with %s is refused and says where [ST-3]', (_name, site, problem) => {
    expect(problemsOf(site).join('\n')).toMatch(problem);
  });

  it('says in which time zone a VDN counts its days, UTC where it does not [ST-1]', () => {
    const site = { tenants: [tenant, { ...tenant, tenantId: 2, timeZone: 'Europe/Berlin', agents: [] }] };
    const zones = readSiteFile(JSON.stringify(site)).tenants.map(({ timeZone }) => timeZone);
    expect(zones).toEqual(['UTC', 'Europe/Berlin']);
  });

  it('loaded again changes definitions and keeps passwords and sessions [ST-2]', async () => {
    await withGateway({}, async ({ client, config, passwords }) => {
      const password = passwords.get(301);
      const guid = await client.signIn(301, { password });
      const changed = structuredClone(TEST_SITE);
      changed.tenants[0]?.agents.push({ workNumber: 310, name: 'New' } as never);
      const generated = await load(config, changed);
      expect([...generated.keys()]).toEqual([310]);
      expect(await client.agentState(301, guid)).toEqual({ agentState: 4, isWorking: false });
      await client.signIn(301, { password }, 'forceloginex');
      await client.signIn(310, { password: generated.get(310) });
    });
  });

  it("that claims another VDN's agent is refused and changes nothing [ST-3] [ST-8]", async () => {
    await withGateway({}, async ({ config }) => {
      const before = sqliteRows(config, 'SELECT * FROM agent');
      const claim = {
        tenants: [{ tenantId: 9, name: 'Other', agents: [{ workNumber: 320, name: 'N' }, agent] }],
      };
      await expect(load(config, claim)).rejects.toThrow('agentOfOtherTenant');
      expect(sqliteRows(config, 'SELECT * FROM agent')).toEqual(before);
      expect(sqliteRows(config, 'SELECT tenant_id FROM tenant')).toHaveLength(2);
    });
  });
});

describe('a start', () => {
  it('names every setting that is less safe than its default [ST-4]', async () => {
    const site = readSiteFile(JSON.stringify(TEST_SITE));
    expect(describeUnsafeSettings(site.tenants as never)).toEqual([
      'VDN 1 allows empty passwords',
      'VDN 2 allows empty passwords',
      'VDN 2 has passwords that never expire',
    ]);
    await withFolder(async (folder) => {
      const { out } = await rollcall(['demo'], { ROLLCALL_DATA_DIR: folder }, /ready at/);
      expect(out).toContain('VDN 1 allows empty passwords');
    });
  });

  it('with a setting that is not valid says which and what it must be [ST-9]', async () => {
    await withFolder(async (folder) => {
      for (const [name, value, sentence] of [
        ['ROLLCALL_PORT', '70000', /^rollcall: the setting port \(ROLLCALL_PORT\) must be <= 65535\n$/],
        ['ROLLCALL_PORT', 'x', /^rollcall: the setting port \(ROLLCALL_PORT\) .*\n$/],
        ['ROLLCALL_NODE_NAME', 'a b', /ROLLCALL_NODE_NAME/],
        ['ROLLCALL_DATABASE_URL', 'mysql://x', /ROLLCALL_DATABASE_URL/],
        ['ROLLCALL_CERTIFICATE_FILE', 'x.pem', /a certificate and its key are given together/],
        ['ROLLCALL_CONFIG', join(folder, 'none.json'), /configuration file .* cannot be read/],
      ] as const) {
        const { out, code } = await rollcall(['start'], { ROLLCALL_DATA_DIR: folder, [name]: value });
        expect([code, out], name).toEqual([1, expect.stringMatching(sentence)]);
      }
    });
  });

  it('in demo mode listens on loopback only [ST-7]', () => {
    expect(readConfig('demo', {}).host).toBe('127.0.0.1');
    expect(() => readConfig('demo', { ROLLCALL_HOST: '0.0.0.0' })).toThrow(/loopback only/);
    expect(readConfig('site', { ROLLCALL_HOST: '0.0.0.0' }).host).toBe('0.0.0.0');
  });

  it('takes settings from a file, the environment before it [ST-9]', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'rollcall.json');
      writeFileSync(file, '{"port": 9000, "serverName": "FromFile"}');
      const config = readConfig('site', { ROLLCALL_CONFIG: file, ROLLCALL_PORT: '9001' });
      expect([config.port, config.serverName, config.nodeName]).toEqual([9001, 'FromFile', 'FromFile1']);
    });
  });

  it('on a data folder in use is refused; what a dead process left is taken over [ST-9]', async () => {
    await withFolder(async (folder) => {
      const first = start(['start'], { ROLLCALL_DATA_DIR: folder });
      try {
        await expect.poll(() => existsSync(join(folder, 'server.pid'))).toBe(true);
        const second = await rollcall(['start'], { ROLLCALL_DATA_DIR: folder });
        const holder = readFileSync(join(folder, 'server.pid'), 'utf8').trim();
        expect([second.code, second.out]).toEqual([
          1,
          expect.stringContaining(`process ${holder} serves from the data folder`),
        ]);
      } finally {
        first.end('SIGKILL');
        await first.ended;
      }
      const third = await rollcall(['start'], { ROLLCALL_DATA_DIR: folder }, /ready at/);
      expect(third.code).toBe(0);
    });
  });

  it('serves with an ECDSA and an RSA certificate of the operator [WI-1]', async () => {
    await withFolder(async (folder) => {
      const pair = (name: string, key: readonly string[]) => {
        const files = { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.pem`) };
        const args = ['req', '-x509', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-newkey', ...key];
        return { files, args: [...args, '-keyout', files.key, '-out', files.certificate] };
      };
      const ecdsa = pair('ecdsa', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
      const rsa = pair('rsa', ['rsa:2048']);
      for (const { args } of [ecdsa, rsa]) await openssl(args);
      const environment = {
        ROLLCALL_CERTIFICATE_FILE: ecdsa.files.certificate,
        ROLLCALL_KEY_FILE: ecdsa.files.key,
        ROLLCALL_SECOND_CERTIFICATE_FILE: rsa.files.certificate,
        ROLLCALL_SECOND_KEY_FILE: rsa.files.key,
      };
      await withOwnCertificates(folder, environment, async (nameFor) => {
        expect(await nameFor('ECDSA+SHA256')).toBe('ecdsa');
        expect(await nameFor('RSA-PSS+SHA256')).toBe('rsa');
      });
    });
  });
});

/** Starts a server with the operator's certificates; `nameFor` tells which one a client of one signature kind gets. */
async function withOwnCertificates(
  folder: string,
  environment: Record<string, string>,
  use: (nameFor: (sigalgs: string) => Promise<string | undefined>) => Promise<void>,
): Promise<void> {
  const { Gateway } = await import('../../src/gateway.ts');
  const { createLogger } = await import('../../src/platform/logger.ts');
  const { connect } = await import('node:tls');
  const settings = {
    ROLLCALL_HOST: '127.0.0.1',
    ROLLCALL_PORT: '0',
    ROLLCALL_DATA_DIR: folder,
    ...environment,
  };
  const gateway = new Gateway(readConfig('site', settings), createLogger('silent'));
  const { port } = await gateway.start();
  try {
    await use(async (sigalgs) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, sigalgs });
      await once(socket, 'secureConnect');
      const name = socket.getPeerCertificate().subject.CN;
      socket.destroy();
      return String(name);
    });
  } finally {
    await gateway.stop();
  }
}

describe('a new installation', () => {
  it('is made by init, once, and has no default credential [ST-5] [ST-6] [OA-12]', async () => {
    await withGateway({ site: null }, async ({ client, config }) => {
      const folder = { ROLLCALL_DATA_DIR: config.dataDir };
      const first = await rollcall(['init', '--name', 'My centre'], folder);
      expect(first.code).toBe(0);
      const password = /^ {2}101 {2}(\S{14}) {2}Inspector$/m.exec(first.out)?.[1] ?? '';
      const token = /^ {2}(\S{43})$/m.exec(first.out)?.[1] ?? '';
      const second = await rollcall(['init'], folder);
      expect([second.code, second.out]).toEqual([1, expect.stringMatching(/has a VDN already/)]);
      expect((await client.signInAnswer(101)).json().retcode).toBe('100-004');
      const signedIn = (await client.signInAnswer(101, { password })).json();
      expect(signedIn.result).toMatchObject({ vdnid: 1, isForceChange: 'true', timeRemaining: '89' });
      const site = (headers: Record<string, string>) =>
        client.send({ method: 'GET', path: '/api/v1/site', absolute: true, headers });
      for (const headers of [
        {},
        { Authorization: 'Bearer x' },
        { Authorization: token },
        { Authorization: `Bearer ${token}x` },
      ]) {
        const refused = await site(headers as Record<string, string>);
        expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer']);
      }
      const allowed = await site({ Authorization: `Bearer ${token}` });
      expect([allowed.status, JSON.parse(allowed.text)]).toEqual([
        200,
        {
          version: '0.1.0',
          state: 'serving',
          serverName: 'AgentGateway',
          nodeName: 'AgentGateway1',
          vdns: [{ vdn: 1, name: 'My centre' }],
        },
      ]);
      expect(JSON.stringify(sqliteRows(config, 'SELECT * FROM site_token'))).not.toContain(token);
    });
  });

  it('takes its agents from a site file [ST-1] [ST-5]', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'site.json');
      writeFileSync(file, JSON.stringify(TEST_SITE));
      const { out, code } = await rollcall(['import', file], { ROLLCALL_DATA_DIR: folder });
      expect([code, out.split('\n')[0]]).toEqual([0, 'Agents added: 10, kept: 0.']);
      const again = await rollcall(['import', file], { ROLLCALL_DATA_DIR: folder });
      expect(again.out).toBe('Agents added: 0, kept: 10.\n');
      writeFileSync(file, '{"tenants":[]}');
      const bad = await rollcall(['import', file], { ROLLCALL_DATA_DIR: folder });
      expect([bad.code, bad.out]).toEqual([
        1,
        expect.stringMatching(/^rollcall: the site file is not valid:\n {2}\/tenants/),
      ]);
    });
  });
});

describe('the page at /', () => {
  it('tells version, state and next steps, and nothing about agents [ST-10] [WI-6]', async () => {
    await withGateway({}, async ({ client }) => {
      const page = await client.send({ method: 'GET', path: '/', absolute: true });
      expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.text).toMatch(/<dd>0\.1\.0<\/dd>[\s\S]*serving[\s\S]*Next steps/);
      expect(page.headers['content-security-policy']).toMatch(/default-src 'none'/);
      expect(page.text).not.toMatch(/291|Agent 2/);
    });
  });
});
