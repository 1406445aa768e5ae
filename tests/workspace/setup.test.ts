import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeFile as writeWhenRead } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunningCommand } from './support/command.ts';
import { repositoryRoot } from './support/repository.ts';
import { withTemporaryFolder, writeFile, writeShellScript } from './support/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;

/** A folder with the setup script and a PATH of its own, on which npm and apt-get only write down their calls. */
class SetupFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(this.path('scripts'));
    copyFileSync(join(repositoryRoot, 'scripts/setup.mjs'), this.path('scripts/setup.mjs'));
    writeFile(this.path('package-lock.json'), '{}');
    this.program('npm', [this.#noteCall('npm'), `mkdir -p ${this.path('node_modules')}`]);
    this.program('initdb', []);
    this.program('strace', []);
    this.program('chromium', []);
    symlinkSync(process.execPath, this.path('bin/node'));
  }

  path(relative: string): string {
    return join(this.#folder, relative);
  }

  program(name: string, lines: readonly string[]): void {
    writeShellScript(this.path(`bin/${name}`), ['PATH=/usr/bin:/bin', ...lines]);
  }

  without(program: string): void {
    rmSync(this.path(`bin/${program}`));
    this.program('apt-get', [this.#noteCall('apt-get')]);
  }

  calls(): string[] {
    const file = this.path('calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  start(args: readonly string[] = [], variables: NodeJS.ProcessEnv = {}): RunningCommand {
    const env = { PATH: this.path('bin'), ...variables };
    return new RunningCommand([process.execPath, this.path('scripts/setup.mjs'), ...args], {
      cwd: this.#folder,
      env,
    });
  }

  async run(args: readonly string[] = [], variables: NodeJS.ProcessEnv = {}): Promise<SetupOutcome> {
    const setup = this.start(args, variables);
    return { exitCode: await setup.exitCode(), output: setup.output };
  }

  #noteCall(program: string): string {
    return `echo "${program} $*" >> ${this.path('calls')}`;
  }
}

interface SetupOutcome {
  readonly exitCode: number | null;
  readonly output: string;
}

const npmCi = 'npm ci --include=dev --include=optional';
const succeedsSilently = { exitCode: 0, output: '' };

function withSetupFolder(use: (setup: SetupFolder) => Promise<void>): Promise<void> {
  return withTemporaryFolder((folder) => use(new SetupFolder(folder)));
}

function endedProcess(): number {
  return spawnSync('true').pid;
}

describe('npm packages', () => {
  it('[OP-1] are installed once, announced with the reason, and again only when the lock file changed', () =>
    withSetupFolder(async (setup) => {
      const first = await setup.run();
      expect(first.exitCode).toBe(0);
      expect(first.output).toMatch(/installing the npm packages .* as they are missing or changed/);
      expect(setup.calls()).toEqual([npmCi]);

      expect(await setup.run(['--for=start'])).toEqual(succeedsSilently);
      expect(setup.calls()).toEqual([npmCi]);

      writeFile(setup.path('package-lock.json'), '{"changed":true}');
      expect(await setup.run()).toMatchObject({ exitCode: 0 });
      expect(setup.calls()).toEqual([npmCi, npmCi]);
    }));

  it('[OP-1] count as missing after a failed installation', () =>
    withSetupFolder(async (setup) => {
      setup.program('npm', ['exit 1']);
      const failed = await setup.run();
      expect(failed.exitCode).toBe(1);
      expect(failed.output).toMatch(/"npm ci" failed/);

      setup.program('npm', [`mkdir ${setup.path('node_modules')}`, `echo again >> ${setup.path('calls')}`]);
      expect(await setup.run()).toMatchObject({ exitCode: 0 });
      expect(setup.calls()).toEqual(['again']);
    }));

  it('[OP-1] are installed by the node of the PATH, not by the pinned one that is about to be replaced', () =>
    withSetupFolder(async (setup) => {
      setup.program('npm', [`mkdir -p ${setup.path('node_modules')}`]);
      const pinned = setup.path('node_modules/.bin');
      writeShellScript(join(pinned, 'npm'), [`echo pinned >> ${setup.path('calls')}`]);

      const { exitCode } = await setup.run([], { PATH: `${pinned}:${setup.path('bin')}` });

      expect(exitCode).toBe(0);
      expect(setup.calls()).toEqual([]);
    }));

  it('[OP-2] are not installed beside a running server, which is named with what to do', () =>
    withSetupFolder(async (setup) => {
      writeFile(setup.path(`node_modules/.rollcall-running/${process.pid}`), '');

      const { exitCode, output } = await setup.run();

      expect(exitCode).toBe(1);
      expect(output).toMatch(`process ${process.pid} is a Rollcall server`);
      expect(output).toMatch(`stop it (kill ${process.pid}) and run the command again`);
      expect(output.trimEnd().split('\n')).toHaveLength(1);
      expect(setup.calls()).toEqual([]);
    }));

  it('[OP-2] are installed when the server has ended without removing its pid file', () =>
    withSetupFolder(async (setup) => {
      const pidFile = setup.path(`node_modules/.rollcall-running/${endedProcess()}`);
      writeFile(pidFile, '');

      expect(await setup.run()).toMatchObject({ exitCode: 0 });

      expect(setup.calls()).toEqual([npmCi]);
      expect(existsSync(pidFile)).toBe(false);
    }));

  it('[OP-2] need not change for a command beside a running server', () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      writeFile(setup.path(`node_modules/.rollcall-running/${process.pid}`), '');

      expect(await setup.run(['--for=test'])).toEqual(succeedsSilently);
    }));

  it('[OP-3] are installed by one setup while another one waits', () =>
    withSetupFolder(async (setup) => {
      const gate = setup.path('gate');
      execFileSync('mkfifo', [gate]);
      setup.program('npm', [
        `echo installed >> ${setup.path('calls')}`,
        `mkdir ${setup.path('node_modules')}`,
        `read go < ${gate}`,
      ]);

      const first = setup.start();
      await first.printed(/installing the npm packages/);
      const second = setup.start();
      const [, holder] = await second.printed(/waiting for process (\d+)/);
      await writeWhenRead(gate, 'go\n');

      expect(await Promise.all([first.exitCode(), second.exitCode()])).toEqual([0, 0]);
      expect(Number(holder)).toBe(first.pid);
      expect(setup.calls()).toEqual(['installed']);
    }));

  it('[OP-3] are installed although an earlier setup was killed at it', () =>
    withSetupFolder(async (setup) => {
      writeFile(setup.path('.rollcall-setup-lock'), String(endedProcess()));

      expect(await setup.run()).toMatchObject({ exitCode: 0 });

      expect(setup.calls()).toEqual([npmCi]);
      expect(existsSync(setup.path('.rollcall-setup-lock'))).toBe(false);
    }));
});

describe('the runtime of npm scripts', () => {
  it('[OP-4] is refused below Node 24, with what to do', () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      rmSync(setup.path('bin/node'));
      setup.program('node', ['echo v20.19.0']);

      const { exitCode, output } = await setup.run();

      expect(exitCode).toBe(1);
      expect(output).toBe(
        'setup: npm scripts here run Node v20.19.0, but Rollcall needs 24 or newer: ' +
          'install it, put it first on the PATH and run the command again.\n',
      );
    }));

  it('[OP-4] is the pinned one where it runs, whatever the PATH has', () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      writeShellScript(setup.path('node_modules/.bin/node'), ['echo v24.0.0']);
      rmSync(setup.path('bin/node'));

      expect(await setup.run()).toEqual(succeedsSilently);
    }));

  it("[OP-4] is the PATH's node where the pinned one does not run", () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      writeShellScript(setup.path('node_modules/.bin/node'), ['exit 127']);

      const { exitCode, output } = await setup.run();

      expect(exitCode).toBe(0);
      expect(output).toMatch(/the pinned Node does not run on this machine/);
      expect(existsSync(setup.path('node_modules/.bin/node'))).toBe(false);
    }));
});

describe('Debian packages for the tests', () => {
  it.runIf(isRoot).each(['strace', 'chromium'])(
    '[OP-5] are installed for root when missing, announced with the reason: %s',
    (name) =>
      withSetupFolder(async (setup) => {
        await setup.run();
        setup.without(name);

        const { exitCode, output } = await setup.run(['--for=test']);

        expect(exitCode).toBe(0);
        expect(output).toMatch(
          new RegExp(`installing the Debian packages ${name} \\(.+\\), as they are missing`),
        );
        expect(setup.calls().slice(1)).toEqual([
          'apt-get update',
          `apt-get install -y --no-install-recommends ${name}`,
        ]);
      }),
  );

  it('[OP-5] are only named on a machine without apt-get, and for anybody but root', () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      setup.without('strace');
      if (isRoot) rmSync(setup.path('bin/apt-get'));

      const { exitCode, output } = await setup.run(['--for=test']);

      expect(exitCode).toBe(0);
      expect(output).toMatch(/^setup: tests will fail for want of strace .*"apt-get install strace"\.\n$/);
      expect(setup.calls()).toEqual([npmCi]);
    }));

  it.each(['chromium-browser', 'google-chrome'])('[OP-5] are not missing where there is %s', (name) =>
    withSetupFolder(async (setup) => {
      await setup.run();
      setup.without('chromium');
      setup.program(name, []);

      expect(await setup.run(['--for=test'])).toEqual(succeedsSilently);
    }),
  );

  it('[OP-5] are left alone when they are there, and when no tests follow', () =>
    withSetupFolder(async (setup) => {
      await setup.run();
      expect(await setup.run(['--for=test'])).toEqual(succeedsSilently);

      setup.without('strace');
      expect(await setup.run(['--for=start'])).toEqual(succeedsSilently);
      expect(await setup.run(['--for=bench'])).toEqual(succeedsSilently);
    }));
});

it('[OP-6] ROLLCALL_NO_SETUP=1 installs nothing and says what may be missing', () =>
  withSetupFolder(async (setup) => {
    setup.without('strace');

    const { exitCode, output } = await setup.run(['--for=test'], { ROLLCALL_NO_SETUP: '1' });

    expect(exitCode).toBe(0);
    expect(output).toMatch(/run "npm ci" yourself/);
    expect(output).toMatch(/tests will fail for want of strace/);
    expect(setup.calls()).toEqual([]);
    expect(existsSync(setup.path('node_modules'))).toBe(false);
  }));

it('[OP-6] ROLLCALL_NO_SETUP=1 still refuses a runtime that is too old', () =>
  withSetupFolder(async (setup) => {
    rmSync(setup.path('bin/node'));

    const { exitCode, output } = await setup.run([], { ROLLCALL_NO_SETUP: '1' });

    expect(exitCode).toBe(1);
    expect(output).toMatch(/npm scripts here run Node \(none\)/);
  }));

it('refuses an argument it does not know', () =>
  withSetupFolder(async (setup) => {
    const { exitCode, output } = await setup.run(['--for=fun']);

    expect(exitCode).toBe(1);
    expect(output).toBe('setup: the only argument is --for=start|test|bench.\n');
  }));
