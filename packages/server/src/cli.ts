import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { CommandFault } from './command-fault.ts';
import { type Config, readConfig } from './config/config.ts';
import { VERSION } from './config/version.ts';
import { describeLedgerFault, describeLedgerVerdict, printGeneratedPasswords } from './console-text.ts';
import { openStore } from './gateway.ts';
import { claimInstallation, RUNNING_FOLDER, serve } from './main.ts';
import { keepProcessAlive, systemClock } from './platform/clock.ts';
import { createLogger } from './platform/logger.ts';
import { argon2Hashing } from './platform/password-hashing.ts';
import { systemSecrets } from './platform/session-tokens.ts';
import { verifyLedger } from './services/ledger-verification.ts';
import { subjectOf } from './services/sign-in-limits.ts';
import { loadSite } from './services/site-loading.ts';
import { readSiteFile } from './site/read-site-file.ts';
import { type SiteFile, SiteFileSchema } from './site/site-file.ts';
import type { Store } from './storage/store.ts';
import { addWebhookCommands } from './webhook-commands.ts';

/** Runs one command of the command line; a failure is told in one line and ends with code 1. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  // What an installation writes holds hashes and keys: nobody else reads it.
  process.umask(0o077);
  const program = new Command('rollcall').description('A contact-centre agent gateway.').version(VERSION);
  program
    .command('demo')
    .description('serve demo data on loopback')
    .action(() => serveFromCheckout(readConfig('demo', process.env)));
  program
    .command('start')
    .description('serve the installation')
    .action(() => serveFromCheckout(readConfig('site', process.env)));
  program
    .command('init')
    .description('make the first VDN, an inspector and the site token')
    .option('--name <name>', 'name of the VDN', 'First VDN')
    .action(({ name }: { name: string }) => withStore((store) => initialise(store, name)));
  program
    .command('import')
    .description('load a site file: VDNs, agents, groups, queues, reasons, policies')
    .argument('<file>', 'the site file')
    .action((file: string) =>
      withStore((store) => importSite(store, readSiteFile(readFileSync(file, 'utf8')))),
    );
  program
    .command('locks')
    .description('list the agent numbers and accounts that are locked after wrong passwords')
    .action(() => withStore(listLocks));
  program
    .command('unlock')
    .description('let an agent sign in again who is locked after wrong passwords')
    .argument('<number>', 'the agent number, or the account name')
    .action((name: string) => withStore((store) => unlock(store, name)));
  program
    .command('ledger')
    .description("agents' time")
    .command('verify')
    .description('compare the intervals with the audit trail')
    .action(() => withStore(verify));
  addWebhookCommands(program, withStore);
  program
    .command('schema')
    .description('print the JSON Schema of a site file')
    .action(() => {
      process.stdout.write(`${JSON.stringify(SiteFileSchema, null, 2)}\n`);
    });
  try {
    await program.parseAsync([...argv]);
  } catch (fault) {
    process.stderr.write(`rollcall: ${describeFault(fault)}\n`);
    process.exit(1);
  }
}

/** A refused connection to a host of several addresses has no message of its own, only a code. */
function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { code } = fault as NodeJS.ErrnoException;
  if (fault.message !== '') return fault.message;
  return code === 'ECONNREFUSED'
    ? 'the database refuses the connection (ROLLCALL_DATABASE_URL)'
    : String(code);
}

/** Set-up leaves the packages of this checkout alone while a server runs from it. */
async function serveFromCheckout(config: Config): Promise<void> {
  const mark = join(RUNNING_FOLDER, String(process.pid));
  try {
    mkdirSync(RUNNING_FOLDER, { recursive: true });
    writeFileSync(mark, '');
    process.once('exit', () => rmSync(mark, { force: true }));
  } catch {
    // An installation whose program folder is read-only needs no mark: nobody installs packages there.
  }
  await serve(config);
}

async function withStore(use: (store: Store, config: Config) => Promise<void>): Promise<void> {
  const config = readConfig('site', process.env);
  const letEnd = keepProcessAlive();
  try {
    const store = await openStore(config, systemClock, createLogger(config.logLevel));
    try {
      await claimInstallation(store, 'site');
      await use(store, config);
    } finally {
      await store.close();
    }
  } finally {
    letEnd();
  }
}

/** The inspector of a new installation. */
const FIRST_INSPECTOR = 101;

async function initialise(store: Store, name: string): Promise<void> {
  if ((await store.listTenants()).length > 0) {
    throw new CommandFault('this installation has a VDN already; change it with `rollcall import`');
  }
  const inspector = { workNumber: FIRST_INSPECTOR, name: 'Inspector', role: 'supervisor' };
  const site = { tenants: [{ tenantId: 1, name, agents: [inspector] }] };
  await importSite(store, readSiteFile(JSON.stringify(site)));
  const siteToken = systemSecrets.newSiteToken();
  if (await store.claimSiteToken(systemSecrets.hashToken(siteToken))) {
    process.stdout.write(`Site token for /api/v1, shown this once:\n  ${siteToken}\n\n`);
  }
  process.stdout.write('Serve the installation with `rollcall start`.\n');
}

async function importSite(store: Store, site: SiteFile): Promise<void> {
  const parts = { store, hashing: argon2Hashing, secrets: systemSecrets, clock: systemClock };
  const outcome = await loadSite(parts, site);
  if (outcome.kind === 'agentOfOtherTenant') {
    throw new CommandFault(
      `agent ${outcome.workNumber} belongs to VDN ${outcome.tenantId}; work numbers are unique in the installation`,
    );
  }
  if (outcome.kind === 'accountOfOtherAgent') {
    throw new CommandFault(
      `the account of agent ${outcome.workNumber} belongs to agent ${outcome.owner}; accounts are unique in the ` +
        'installation, whatever their capital letters',
    );
  }
  process.stdout.write(`Agents added: ${outcome.newAgents}, kept: ${outcome.knownAgents}.\n`);
  printGeneratedPasswords(outcome.generated);
}

const MOST_LISTED_LOCKS = 1_000;

async function listLocks(store: Store): Promise<void> {
  const locks = await store.listLocks(MOST_LISTED_LOCKS);
  if (locks.length === 0) process.stdout.write('Nothing is locked.\n');
  for (const { subject, source, lockedUntil } of locks) {
    const from = source === '' ? 'from anywhere' : `from ${source}`;
    process.stdout.write(`${subject} ${from} until ${new Date(lockedUntil).toISOString()}\n`);
  }
}

async function unlock(store: Store, name: string): Promise<void> {
  const isNumber = /^\d+$/.test(name);
  const locks = await store.unlock(
    subjectOf(
      isNumber ? { kind: 'workNumber', workNumber: Number(name) } : { kind: 'account', account: name },
    ),
  );
  const what = locks === 1 ? '1 lock' : `${locks} locks`;
  process.stdout.write(`${name}: ${what} ended; wrong passwords are counted anew.\n`);
}

const MOST_LISTED_FAULTS = 100;

/** Ends with code 1 when something does not add up; the store is closed before. */
async function verify(store: Store): Promise<void> {
  let told = 0;
  const verdict = await verifyLedger({
    store,
    tell: (workNumber, fault) => {
      if (told++ < MOST_LISTED_FAULTS) process.stdout.write(`${describeLedgerFault(workNumber, fault)}\n`);
    },
  });
  if (told > MOST_LISTED_FAULTS) {
    process.stdout.write(`The first ${MOST_LISTED_FAULTS} are listed.\n`);
  }
  process.stdout.write(`${describeLedgerVerdict(verdict)}\n`);
  if (verdict.faults > 0) process.exitCode = 1;
}
