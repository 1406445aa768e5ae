import type { SessionId, WorkNumber } from '@rollcall/contract';
import type { PushedSession } from '../storage/event-push-store.ts';
import type { Lane } from './push-lanes.ts';

/** One session whose events this node sends. */
export interface PushTarget extends Lane {
  readonly push: PushedSession;
  /** Sequence of the newest event that was received. */
  position: number;
  /** How far the session's events are known to reach. */
  upTo: number;
  /** No more can come. */
  isOver: boolean;
  /** The store has to be asked how far they reach. */
  mustLook: boolean;
}

/** The sessions whose events this node sends, by their agents. */
export class PushTargets {
  readonly #bySession = new Map<SessionId, PushTarget>();
  readonly #byAgent = new Map<WorkNumber, Set<PushTarget>>();

  add(push: PushedSession): PushTarget {
    const { receiver, position, head: upTo, workNumber, isLive } = push;
    const target: PushTarget = { receiver, push, position, upTo, isOver: false, mustLook: !isLive };
    this.#bySession.set(push.sessionId, target);
    const ofAgent = this.#byAgent.get(workNumber) ?? new Set();
    this.#byAgent.set(workNumber, ofAgent.add(target));
    return target;
  }

  remove(target: PushTarget): void {
    const { sessionId, workNumber } = target.push;
    if (this.has(target)) this.#bySession.delete(sessionId);
    const ofAgent = this.#byAgent.get(workNumber);
    ofAgent?.delete(target);
    if (ofAgent?.size === 0) this.#byAgent.delete(workNumber);
  }

  has(target: PushTarget): boolean {
    return this.#bySession.get(target.push.sessionId) === target;
  }

  find(sessionId: SessionId): PushTarget | undefined {
    return this.#bySession.get(sessionId);
  }

  ofAgent(workNumber: WorkNumber): readonly PushTarget[] {
    return [...(this.#byAgent.get(workNumber) ?? [])];
  }

  all(): readonly PushTarget[] {
    return [...this.#bySession.values()];
  }

  /** Sessions of the same agent, at the same URL, that were before this one. */
  earlierThan({ push, position }: PushTarget): readonly PushTarget[] {
    return this.ofAgent(push.workNumber).filter(
      (other) =>
        other.push.sessionId !== push.sessionId && other.push.url === push.url && other.position < position,
    );
  }
}
