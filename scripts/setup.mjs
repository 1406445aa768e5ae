// The only pre-script: makes this folder ready for the npm script that follows.
// Plain JavaScript for Node 20 and 24 without a dependency, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const OLDEST_POSTGRESQL = 14;
const PURPOSES = ['start', 'test', 'bench'];
const DEBIAN_PACKAGES = {
  postgresql: 'tests run the store against a real PostgreSQL',
  strace: 'tests watch what the server asks of the operating system',
  chromium: 'tests call the server from pages in a real browser',
};
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeModules = join(root, 'node_modules');
const stampFile = join(nodeModules, '.rollcall-setup');
const runningServers = join(nodeModules, '.rollcall-running');
const installLock = join(root, '.rollcall-setup-lock');
const pinnedNode = join(nodeModules, '.bin', 'node');
const mayInstall = process.env.ROLLCALL_NO_SETUP !== '1';

class SetupRefusal extends Error {}

function say(sentence) {
  process.stderr.write(`setup: ${sentence}\n`);
}

function readPurpose(args) {
  const purpose = args.find((arg) => arg.startsWith('--for='))?.slice('--for='.length);
  if (args.length > 1 || (args.length === 1 && !PURPOSES.includes(purpose))) {
    throw new SetupRefusal(`the only argument is --for=${PURPOSES.join('|')}.`);
  }
  return purpose;
}

function wantedStamp() {
  const lockFile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lockFile).update(`${process.platform} ${process.arch}`).digest('hex');
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function findRunningServer() {
  const pids = existsSync(runningServers) ? readdirSync(runningServers).map(Number) : [];
  return pids.find((pid) => {
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid)) return true;
    rmSync(join(runningServers, String(pid)), { force: true });
    return false;
  });
}

/** The PATH without what npm puts before it: `npm ci` must not run on the runtime it is about to replace. */
function environmentOutsideNpmScripts() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const added = [join('node_modules', '.bin'), 'node-gyp-bin'];
  return {
    ...process.env,
    PATH: folders.filter((folder) => !added.some((name) => folder.endsWith(sep + name))).join(delimiter),
  };
}

function takeInstallLock() {
  const claim = `${installLock}.${process.pid}`;
  writeFileSync(claim, String(process.pid));
  try {
    let told = false;
    while (!linkOnce(claim)) {
      const holder = readIfThere(installLock);
      if (holder === undefined) continue;
      if (!isAlive(Number(holder))) {
        rmSync(installLock, { force: true });
        continue;
      }
      if (!told) say(`waiting for process ${holder}, which is installing packages in this folder.`);
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

function linkOnce(claim) {
  try {
    linkSync(claim, installLock);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function installNpmPackages(stamp) {
  const server = findRunningServer();
  if (server !== undefined) {
    throw new SetupRefusal(
      `the npm packages changed, but process ${server} is a Rollcall server running from this folder: ` +
        `stop it (kill ${server}) and run the command again.`,
    );
  }
  say('installing the npm packages that package-lock.json lists ("npm ci"), as they are missing or changed.');
  rmSync(stampFile, { force: true });
  const { status } = spawnSync('npm ci --include=dev --include=optional', {
    cwd: root,
    env: environmentOutsideNpmScripts(),
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0)
    throw new SetupRefusal('"npm ci" failed (see above): mend that and run the command again.');
  writeFileSync(stampFile, stamp);
}

function provideNpmPackages() {
  const stamp = wantedStamp();
  if (readIfThere(stampFile) === stamp) return;
  if (!mayInstall) {
    say(
      'the npm packages may not be those of package-lock.json; ROLLCALL_NO_SETUP=1, so run "npm ci" yourself.',
    );
    return;
  }
  takeInstallLock();
  try {
    if (readIfThere(stampFile) !== stamp) installNpmPackages(stamp);
  } finally {
    rmSync(installLock, { force: true });
  }
}

function versionOf(command) {
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** A pinned binary may be made for another C library; the PATH's node must not stay hidden behind it. */
function pinnedVersion() {
  const version = versionOf(pinnedNode);
  const isThere = lstatSync(pinnedNode, { throwIfNoEntry: false }) !== undefined;
  if (version === undefined && isThere && mayInstall) {
    say('the pinned Node does not run on this machine, so npm scripts will use the node of the PATH.');
    rmSync(pinnedNode);
  }
  return version;
}

function checkRuntime() {
  const version = pinnedVersion() ?? versionOf('node');
  if (Number(version?.match(/^v(\d+)\./)?.[1]) >= OLDEST_NODE) return;
  throw new SetupRefusal(
    `npm scripts here run Node ${version ?? '(none)'}, but Rollcall needs ${OLDEST_NODE} or newer: ` +
      'install it, put it first on the PATH and run the command again.',
  );
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function hasPostgresql() {
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  const isUsable = (version) =>
    Number(version) >= OLDEST_POSTGRESQL && existsSync(join(versions, version, 'bin', 'initdb'));
  return installed.some(isUsable) || isOnPath('initdb');
}

function provideDebianPackages() {
  const missing = [];
  if (!hasPostgresql()) missing.push('postgresql');
  if (!isOnPath('strace')) missing.push('strace');
  if (!BROWSERS.some(isOnPath)) missing.push('chromium');
  if (missing.length === 0) return;

  const reasons = missing.map((name) => `${name} (${DEBIAN_PACKAGES[name]})`).join(' and ');
  if (!mayInstall || process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    say(`tests will fail for want of ${reasons}: install with "apt-get install ${missing.join(' ')}".`);
    return;
  }
  say(`installing the Debian packages ${reasons}, as they are missing; ROLLCALL_NO_SETUP=1 turns this off.`);
  const install = () => aptInstall(missing);
  if (!(missing.includes('postgresql') ? withoutDefaultCluster(install) : install())) {
    say(`apt-get failed, so the tests that need ${missing.join(' and ')} will fail.`);
  }
}

function aptInstall(packages) {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'inherit', 'inherit'],
  };
  spawnSync('apt-get', ['update'], options);
  const install = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], options);
  return install.status === 0;
}

/** Debian's package would create a cluster and start it on port 5432; the tests make their own. */
function withoutDefaultCluster(install) {
  const folder = '/etc/postgresql-common/createcluster.d';
  const dropIn = join(folder, 'rollcall-setup.conf');
  const created = mkdirSync(folder, { recursive: true });
  writeFileSync(dropIn, 'create_main_cluster = false\n');
  try {
    return install();
  } finally {
    rmSync(dropIn);
    if (created !== undefined) removeEmptyFolders(folder, created);
  }
}

function removeEmptyFolders(innermost, outermost) {
  for (let folder = innermost; folder.startsWith(outermost); folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

try {
  const purpose = readPurpose(process.argv.slice(2));
  provideNpmPackages();
  checkRuntime();
  if (purpose === 'test') provideDebianPackages();
} catch (error) {
  if (!(error instanceof SetupRefusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}
