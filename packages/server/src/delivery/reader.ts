import type { SessionId, WorkNumber } from '@rollcall/contract';
import type { Cancel } from '../platform/clock.ts';
import type { PollAnswer, PollConnection } from './poll.ts';

/** How far one session's events have been read: by polls that consume them, or by those that say where they are. */
export interface Reader {
  readonly workNumber: WorkNumber;
  readonly sessionId: SessionId;
  /** Sequence of the newest event that was received, as far as this side can tell (rule DL-6). */
  position: number;
  /** The answer that was written last, until it is known to have arrived or not. */
  answered: { readonly sequence: number; readonly connection: PollConnection; readonly atMs: number } | null;
  held: HeldPoll | null;
  lastPollMs: number;
  /** When a newer poll last took the place of a held one. */
  displacedMs: number;
}

export interface HeldPoll {
  readonly reader: Reader;
  readonly connection: PollConnection;
  readonly beganMs: number;
  settle(answer: PollAnswer): void;
  fail(cause: unknown): void;
  takeBack: Cancel;
}

/** A reader that has received everything up to `position`. */
export function newReader(
  { workNumber, sessionId }: Pick<Reader, 'workNumber' | 'sessionId'>,
  position: number,
): Reader {
  return {
    workNumber,
    sessionId,
    position,
    answered: null,
    held: null,
    lastPollMs: 0,
    displacedMs: Number.NEGATIVE_INFINITY,
  };
}

/**
 * What the session's next poll tells of the answer before it: it has arrived, or is given again (rule DL-6).
 * True when the position has moved.
 */
export function takeReceipt(reader: Reader, connection: PollConnection): boolean {
  const { answered, position } = reader;
  if (answered === null) return false;
  reader.answered = null;
  if (hasArrived(answered, connection)) reader.position = Math.max(position, answered.sequence);
  return reader.position > position;
}

/** Whether an answer has arrived, as far as the next poll tells (rule DL-6). */
export function hasArrived(
  answered: Pick<NonNullable<Reader['answered']>, 'connection' | 'atMs'>,
  next: PollConnection,
): boolean {
  const { connection, atMs } = answered;
  if (connection === next) return true;
  // Nobody asks anew on a connection before the answer on it has been read; on a shared one others do.
  if (connection.heardAtMs > atMs && !connection.isShared) return true;
  switch (connection.state) {
    case 'closed':
      return true;
    case 'broken':
      return false;
    case 'open':
      // A newer connection beside one that stands open and silent: perhaps the client has given that up.
      return connection.isShared || next.openedAtMs <= atMs;
  }
}
