const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What has to be ended and removed when a run is over, also when a signal breaks it off; last come, first done. */
export class Cleanup {
  readonly #tasks: (() => void)[] = [];

  constructor() {
    for (const signal of SIGNALS) process.once(signal, () => this.#endBySignal(signal));
  }

  add(task: () => void): void {
    this.#tasks.push(task);
  }

  /** Does every task once. */
  run(): void {
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task();
  }

  #endBySignal(signal: NodeJS.Signals): void {
    this.run();
    process.kill(process.pid, signal);
  }
}
