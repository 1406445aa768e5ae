import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A process with everything it has printed so far, both streams in the order they were written. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';

  constructor(commandLine: readonly [string, ...string[]], options: CommandOptions) {
    const inOnePipe = ['-c', 'exec "$0" "$@" 2>&1', ...commandLine];
    this.#child = spawn('/bin/sh', inOnePipe, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      this.#child.emit('printed');
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the first match in the output; fails when the process ends without printing one. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      const ended = await Promise.race([once(this.#child, 'printed'), this.#closed.then(() => 'ended')]);
      if (ended === 'ended' && !pattern.test(this.#output)) {
        throw new CommandEndedError(`ended without printing ${pattern}:\n${this.#output}`);
      }
    }
  }

  /** The exit code, or `null` when a signal ended the process; all output has been read by then. */
  async exitCode(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }
}

export class CommandEndedError extends Error {}

export async function runCommand(
  commandLine: readonly [string, ...string[]],
  options: CommandOptions,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const command = new RunningCommand(commandLine, options);
  return { exitCode: await command.exitCode(), output: command.output };
}
