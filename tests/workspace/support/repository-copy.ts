import { existsSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { copyWorkingTree } from '../../../scripts/working-tree.ts';
import { RunningCommand } from './command.ts';
import { repositoryRoot } from './repository.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** The working tree as a fresh clone would have it, and commands started there as from a shell. */
export class RepositoryCopy {
  readonly folder = createTemporaryFolder();
  readonly #started: RunningCommand[] = [];
  #variables: NodeJS.ProcessEnv = {};

  /** Copies the working tree; the variables are for all commands started later. */
  fill(variables: NodeJS.ProcessEnv): void {
    this.#variables = variables;
    copyWorkingTree(repositoryRoot, this.folder);
  }

  start(...commandLine: readonly [string, ...string[]]): RunningCommand {
    const env = { ...shellEnvironment(), ...this.#variables };
    const command = new RunningCommand(commandLine, { cwd: this.folder, env });
    this.#started.push(command);
    return command;
  }

  /** Process ids of the servers that run from this folder. */
  runningServers(): number[] {
    const register = join(this.folder, 'node_modules/.rollcall-running');
    return existsSync(register) ? readdirSync(register).map(Number) : [];
  }

  /** Stops whatever was started here and still runs, and deletes the folder. */
  async remove(): Promise<void> {
    for (const pid of this.runningServers()) killIfAlive(pid);
    for (const command of this.#started) {
      command.terminate();
      await command.exitCode();
    }
    rmSync(this.folder, { recursive: true });
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** What npm and vitest add for their children is taken away: the machine's own node is the first on the PATH. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const ownVariables = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|FORCE_COLOR$|TEST$|INIT_CWD$|CI$|ROLLCALL_)/.test(name),
  );
  const folders = (process.env.PATH ?? '').split(delimiter);
  const ownFolders = folders.filter((folder) => !/(node_modules\/\.bin|node-gyp-bin)$/.test(folder));
  return { ...Object.fromEntries(ownVariables), NO_COLOR: '1', PATH: ownFolders.join(delimiter) };
}
