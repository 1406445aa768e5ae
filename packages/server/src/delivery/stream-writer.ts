import { STREAM_END, type StreamEnd, type StreamEndReason } from '@rollcall/contract';
import type { Clock } from '../platform/clock.ts';

/** Where a stream goes: the answer to one request. */
export interface StreamOutput {
  /** False when the client is behind: nothing more should be written before `onDrain` is called. */
  write(text: string): boolean;
  /** `closesConnection`: nobody may ask anew on it. */
  end(text: string, closesConnection: boolean): void;
  destroy(): void;
  onDrain(run: () => void): void;
  /** Called once when the answer has ended or its connection is gone. */
  onClose(run: () => void): void;
}

/** One block of a stream of server-sent events. */
export interface StreamBlock {
  readonly name?: string;
  readonly id?: string;
  /** JSON without line breaks. */
  readonly data: string;
}

/** A client that takes nothing for this long is told that it is too slow (rule DL-19). */
const SLOW_AFTER_MS = 20_000;
/** What was written last may wait this long for its client. */
const LAST_WORD_MS = 20_000;
/** A quiet stream says this often that it is there (rule DL-21). */
const QUIET_MS = 10_000;
const COMMENT = ': \n\n';
/** Clients that reconnect by themselves wait this long. */
const RECONNECT_MS = 500;

/** Writes blocks, and knows whether its client takes them. */
export class StreamWriter {
  readonly #output: StreamOutput;
  readonly #clock: Clock;
  readonly #endsAtMs: number;
  #wroteMs: number;
  #behindSinceMs: number | null = null;
  #endedMs: number | null = null;
  #isClosed = false;
  #whenReady: (() => void)[] = [];

  /** `lastsMs`: then the client is asked to come again. */
  constructor(output: StreamOutput, clock: Clock, lastsMs: number) {
    this.#output = output;
    this.#clock = clock;
    this.#wroteMs = clock.monotonicMs();
    this.#endsAtMs = this.#wroteMs + lastsMs;
    output.onDrain(() => {
      this.#behindSinceMs = null;
      this.#release();
    });
    output.onClose(() => {
      this.#isClosed = true;
      this.#release();
    });
    output.write(`retry: ${RECONNECT_MS}\n\n`);
  }

  /** Whether blocks still go out. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#endedMs === null;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the client has taken what was written. */
  get isReady(): boolean {
    return this.#behindSinceMs === null;
  }

  /** Resolves when the client has taken what was written, or the stream is no longer open. */
  whenReady(): Promise<void> {
    if (this.isReady || !this.isOpen) return Promise.resolve();
    return new Promise((resolve) => this.#whenReady.push(resolve));
  }

  send(...blocks: readonly StreamBlock[]): void {
    this.#write(blocks.map(textOf).join(''));
  }

  /** The last block says why. */
  end(reason: StreamEndReason): void {
    if (!this.isOpen) return;
    this.#endedMs = this.#clock.monotonicMs();
    const data = JSON.stringify({ reason } satisfies StreamEnd);
    this.#output.end(textOf({ name: STREAM_END, data }), reason === 'restarting' || reason === 'slow');
    this.#release();
  }

  /** To be called about once a second. */
  tick(nowMs: number): void {
    if (this.#endedMs !== null) {
      if (nowMs - this.#endedMs >= LAST_WORD_MS) this.#output.destroy();
    } else if (this.#behindSinceMs !== null && nowMs - this.#behindSinceMs >= SLOW_AFTER_MS) {
      this.end('slow');
    } else if (nowMs >= this.#endsAtMs) {
      this.end('comeAgain');
    } else if (nowMs - this.#wroteMs >= QUIET_MS) {
      this.#write(COMMENT);
    }
  }

  #write(text: string): void {
    if (!this.isOpen) return;
    this.#wroteMs = this.#clock.monotonicMs();
    if (!this.#output.write(text)) this.#behindSinceMs ??= this.#wroteMs;
  }

  #release(): void {
    for (const resolve of this.#whenReady.splice(0)) resolve();
  }
}

function textOf({ name, id, data }: StreamBlock): string {
  const lines = [
    ...(name === undefined ? [] : [`event: ${name}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
  ];
  return `${[...lines, `data: ${data}`].join('\n')}\n\n`;
}
