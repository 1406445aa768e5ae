import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClient } from '../../../scripts/build-client.ts';
import { repositoryRoot } from '../../../tests/workspace/support/repository.ts';
import { withBrowser } from '../../server/test/support/browser.ts';
import { type RunningGateway, withGateway } from '../../server/test/support/running-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-client-'));
/** Where a program finds the package as it is published. */
const installed = join(folder, 'node_modules/@rollcall/client');

beforeAll(() => buildClient(installed));
afterAll(() => rmSync(folder, { recursive: true }));

/** The machine's own environment, without what npm and vitest put before it. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const own = folders.filter((path) => !/(node_modules\/\.bin|node-gyp-bin)$/.test(path));
  return { HOME: folder, PATH: own.join(delimiter) };
}

function run(command: readonly [string, ...string[]], cwd: string): SpawnSyncReturns<string> {
  const [program, ...args] = command;
  return spawnSync(program, args, { cwd, encoding: 'utf8', env: shellEnvironment() });
}

/** The published files by their paths below the page's folder. */
function publishedFile(path: string): string | undefined {
  try {
    return readFileSync(join(installed, path), 'utf8');
  } catch {
    return undefined;
  }
}

/** What any application does first, as a module; `report` takes what came of it. */
function firstSteps(importFrom: string, server: string): string {
  return `
    import { signIn, Refusal } from '${importFrom}';
    const told = [];
    const session = await signIn({ server: '${server}', workNumber: 291, password: '' });
    const onStatus = ({ by }) => by && told.push('by ' + by);
    for await (const item of session.events({ onStatus })) {
      told.push(item.kind === 'event' ? item.eventType : item.kind + ' ' + item.end);
      if (told.length === 3) await session.operations.becomeNotReady({ reason: 200 });
      if (told.length === 4) await session.signOut();
    }
    try {
      await session.operations.becomeReady();
    } catch (cause) {
      told.push(cause instanceof Refusal ? cause.code : String(cause));
    }
    report(told);`;
}

const FIRST_STEPS = [
  'by stream',
  'AgentOther_InService',
  'AgentState_Ready',
  'AgentState_SetNotReady_Success',
  'ended signedOut',
  '100-006',
];

describe('the published package', () => {
  it('has JavaScript, types, its page and its licence, and asks for no other package [CL-1] [CL-9]', () => {
    const { stdout, stderr } = run(['npm', 'pack', '--json', '--offline'], installed);
    expect(stderr).not.toMatch(/ERR/);
    const [{ files, filename }] = JSON.parse(stdout);
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    rmSync(join(installed, filename));
    const modules = paths.filter((path) => path.endsWith('.js')).map((path) => path.slice(0, -3));
    expect(modules).toContain('index');
    const types = modules.map((path) => `${path}.d.ts`);
    expect(paths.filter((path) => !path.startsWith('examples/')).toSorted()).toEqual(
      ['LICENSE', 'README.md', 'package.json', ...modules.map((path) => `${path}.js`), ...types].toSorted(),
    );
    const manifest = JSON.parse(String(publishedFile('package.json')));
    expect(manifest).toMatchObject({ name: '@rollcall/client', type: 'module', engines: { node: '>=20' } });
    expect(Object.keys(manifest).filter((key) => /dependencies|private/i.test(key))).toEqual([]);
    for (const path of modules) {
      const imported = [`${path}.js`, `${path}.d.ts`].flatMap((file) => [
        ...String(publishedFile(file)).matchAll(/(?:from|import\()\s*'([^']+)'/g),
      ]);
      for (const [, target] of imported) expect(target).toMatch(/^\.{1,2}\/[\w/-]+\.js$/);
    }
  });

  it('has types that a strict program can use without ours [CL-9]', () => {
    const program = `
      import { signIn, type EventItem } from '@rollcall/client';
      export async function run(): Promise<string> {
        const session = await signIn({ server: 'https://x', workNumber: 291, password: '' });
        const { agentState }: { agentState: 2 | 3 | 4 | 5 | 7 | 8 | 9 } = await session.operations.agentState();
        for await (const item of session.events()) {
          const { kind }: EventItem = item;
          if (item.kind === 'event') return item.eventType + kind + agentState;
        }
        // @ts-expect-error: a rest has a length
        await session.operations.rest({ reason: 1 });
        return '';
      }`;
    writeFileSync(join(folder, 'program.ts'), program);
    const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
    for (const [kind, module] of [
      ['NodeNext', 'NodeNext'],
      ['Bundler', 'ESNext'],
    ] as const) {
      const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes'];
      const target = ['--target', 'ES2022', '--lib', 'ES2022,DOM', '--module', module];
      const command = [compiler, ...options, ...target, '--moduleResolution', kind, 'program.ts'];
      expect(run([process.execPath, ...command], folder).stdout).toBe('');
    }
  });

  it('runs on the Node of the machine, over TLS [CL-9]', async () => {
    await withGateway({}, async (gateway) => {
      const certificate = join(folder, 'certificate.pem');
      writeFileSync(certificate, gateway.certificate);
      const steps = firstSteps('@rollcall/client', `https://127.0.0.1:${gateway.port}`);
      const report = 'const report = (told) => console.log(JSON.stringify([process.version, told]));';
      writeFileSync(join(folder, 'steps.mjs'), `${report}${steps}`);
      const env = { ...shellEnvironment(), NODE_EXTRA_CA_CERTS: certificate };
      const child = spawn('node', ['steps.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const [version, told] = JSON.parse(await text(child.stdout));
      expect(Number(version.slice(1, 3))).toBeGreaterThanOrEqual(20);
      expect(told).toEqual(FIRST_STEPS);
    });
  });
});

describe('in a browser the package', () => {
  it('runs on pages of the gateway itself and of a listed origin, and leaves no cookie [CL-8] [CL-9]', async () => {
    const pages = createServer(({ url = '/' }, response) => {
      const file = publishedFile(url.slice(1));
      const type = url.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.setHeader('Content-Type', type).end(file ?? '<!doctype html><title>page</title>');
    }).listen(0, '127.0.0.1');
    await once(pages, 'listening');
    const elsewhere = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    try {
      const environment = { ROLLCALL_ALLOWED_ORIGINS: elsewhere };
      await withGateway({ environment }, (gateway) =>
        withBrowser(async (context) => {
          const own = `https://127.0.0.1:${gateway.port}`;
          await context.route(`${own}/client/**`, (route) => route.fulfill(page(route.request().url())));
          expect(await stepsOn(context, `${own}/client/`, gateway)).toEqual(FIRST_STEPS);
          expect(await stepsOn(context, `${elsewhere}/`, gateway)).toEqual(FIRST_STEPS);
          expect(await context.cookies()).toEqual([]);
        }),
      );
    } finally {
      pages.close();
      pages.closeAllConnections();
    }
  });
});

function page(url: string) {
  const path = new URL(url).pathname.replace('/client/', '');
  const isScript = path.endsWith('.js');
  return {
    contentType: isScript ? 'text/javascript' : 'text/html',
    body: isScript ? String(publishedFile(path)) : '<!doctype html><title>page</title>',
  };
}

/** What came of the first steps on a page that has the package beside it. */
async function stepsOn(context: BrowserContext, address: string, gateway: RunningGateway): Promise<unknown> {
  const opened = await context.newPage();
  await opened.goto(address);
  const steps = firstSteps('./index.js', `https://127.0.0.1:${gateway.port}`);
  const told = opened.evaluate('new Promise((resolve) => { window.report = resolve; })');
  await opened.addScriptTag({ type: 'module', content: steps });
  return told;
}
