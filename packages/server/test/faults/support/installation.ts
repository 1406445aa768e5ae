import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresDatabase } from '../../support/postgres-database.ts';
import type { StoreKind } from '../../support/store-kinds.ts';
import { GatewayClient } from './gateway-client.ts';
import {
  importSite,
  type ProcessSettings,
  type RollcallProcess,
  runCommand,
  startRollcall,
} from './rollcall-process.ts';
import { postgresTables, sqliteTables, type TableReader } from './table-reader.ts';

/** Agents that sign in with an empty password. */
export function agentNumbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 301 + index);
}

/** The agent whose password the import generates, an inspector. */
export const HASHED_AGENT = 201;

/** A serving process with a client of it. */
export interface RunningNode extends RollcallProcess {
  readonly client: GatewayClient;
}

/** One installation with data of its own. */
export interface Installation {
  readonly store: StoreKind;
  readonly tables: TableReader;
  /** Password of {@link HASHED_AGENT}. */
  readonly password: string;
  /** A folder for what the test keeps; removed with the installation. */
  readonly folder: string;
  /** The first node's data folder. */
  readonly dataDir: string;
  /** Starts a node. Nodes of one number share a data folder; several numbers need PostgreSQL. */
  start(node?: number): Promise<RunningNode>;
  /** Runs a command of the command line beside the first node; gives what it printed. */
  command(...args: readonly string[]): Promise<string>;
}

export interface InstallationWish {
  readonly store: StoreKind;
  readonly agents: number;
  /** Whether compiled code is kept from start to start, which makes a start faster; the first pays for it. */
  readonly startsOften?: boolean;
  /** Settings of every process besides. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Database to use instead of a new one of the run's PostgreSQL server. */
  readonly databaseUrl?: string;
}

/** Makes an installation, hands it to `use`, and ends and removes whatever is left of it. */
export async function withInstallation<Result>(
  { store, agents, databaseUrl, settings, startsOften = false }: InstallationWish,
  use: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-faults-'));
  const database =
    store === 'postgres' && databaseUrl === undefined ? await createPostgresDatabase() : undefined;
  const url = databaseUrl ?? database?.url;
  const started: RunningNode[] = [];
  const settingsOf = (node: number): ProcessSettings => ({
    ROLLCALL_DATA_DIR: join(folder, `node-${node}`),
    ROLLCALL_NODE_NAME: `node-${node}`,
    ...settings,
    ...(url === undefined ? {} : { ROLLCALL_DATABASE_URL: url }),
    ...(startsOften ? { NODE_COMPILE_CACHE: join(folder, 'compiled') } : {}),
  });
  const start = async (node = 1): Promise<RunningNode> => {
    const server = await startRollcall(settingsOf(node));
    const running = { ...server, client: new GatewayClient(server) };
    started.push(running);
    return running;
  };
  let tables: TableReader | undefined;
  try {
    const passwords = await importSite(settingsOf(1), writeSite(folder, agents));
    const dataDir = join(folder, 'node-1');
    tables = url === undefined ? sqliteTables(join(dataDir, 'rollcall.db')) : await postgresTables(url);
    const command = (...args: readonly string[]) => runCommand(settingsOf(1), ...args);
    const password = passwords.get(HASHED_AGENT) ?? '';
    return await use({ store, tables, folder, dataDir, start, command, password });
  } finally {
    for (const { client } of started) client.close();
    await Promise.all(started.map((node) => node.kill()));
    await tables?.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeSite(folder: string, agents: number): string {
  const file = join(folder, 'site.json');
  const policy = { emptyPasswords: 'allowed', firstPasswordChange: 'optional' };
  const site = {
    tenants: [
      {
        tenantId: 1,
        name: 'Faults',
        policy,
        agents: [
          { workNumber: HASHED_AGENT, name: 'Hashed', role: 'supervisor' },
          ...agentNumbers(agents).map((workNumber) => ({
            workNumber,
            name: `Agent ${workNumber}`,
            firstPassword: 'empty',
          })),
        ],
      },
    ],
  };
  writeFileSync(file, JSON.stringify(site));
  return file;
}
