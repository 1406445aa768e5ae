import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../packages/server/test/support/free-port.ts';
import type { RunningCommand } from './support/command.ts';
import { RepositoryCopy } from './support/repository-copy.ts';

const READY =
  /ready at https:\/\/127\.0\.0\.1:(\d+)\/[^\n]*\n(?:.*\n)*? {2}(curl .+)\n(?:.*\n)*? {2}(curl .+)\n/;
const INSTALL_TIMEOUT_MS = 180_000;
const TEST_RUN_TIMEOUT_MS = 120_000;

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The reference's example, time-dependent values aside. */
const REFERENCE_ANSWER =
  /\r\n\r\n\{"message":"","retcode":"0","result":\{"vdnid":1,"workno":"291","mediatype":"TTF","loginTime":"\d{13}","isForceChange":"false","serverName":"AgentGateway","timeRemaining":"9"\}\}$/;

describe('a clone without node_modules', () => {
  const clone = new RepositoryCopy();
  let port: number;
  let server: RunningCommand;
  let signIn: string;
  let secondCommand: string;

  async function startServer(): Promise<void> {
    server = clone.start('npm', 'start');
    const [, readyPort, ...commands] = await server.printed(READY);
    expect(Number(readyPort)).toBe(port);
    [signIn = '', secondCommand = ''] = commands;
  }

  async function runInShell(commandLine: string): Promise<string> {
    const command = clone.start('sh', '-c', commandLine);
    const exitCode = await command.exitCode();
    expect(exitCode, exitCode === 127 ? 'install the Debian package curl' : command.output).toBe(0);
    return command.output;
  }

  beforeAll(async () => {
    port = await freePort();
    clone.fill({ ROLLCALL_PORT: String(port) });
    await startServer();
  }, INSTALL_TIMEOUT_MS);

  afterAll(() => clone.remove());

  it('[OP-7] says by npm start what it installs, and then serves', async () => {
    expect(server.output).toMatch(/setup: installing the npm packages/);
    expect(await isListening(port)).toBe(true);
  });

  it('[OP-7] prints two curl lines that work as they are', async () => {
    expect(await runInShell(signIn)).toMatch(REFERENCE_ANSWER);
    expect(await runInShell(secondCommand)).toMatch(/"retcode":\s*"0"/);
  });

  it('[OP-9] tells a second npm start what holds the port', async () => {
    const second = clone.start('npm', 'start');

    expect(await second.exitCode()).toBe(1);
    expect(second.output).toMatch(new RegExp(`\\b${port}\\b`));
    expect(second.output).not.toMatch(/^\s+at .*\.[tj]s:\d+/m);
    expect(await isListening(port)).toBe(true);
  });

  it(
    '[OP-10] [OP-13] runs npm test beside the server, and of vitest only the file it is given',
    async () => {
      const tests = clone.start('npm', 'test', '--', 'tests/workspace/spec.test.ts');
      await tests.exitCode();

      expect(tests.output).toMatch(/^vitest +[1-9]\d* passed, 0 failed$/m);
      expect(tests.output).toMatch(/✓ tests\/workspace\/spec\.test\.ts/);
      expect(tests.output).not.toMatch(/lock-file\.test\.ts/);
      for (const step of ['lint', 'types', 'spec'])
        expect(tests.output).toMatch(new RegExp(`^${step} +\\d passed`, 'm'));
      expect(await isListening(port)).toBe(true);
    },
    TEST_RUN_TIMEOUT_MS,
  );

  it('[OP-8] stops the server with a TERM to npm, and keeps its data for the next start', async () => {
    const pids = clone.runningServers();
    expect(pids).toHaveLength(1);

    server.terminate();
    await server.exitCode();

    expect(pids.filter(isAlive)).toEqual([]);
    expect(clone.runningServers()).toEqual([]);
    expect(await isListening(port)).toBe(false);

    await startServer();

    expect(server.output).not.toMatch(/installing the npm packages/);
    expect(await runInShell(signIn.replace('forceloginex', 'loginex'))).toMatch(/"retcode":\s*"100-002"/);
  });
});
