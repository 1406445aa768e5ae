import {
  positionToText,
  type SessionId,
  STREAM_BEGINNING,
  type StreamBeginning,
  type WorkNumber,
} from '@rollcall/contract';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { AgentLogs } from './agent-logs.ts';
import type { StreamBlock, StreamWriter } from './stream-writer.ts';
import { toWireEvent } from './wire-events.ts';

/** So many events are read from the log at once. */
const READ_AT_ONCE = 50;

interface EventStreamParts {
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  readonly logs: AgentLogs;
  readonly writer: StreamWriter;
  readonly reportFault: (fault: unknown) => void;
}

/** One open stream of one session's events (rules DL-16 to DL-19). */
export class EventStream {
  readonly #parts: EventStreamParts;
  /** Everything up to here was written. */
  #position: number;
  #isReading = false;
  #mayHaveMore = false;

  constructor(parts: EventStreamParts, position: number) {
    this.#parts = parts;
    this.#position = position;
  }

  get workNumber(): WorkNumber {
    return this.#parts.workNumber;
  }

  get writer(): StreamWriter {
    return this.#parts.writer;
  }

  /** Says first whether the stream goes on where its reader was. */
  begin(beginning: StreamBeginning): void {
    this.writer.send({ name: STREAM_BEGINNING, data: JSON.stringify(beginning) });
    this.wake();
  }

  /** The log has grown by these events, of this session alone; they are written as they are where none lies before. */
  offer(events: readonly LoggedEvent[]): void {
    const [first] = events;
    const isNext = first?.sequence === this.#position + 1;
    if (isNext && !this.#isReading && this.writer.isReady) this.#write(events);
    else this.wake();
  }

  /** The log may have grown. */
  wake(): void {
    this.#mayHaveMore = true;
    if (this.#isReading || !this.writer.isOpen) return;
    this.#isReading = true;
    this.#read().catch((fault: unknown) => {
      this.#isReading = false;
      this.#parts.reportFault(fault);
      // Its client comes again by its position: nothing is lost.
      this.writer.end('fault');
    });
  }

  async #read(): Promise<void> {
    const { logs, workNumber, sessionId, writer } = this.#parts;
    while (this.#mayHaveMore && writer.isOpen) {
      this.#mayHaveMore = false;
      const { upTo, isOver } = await logs.rangeOf({ workNumber, sessionId });
      while (this.#position < upTo && writer.isOpen) {
        await writer.whenReady();
        const range = { workNumber, after: this.#position, upTo, limit: READ_AT_ONCE };
        const events = await logs.read(range);
        if (events.length === 0) break;
        // What lies between was removed just now (rule RT-3).
        if (events[0]?.sequence !== this.#position + 1) return writer.end('comeAgain');
        this.#write(events);
      }
      if (isOver) writer.end('over');
    }
    this.#isReading = false;
  }

  #write(events: readonly LoggedEvent[]): void {
    const { logs, workNumber, writer } = this.#parts;
    const blocks = events.flatMap(({ sequence, event }): StreamBlock[] => {
      const wireEvent = toWireEvent(event, workNumber);
      if (wireEvent === null) return [];
      return [{ id: positionToText({ epoch: logs.epoch, sequence }), data: JSON.stringify(wireEvent) }];
    });
    if (blocks.length > 0) writer.send(...blocks);
    this.#position = events.at(-1)?.sequence ?? this.#position;
  }
}
