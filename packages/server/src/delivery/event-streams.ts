import type { StreamBeginning, WorkNumber } from '@rollcall/contract';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Clock } from '../platform/clock.ts';
import type { AgentLogs } from './agent-logs.ts';
import { agentSnapshot } from './agent-snapshot.ts';
import { EventStream } from './event-stream.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Poll } from './poll.ts';
import { type StreamOutput, StreamWriter } from './stream-writer.ts';

/** A stream is answered this long, and up to {@link SPREAD_MS} longer, fixed per agent (rule DL-18). */
const LASTS_MS = 55_000;
const SPREAD_MS = 5_000;
/** Streams of one session that may be open beside each other (rule DL-20). */
const MOST_OF_A_SESSION = 4;

/** Who asks for a stream, and where it is to go on. */
export type StreamRequest = Pick<Poll, 'workNumber' | 'sessionId' | 'firstSequence' | 'after'>;

interface EventStreamsParts {
  readonly logs: AgentLogs;
  readonly open: OpenStreams;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

interface OpenStream {
  readonly request: StreamRequest;
  readonly stream: EventStream;
}

/** All streams of agents' events that are open on this node. */
export class EventStreams {
  readonly #parts: EventStreamsParts;
  readonly #streams = new Map<WorkNumber, OpenStream[]>();

  constructor(parts: EventStreamsParts) {
    this.#parts = parts;
  }

  /** Looks up where the stream begins; gives what opens it. Rejects when the store fails. */
  async prepare(request: StreamRequest): Promise<(output: StreamOutput) => void> {
    const { logs } = this.#parts;
    const { firstSequence, after } = request;
    if (after === null) return this.#opening(request, firstSequence - 1, { recovered: true });
    const place = await logs.placeOf(request, after);
    if (place.kind === 'behind') return this.#opening(request, place.sequence, { recovered: true });
    const { record } = place;
    const agent = record === null ? null : agentSnapshot(record, logs.epoch);
    return this.#opening(request, place.sequence, { recovered: false, agent });
  }

  #opening(
    request: StreamRequest,
    position: number,
    beginning: StreamBeginning,
  ): (output: StreamOutput) => void {
    const { logs, open, clock, warn } = this.#parts;
    const { workNumber, sessionId } = request;
    return (output) => {
      const writer = new StreamWriter(output, clock, LASTS_MS + ((workNumber * 7) % SPREAD_MS));
      const reportFault = (fault: unknown) =>
        warn('a stream of events was ended: the store failed; its client comes again', { err: fault });
      const stream = new EventStream({ workNumber, sessionId, logs, writer, reportFault }, position);
      this.#add({ request, stream });
      output.onClose(() => this.#remove(stream));
      open.add(writer);
      stream.begin(beginning);
    };
  }

  /** Tells the streams of the agents that a batch has changed. */
  wake({ records, events }: Changes): void {
    if (this.#streams.size === 0) return;
    const grown = new Map<WorkNumber, LoggedEvent[]>();
    for (const event of events) {
      const { workNumber } = event.record;
      if (!this.#streams.has(workNumber)) continue;
      const own = grown.get(workNumber);
      if (own === undefined) grown.set(workNumber, [event]);
      else own.push(event);
    }
    for (const [workNumber, own] of grown) {
      const session = records.get(workNumber)?.session;
      for (const { request, stream } of this.#streams.get(workNumber) ?? []) {
        const isOfSession =
          session?.id === request.sessionId && (own[0]?.sequence ?? 0) > session.firstSequence;
        if (isOfSession) stream.offer(own);
        else stream.wake();
      }
    }
  }

  /** Wakes the streams of agents that another node has changed. */
  wakeAgents(agents: ReadonlySet<WorkNumber>): void {
    for (const workNumber of agents) {
      for (const { stream } of this.#streams.get(workNumber) ?? []) stream.wake();
    }
  }

  /** The oldest of a session's streams makes room for the newest. */
  #add(added: OpenStream): void {
    const { workNumber, sessionId } = added.request;
    const own = this.#streams.get(workNumber) ?? [];
    this.#streams.set(workNumber, [...own, added]);
    const ofSession = own.filter(
      ({ request, stream }) => request.sessionId === sessionId && stream.writer.isOpen,
    );
    if (ofSession.length >= MOST_OF_A_SESSION) ofSession[0]?.stream.writer.end('displaced');
  }

  #remove(stream: EventStream): void {
    const left = (this.#streams.get(stream.workNumber) ?? []).filter((each) => each.stream !== stream);
    if (left.length === 0) this.#streams.delete(stream.workNumber);
    else this.#streams.set(stream.workNumber, left);
  }
}
