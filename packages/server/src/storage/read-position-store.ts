import type { SessionId } from '@rollcall/contract/identifiers';

/** How far a session's client has received the session's own events. */
export interface ReadPosition {
  readonly sessionId: SessionId;
  /** Sequence of the newest event that was received. */
  readonly sequence: number;
}

/** Read positions of clients that poll without saying where they are, kept as long as their sessions' tokens. */
export interface ReadPositionStore {
  /** Undefined for a session that has received nothing yet. */
  findReadPosition(sessionId: SessionId): Promise<number | undefined>;
  /** One statement for all, which does not wait for the disk and moves no position back. */
  saveReadPositions(positions: readonly ReadPosition[]): Promise<void>;
}
