import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { ownCertificateFiles } from '../../packages/server/src/platform/self-made-certificate.ts';
import { startPostgresServer } from '../../packages/server/test/support/postgres-server.ts';
import type { Bench } from '../bench.ts';
import type { Endpoint } from '../driver/connection.ts';
import type { Agent } from '../driver/requests.ts';
import { ServerProcess } from './server-process.ts';

const ROLLCALL = join(import.meta.dirname, '..', '..', 'packages', 'server', 'bin', 'rollcall.js');
/** Four digits for up to nine thousand agents, so that every answer to a sign-in has one length. */
const FIRST_WORK_NUMBER = 1_001;
/** An inspector of the whole VDN. */
const INSPECTOR = 1_000;
const GENERATED = /^ {2}(\d+) {2}(\S+) {2}/gm;

/** Options of Node with which a server collects its garbage when it is told to. */
const COLLECTING = ['--expose-gc', '--import', join(import.meta.dirname, 'collect-garbage.ts')];

interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A reference server, in its own process. */
export interface Reference {
  readonly server: ServerProcess;
  readonly endpoint: Endpoint;
}

/** A Rollcall that is about to be measured: its own store, its own process. */
export interface Subject extends Reference {
  readonly agents: readonly Agent[];
  /** Watches every agent. */
  readonly inspector: Agent;
  readonly certificate: CertificateFiles;
}

export interface SubjectOptions {
  readonly name: string;
  readonly agentCount: number;
  readonly passwords: 'generated' | 'empty';
  readonly collectsGarbage?: boolean;
}

/** Makes an installation of one VDN in a folder of its own and starts its server with the settings of a service. */
export async function startSubject(
  bench: Bench,
  { name, agentCount, passwords, collectsGarbage = false }: SubjectOptions,
): Promise<Subject> {
  const dataDir = join(bench.folder, name);
  mkdirSync(dataDir);
  const environment = {
    ROLLCALL_DATA_DIR: dataDir,
    ROLLCALL_HOST: '127.0.0.1',
    ROLLCALL_PORT: '0',
    ...storeSettings(bench),
  };
  const siteFile = join(dataDir, 'site.json');
  const workNumbers = Array.from({ length: agentCount }, (_, index) => FIRST_WORK_NUMBER + index);
  writeFileSync(siteFile, siteText(workNumbers, passwords));
  const { stdout } = await promisify(execFile)(process.execPath, [ROLLCALL, 'import', siteFile], {
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  const known = new Map(
    [...stdout.matchAll(GENERATED)].map(([, number, password]) => [Number(number), password]),
  );
  const agents = workNumbers.map((workNumber) => ({ workNumber, password: known.get(workNumber) ?? '' }));
  const profile =
    bench.profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${bench.profileFolder}`];
  const server = await ServerProcess.start({
    name,
    folder: bench.folder,
    args: [...profile, ...(collectsGarbage ? COLLECTING : []), ROLLCALL, 'start'],
    environment,
    cleanup: bench.cleanup,
  });
  const certificate = ownCertificateFiles(dataDir);
  const inspector = { workNumber: INSPECTOR, password: '' };
  return { agents, inspector, server, endpoint: endpointOf(server, certificate), certificate };
}

interface ReferenceOptions {
  readonly name: string;
  readonly script: string;
  readonly certificate: CertificateFiles;
  readonly collectsGarbage?: boolean;
}

/** Starts a reference server with the subject's certificate. */
export async function startReference(
  bench: Bench,
  { name, script, certificate, collectsGarbage = false }: ReferenceOptions,
): Promise<Reference> {
  const { certificateFile, keyFile } = certificate;
  const server = await ServerProcess.start({
    name,
    folder: bench.folder,
    args: [
      ...(collectsGarbage ? COLLECTING : []),
      join(import.meta.dirname, '..', 'references', script),
      certificateFile,
      keyFile,
    ],
    environment: {},
    cleanup: bench.cleanup,
  });
  return { server, endpoint: endpointOf(server, certificate) };
}

function endpointOf({ port }: ServerProcess, { certificateFile }: CertificateFiles): Endpoint {
  return { port, secureContext: createSecureContext({ ca: readFileSync(certificateFile) }) };
}

/** Each PostgreSQL installation gets a database server of its own, ended with the run. */
function storeSettings({ store, cleanup }: Bench): Record<string, string> {
  if (store === 'sqlite') return {};
  const postgres = startPostgresServer();
  cleanup.add(() => postgres.stop());
  return { ROLLCALL_DATABASE_URL: postgres.url('postgres') };
}

function siteText(workNumbers: readonly number[], firstPassword: 'generated' | 'empty'): string {
  // Many agents sign in before the first of them polls.
  const lease = { lifeS: 900 };
  const policy = { emptyPasswords: 'allowed', firstPasswordChange: 'optional', lease };
  const agents = workNumbers.map((workNumber) => ({
    workNumber,
    name: `Agent ${workNumber}`,
    firstPassword,
  }));
  const inspector = {
    workNumber: INSPECTOR,
    name: 'Inspector',
    firstPassword: 'empty',
    role: 'supervisor',
    rights: ['watchVdn'],
  };
  return JSON.stringify({
    tenants: [{ tenantId: 1, name: 'Benchmark', policy, agents: [inspector, ...agents] }],
  });
}
