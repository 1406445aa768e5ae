import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TenantId } from '@rollcall/contract';
import { type Config, listeningAddresses } from './config/config.ts';
import { VERSION } from './config/version.ts';
import { demoInstructions, printGeneratedPasswords } from './console-text.ts';
import { DAY_MS } from './domain/durations.ts';
import { Gateway } from './gateway.ts';
import { systemClock } from './platform/clock.ts';
import { claimDataFolder } from './platform/data-folder.ts';
import { measureFlushMs } from './platform/disk-flush.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { argon2Hashing } from './platform/password-hashing.ts';
import { describePortHolder } from './platform/port-holder.ts';
import { systemSecrets } from './platform/session-tokens.ts';
import { describeUnsafeSettings, loadSite } from './services/site-loading.ts';
import { readSiteFile } from './site/read-site-file.ts';
import type { InstallationKind } from './storage/site-store.ts';
import type { Store } from './storage/store.ts';

/** A flush slower than this makes every sign-in slow; the operator is told. */
const SLOW_FLUSH_MS = 20;
/** At each start in demo mode nine whole days of the passwords' validity are left (rule SI-33). */
const DEMO_VALIDITY_MS = 10 * DAY_MS - 1_000;

/** A start that cannot go on; the message is for the operator. */
class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** Starts one node and stops it on TERM or INT. Throws a fault whose message says what the operator has to do. */
export async function serve(config: Config): Promise<void> {
  const log = createLogger(config.logLevel);
  const gateway = new Gateway(config, log);
  const onSignal = endOnSignal();
  await refuseTakenPorts(config);
  // Before anything is written: another process, perhaps of another release, may serve from the folder.
  const release = config.databaseUrl === undefined ? claimDataFolder(config.dataDir) : () => undefined;
  const { port, plainPort, peerPorts } = await gateway
    .start(async (store) => {
      await claimInstallation(store, config.mode);
      warnOfSlowDisk(config, log);
      if (config.mode === 'demo') await prepareDemo(store);
      await reportSettings(store, log);
    })
    .catch((fault: NodeJS.ErrnoException) => {
      release();
      throw explainListenFault(fault, config);
    });
  onSignal.do((signal) => stop({ gateway, log, release, signal }));
  process.stdout.write(`Rollcall ${VERSION} is ready at https://${displayHost(config.host)}:${port}/\n`);
  if (config.plain !== null) {
    process.stdout.write(`Plain HTTP at http://${displayHost(config.plain.host)}:${plainPort}/\n`);
  }
  for (const { name, host } of config.peers) {
    process.stdout.write(`Peer ${name} at https://${displayHost(host)}:${peerPorts.get(name)}/\n`);
  }
  process.stdout.write(`Data folder: ${config.dataDir}\n`);
  if (config.mode === 'demo') process.stdout.write(demoInstructions(config, port));
}

/** Demo data and a real site never share a database (rule ST-11). Throws {@link StartFault}. */
export async function claimInstallation(store: Store, kind: InstallationKind): Promise<void> {
  const present = await store.claimInstallation(kind);
  if (present === kind) return;
  const [made, asked] =
    kind === 'demo' ? ['a real installation', 'the demo'] : ['demo data', 'a real installation'];
  throw new StartFault(`the store holds ${made}; give ${asked} a data folder or a database of its own`);
}

/** Asks for every port before anything else is touched: a second start has to change nothing. */
async function refuseTakenPorts(config: Config): Promise<void> {
  for (const { host, port } of listeningAddresses(config)) {
    const probe = createServer();
    try {
      probe.listen({ host, port });
      await once(probe, 'listening');
    } catch (fault) {
      throw explainListenFault(fault as NodeJS.ErrnoException, config);
    }
    probe.close();
    await once(probe, 'close');
  }
}

function displayHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function warnOfSlowDisk({ databaseUrl, dataDir }: Config, log: Logger): void {
  if (databaseUrl !== undefined) return;
  const flushMs = measureFlushMs(dataDir, systemClock);
  if (flushMs > SLOW_FLUSH_MS) {
    log.warn(
      { flushMs },
      'the disk of the data folder is slow to make writes durable; every change waits for it',
    );
  }
}

async function prepareDemo(store: Store): Promise<void> {
  const site = readSiteFile(readFileSync(new URL('../demo/site.json', import.meta.url), 'utf8'));
  const parts = { store, hashing: argon2Hashing, secrets: systemSecrets, clock: systemClock };
  const outcome = await loadSite(parts, site);
  if (outcome.kind !== 'loaded')
    throw new StartFault(`agent ${outcome.workNumber} or its account is another's`);
  printGeneratedPasswords(outcome.generated);
  const validUntil = systemClock.wallMs() + DEMO_VALIDITY_MS;
  for (const { tenantId } of site.tenants) await store.setPasswordValidity(tenantId as TenantId, validUntil);
}

async function reportSettings(store: Store, log: Logger): Promise<void> {
  const tenants = await store.listTenants();
  for (const setting of describeUnsafeSettings(tenants.map(({ definition }) => definition))) {
    log.warn({ setting }, 'less safe than the default');
  }
  if (tenants.length === 0) log.warn('the installation holds no VDN yet; run `rollcall init`');
}

/** The system names the port that could not be had; the operator is told by which setting to choose another. */
function explainListenFault(fault: NodeJS.ErrnoException & { port?: number }, config: Config): Error {
  const { code, syscall, port } = fault;
  const setting = listeningAddresses(config).find((address) => address.port === port)?.setting;
  if (port === undefined || setting === undefined) return fault;
  if (code === 'EADDRINUSE') {
    const holder = describePortHolder(port) ?? 'another program';
    return new StartFault(
      `port ${port} is held by ${holder}; stop it, or choose another port with ${setting}`,
    );
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return new StartFault(
      `port ${port} may not be opened by this user; choose one above 1023 with ${setting}`,
    );
  }
  return fault;
}

/** TERM and INT end the process with code 0: at once while nothing is begun, in order once there is something to stop. */
function endOnSignal() {
  let act: (signal: NodeJS.Signals) => void = () => process.exit(0);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => act(signal));
  return {
    do: (next: typeof act) => {
      act = next;
    },
  };
}

interface Stop {
  readonly gateway: Gateway;
  readonly log: Logger;
  readonly release: () => void;
  readonly signal: NodeJS.Signals;
}

/** Safe to call again while it is under way. */
function stop({ gateway, log, release, signal }: Stop): void {
  log.info({ signal }, 'stopping');
  gateway
    .stop()
    .catch((fault: unknown) => log.error({ err: fault }, 'the stop was not clean'))
    .finally(() => {
      release();
      process.exit(0);
    });
}

/** Where a start from a checkout says that it runs, so that set-up leaves its packages alone. */
export const RUNNING_FOLDER = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'node_modules',
  '.rollcall-running',
);
