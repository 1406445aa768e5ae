import type { EventPosition, SessionId, WorkNumber } from '@rollcall/contract';
import type { LoggedEvent } from '../domain/agent-session/agent-event.ts';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { AgentStore, EventRange } from '../storage/agent-store.ts';

/** Whose events are read: those of one session, or behind a place of its agent's log. */
export interface ReadSession {
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  readonly firstSequence: number;
}

/** Where a reader goes on that names its place. */
export type Place =
  | { readonly kind: 'behind'; readonly sequence: number }
  /** It cannot go on there (rule DL-13): it begins behind `sequence`, the place before the oldest that it can be given. */
  | { readonly kind: 'lost'; readonly sequence: number; readonly record: AgentRecord | null };

interface AgentLogsParts {
  readonly store: Pick<AgentStore, 'findAgent' | 'findEndedSessionById' | 'findOldestKept' | 'readEvents'>;
  /** Name of this history of the logs. */
  readonly epoch: string;
}

/** What every reader of an agent's log has to know: how far it may read, and where it goes on. */
export class AgentLogs {
  readonly epoch: string;
  readonly #store: AgentLogsParts['store'];

  constructor({ store, epoch }: AgentLogsParts) {
    this.#store = store;
    this.epoch = epoch;
  }

  read(range: EventRange): Promise<readonly LoggedEvent[]> {
    return this.#store.readEvents(range);
  }

  /** How far the session's own events reach, and whether more can come. */
  async rangeOf({
    workNumber,
    sessionId,
  }: Pick<ReadSession, 'workNumber' | 'sessionId'>): Promise<{ upTo: number; isOver: boolean }> {
    const record = await this.#store.findAgent(workNumber);
    if (record?.session?.id === sessionId) return { upTo: record.head, isOver: false };
    const ended = await this.#store.findEndedSessionById(sessionId);
    return { upTo: ended?.lastSequence ?? 0, isOver: true };
  }

  /**
   * With the token of a live session the whole log of its agent is open, with that of an ended one its own range and
   * nothing else (rules DL-12 to DL-14).
   */
  async placeOf(
    { workNumber, sessionId, firstSequence }: ReadSession,
    { epoch, sequence }: EventPosition,
  ): Promise<Place> {
    const isOfThisLog = epoch === this.epoch;
    const record = await this.#store.findAgent(workNumber);
    if (record?.session?.id === sessionId) {
      const beforeOldest = ((await this.#store.findOldestKept(workNumber)) ?? record.head + 1) - 1;
      const isKept = isOfThisLog && sequence >= beforeOldest && sequence <= record.head;
      return isKept ? { kind: 'behind', sequence } : { kind: 'lost', sequence: beforeOldest, record };
    }
    const { upTo } = await this.rangeOf({ workNumber, sessionId });
    const isInRange = isOfThisLog && sequence >= firstSequence && sequence <= upTo;
    return isInRange
      ? { kind: 'behind', sequence }
      : { kind: 'lost', sequence: firstSequence - 1, record: null };
  }
}
