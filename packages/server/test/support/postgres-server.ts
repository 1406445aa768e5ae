import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Why there is no PostgreSQL to test against. */
export class PostgresMissingFault extends Error {
  override readonly name = 'PostgresMissingFault';
}

/** One PostgreSQL server of our own, in a temporary folder, reached through a socket in that folder. */
export interface PostgresServer {
  /** Address of one of its databases. */
  url(database: string): string;
  /** Path of its socket. */
  readonly socket: string;
  /** Ends the server, disconnecting whoever is connected, and removes the folder. A second call does nothing. */
  stop(): void;
}

const USER = 'rollcall';
/** Only a part of the socket's name; no port is opened. */
const PORT = 5432;

/**
 * Starts a server. `settings` are parameters of its command line, such as `fsync=off`.
 * Throws {@link PostgresMissingFault} when PostgreSQL is not installed.
 */
export function startPostgresServer(settings: readonly string[] = []): PostgresServer {
  const programs = findPrograms();
  const owner = unprivilegedOwner();
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'));
  const data = join(folder, 'data');
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const run = (program: string, args: readonly string[]) => {
    const { status, stdout, stderr, error } = spawnSync(join(programs, program), args, {
      cwd: folder,
      encoding: 'utf8',
      ...owner,
    });
    if (status !== 0) throw new ServerStartFault(`${program}: ${error?.message ?? stderr + stdout}`);
  };
  let isRunning = false;
  const stop = () => {
    if (isRunning) run('pg_ctl', ['stop', '--wait', '--mode=immediate', '--silent', '--pgdata', data]);
    isRunning = false;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    run('initdb', [
      '--no-sync',
      '--no-locale',
      '--encoding=UTF8',
      '--auth=trust',
      '-U',
      USER,
      '--pgdata',
      data,
    ]);
    const parameters = [
      `unix_socket_directories=${folder}`,
      'listen_addresses=',
      `port=${PORT}`,
      ...settings,
    ];
    const options = parameters.map((parameter) => `-c ${parameter}`).join(' ');
    run('pg_ctl', [
      'start',
      '--wait',
      '--silent',
      '--pgdata',
      data,
      '--log',
      join(folder, 'log'),
      '--options',
      options,
    ]);
    isRunning = true;
  } catch (fault) {
    stop();
    throw fault;
  }
  return {
    url: (database) =>
      `postgresql://${USER}@localhost:${PORT}/${database}?host=${encodeURIComponent(folder)}`,
    socket: join(folder, `.s.PGSQL.${PORT}`),
    stop,
  };
}

class ServerStartFault extends Error {
  override readonly name = 'ServerStartFault';
}

/** The folder of PostgreSQL's programs: Debian's newest, or one on the PATH. */
function findPrograms(): string {
  const debian = globSync('/usr/lib/postgresql/*/bin')
    .map((folder) => ({ folder, version: Number(folder.split('/').at(-2)) }))
    .sort((one, other) => other.version - one.version)
    .map(({ folder }) => folder);
  const folders = [...debian, ...(process.env.PATH ?? '').split(delimiter)];
  const found = folders.find((folder) =>
    ['initdb', 'pg_ctl'].every((program) => existsSync(join(folder, program))),
  );
  if (found === undefined) {
    throw new PostgresMissingFault(
      'these tests need PostgreSQL 14 or newer: install the Debian package `postgresql`',
    );
  }
  return found;
}

/** PostgreSQL refuses to run as root. */
function unprivilegedOwner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new PostgresMissingFault(
    'PostgreSQL does not run as root, and there is no user `postgres` or `nobody`',
  );
}
