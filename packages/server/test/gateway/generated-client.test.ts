import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeGatewayApi } from '@rollcall/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/config/version.ts';
import { withGateway } from '../support/running-gateway.ts';

const TOOL = new URL('../../../../tools/client-generator/', import.meta.url).pathname;
const SAMPLE = 'sign-in.ts';
/** Its packages have versions of their own, so they are looked for from there. */
const packageFolder = (name: string) =>
  dirname(createRequire(join(TOOL, 'package.json')).resolve(`${name}/package.json`));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-client-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(dirname(packageFolder('openapi-fetch')), join(folder, 'node_modules'));
  copyFileSync(join(TOOL, SAMPLE), join(folder, SAMPLE));
  writeFileSync(join(folder, 'gateway.json'), JSON.stringify(describeGatewayApi(VERSION)));
  const generator = join(packageFolder('openapi-typescript'), 'bin/cli.js');
  expect(await node(generator, 'gateway.json', '--output', 'gateway.ts')).toMatchObject({ exitCode: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number | null;
  readonly said: string;
}

/** Runs a program of Node in the folder. */
async function node(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const take = (chunk: Buffer) => {
    said += chunk;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const [exitCode] = await once(child, 'close');
  return { exitCode, said };
}

describe('a client that a public generator makes of the document', () => {
  it('signs an agent in and reads its state, and the compiler has nothing to say [OA-10]', async () => {
    await withGateway({ environment: { ROLLCALL_PLAIN_PORT: '0' } }, async ({ plainPort }) => {
      expect(await compile(SAMPLE)).toEqual({ exitCode: 0, said: '' });
      const { said } = await node(SAMPLE, `http://127.0.0.1:${plainPort}/agentgateway/resource`);
      expect(JSON.parse(said)).toEqual({
        workno: '291',
        vdnid: 1,
        agentState: 3,
        isWorking: false,
        refused: '100-009',
      });
    });
  });

  it('is held by the compiler to what the document says [OA-10]', async () => {
    const sample = readFileSync(join(folder, SAMPLE), 'utf8');
    const files = MISTAKES.map(([right, wrong], index) => {
      expect(sample).toContain(right);
      writeFileSync(join(folder, `mistake-${index}.ts`), sample.replace(right, wrong));
      return `mistake-${index}.ts`;
    });
    const { exitCode, said } = await compile(...files);
    expect(exitCode).not.toBe(0);
    for (const file of files) expect(said).toContain(`${file}(`);
  });
});

/** What the sample has, and what the document does not allow in its place. */
const MISTAKES = [
  ["password: '', ", ''],
  ['status: 3', 'status: 6'],
  ['agentState, isWorking }', 'agentState, state }'],
  ['/agentstatus', '/agentstate'],
] as const;

function compile(...files: readonly string[]): Promise<Ended> {
  const compiler = join(packageFolder('typescript'), 'bin/tsc');
  const options = ['--strict', '--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions'];
  const types = ['--typeRoots', join(folder, 'node_modules/@types'), '--types', 'node'];
  return node(compiler, '--noEmit', '--skipLibCheck', ...options, ...types, ...files);
}
