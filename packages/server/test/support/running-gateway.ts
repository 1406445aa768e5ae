import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { type Config, readConfig } from '../../src/config/config.ts';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import { Gateway, type GatewayOverrides, openStore } from '../../src/gateway.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { argon2Hashing, type PasswordHashing } from '../../src/platform/password-hashing.ts';
import { ownCertificateFiles } from '../../src/platform/self-made-certificate.ts';
import { systemSecrets } from '../../src/platform/session-tokens.ts';
import type { AgentTransactions, SubmitOutcome } from '../../src/services/agent-transactions.ts';
import { loadSite } from '../../src/services/site-loading.ts';
import { readSiteFile } from '../../src/site/read-site-file.ts';
import { clientConfig } from '../../src/storage/postgres/connection.ts';
import type { Store } from '../../src/storage/store.ts';
import type { MovableTime } from './movable-time.ts';
import { withPostgresDatabase } from './postgres-database.ts';
import type { StoreKind } from './store-kinds.ts';
import { WireClient } from './wire-client.ts';

export interface GatewayOptions {
  /** Settings as the environment names them. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly overrides?: GatewayOverrides;
  /** Time that the test moves, the store's included. */
  readonly time?: MovableTime;
  /** Site file to load before the start; null: an installation without any VDN. */
  readonly site?: object | null;
}

export interface LogLine {
  readonly msg: string;
  readonly method?: string;
  readonly [key: string]: unknown;
}

/** A real gateway on a free port with data of its own. */
export interface RunningGateway {
  readonly client: WireClient;
  readonly port: number;
  readonly plainPort: number | null;
  readonly peerPorts: ReadonlyMap<string, number>;
  readonly certificate: string;
  readonly config: Config;
  /** Every line logged so far. */
  readonly log: readonly LogLine[];
  /** Passwords that the site's loading generated. */
  readonly passwords: ReadonlyMap<number, string>;
  /** Gives a command to the server by the door that all go through: some have no call of a client. */
  submit(command: Command): Promise<SubmitOutcome>;
  /** The same data behind a new process's eyes: a second store, as `rollcall import` opens one. */
  withStore<Result>(use: (store: Store) => Promise<Result>): Promise<Result>;
  /** Rows of the store, read beside the running gateway. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Phones that are held, as `tenant/number/agent`. */
  phones(): Promise<readonly string[]>;
  /** What the audit trail says of an agent, in order. */
  auditActs(workNumber: number): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Stops it and starts it again on the same data, with `meanwhile` in between. */
  restart(meanwhile?: () => Promise<void>): Promise<RunningGateway>;
}

/** Agents 291 to 296 with empty passwords, 301 to 303 with generated ones, in VDN 1; agent 401 in VDN 2. */
export const TEST_SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'First',
      policy: {
        emptyPasswords: 'allowed',
        passwordValidityDays: 10,
        phoneRange: { from: 40_000, to: 49_999 },
      },
      agents: [
        ...[291, 292, 293, 294, 295, 296].map((workNumber) => ({
          workNumber,
          name: `Agent ${workNumber}`,
          firstPassword: 'empty',
          firstPasswordChange: 'optional',
        })),
        ...[301, 302, 303].map((workNumber) => ({ workNumber, name: `Agent ${workNumber}` })),
      ],
    },
    {
      tenantId: 2,
      name: 'Second',
      policy: {
        emptyPasswords: 'allowed',
        displacement: 'forbidden',
        mediaRegistration: 'none',
        passwordValidityDays: 'never',
      },
      agents: [{ workNumber: 401, name: 'Agent 401', firstPassword: 'empty' }],
    },
  ],
};

/** Starts a gateway, hands it to `use`, and stops it whatever happens. */
export function withGateway<Result>(
  { store = 'sqlite', ...options }: GatewayOptions & { readonly store?: StoreKind },
  use: (gateway: RunningGateway) => Promise<Result>,
): Promise<Result> {
  if (store === 'sqlite') return withGatewayOn(options, use);
  return withPostgresDatabase(async ({ url }) => {
    await options.time?.takeDatabase(url);
    const environment = { ...options.environment, ROLLCALL_DATABASE_URL: url };
    return withGatewayOn({ ...options, environment }, use);
  });
}

async function withGatewayOn<Result>(
  options: GatewayOptions,
  use: (gateway: RunningGateway) => Promise<Result>,
): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  const environment = { ROLLCALL_PORT: '0', ROLLCALL_DATA_DIR: dataDir, ROLLCALL_HOST: '127.0.0.1' };
  const config = readConfig('site', { ...environment, ...options.environment });
  const opened: { gateway: Gateway; client: WireClient }[] = [];
  try {
    const site = options.site === undefined ? TEST_SITE : options.site;
    const passwords = site === null ? new Map() : await load(config, site, options.overrides?.hashing);
    return await use(await start({ config, overrides: overridesOf(options), passwords, opened }));
  } finally {
    for (const { gateway, client } of opened) {
      client.close();
      await gateway.stop();
    }
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function overridesOf({ overrides, time }: GatewayOptions): GatewayOverrides {
  return time === undefined ? (overrides ?? {}) : { clock: time.clock, ...overrides };
}

interface StartParts {
  readonly config: Config;
  readonly overrides: GatewayOverrides;
  readonly passwords: ReadonlyMap<number, string>;
  readonly opened: { gateway: Gateway; client: WireClient }[];
}

async function start(parts: StartParts): Promise<RunningGateway> {
  const { config, overrides, passwords, opened } = parts;
  const log: LogLine[] = [];
  const logger = createLogger('info', { write: (line: string) => log.push(JSON.parse(line)) });
  const door = Promise.withResolvers<AgentTransactions>();
  const gateway = new Gateway(config, logger, { ...overrides, watchTransactions: door.resolve });
  const { port, ...otherPorts } = await gateway.start();
  const certificate = readFileSync(ownCertificateFiles(config.dataDir).certificateFile, 'utf8');
  const client = new WireClient(port, certificate);
  opened.push({ gateway, client });
  return {
    client,
    port,
    ...otherPorts,
    certificate,
    config,
    log,
    passwords,
    submit: async (command) => (await door.promise).submit(command),
    withStore: (use) => withStore(config, use),
    rows: (sql) => rows(config, sql),
    phones: async () => {
      const held = await rows(
        config,
        'SELECT tenant_id, number, work_number FROM phone ORDER BY work_number',
      );
      return held.map((row) => `${row.tenant_id}/${row.number}/${row.work_number}`);
    },
    auditActs: async (workNumber) => {
      const entries = `SELECT act FROM audit_entry WHERE work_number = ${workNumber} ORDER BY audit_id`;
      return (await rows(config, entries)).map(({ act }) => JSON.parse(String(act)));
    },
    restart: async (meanwhile = async () => undefined) => {
      client.close();
      await gateway.stop();
      await meanwhile();
      return start(parts);
    },
  };
}

async function withStore<Result>(config: Config, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(config, systemClock, createLogger('silent'));
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Loads a site file into a gateway's data as `rollcall import` does; gives the generated passwords. */
export function load(
  config: Config,
  site: object,
  hashing: PasswordHashing = argon2Hashing,
): Promise<ReadonlyMap<number, string>> {
  return withStore(config, async (store) => {
    const parts = { store, hashing, secrets: systemSecrets, clock: systemClock };
    const outcome = await loadSite(parts, readSiteFile(JSON.stringify(site)));
    if (outcome.kind !== 'loaded') throw new TypeError(`the site was refused: ${JSON.stringify(outcome)}`);
    return new Map(outcome.generated.map(({ workNumber, password }) => [workNumber, password]));
  });
}

/** Rows of either store, read beside the running gateway. */
async function rows(config: Config, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  if (config.databaseUrl === undefined) return sqliteRows(config, sql);
  const client = new pg.Client(clientConfig(config.databaseUrl));
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Does something to the store that no server of ours would, beside the running gateway. */
export async function changeRows({ config }: Pick<RunningGateway, 'config'>, sql: string): Promise<void> {
  if (config.databaseUrl !== undefined) {
    await rows(config, sql);
    return;
  }
  const database = new DatabaseSync(join(config.dataDir, 'rollcall.db'), { timeout: 5_000 });
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** Rows of the embedded store, read beside the running gateway. */
export function sqliteRows(config: Config, query: string): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(join(config.dataDir, 'rollcall.db'), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}
