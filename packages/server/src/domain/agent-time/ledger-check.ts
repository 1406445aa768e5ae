import type { SessionId } from '@rollcall/contract/identifiers';
import type { AgentInterval } from '../agent-session/agent-interval.ts';
import type { AgentSession } from '../agent-session/agent-record.ts';
import type { AgentState } from '../agent-session/agent-state.ts';

/** Where the audit trail says that a session began or ended. */
export interface SessionMark {
  readonly kind: 'signIn' | 'signOut';
  readonly sessionId: SessionId;
  /** Epoch ms. */
  readonly at: number;
  /** Its place in the audit trail: of two marks of one moment the earlier has the lower. */
  readonly place: number;
}

/** How far an agent's ledger has been looked through. */
export interface LedgerPlace {
  readonly markAt: number;
  readonly markPlace: number;
  readonly beganAt: number;
}

/** Before everything that a ledger holds. */
export const LEDGER_BEGIN: LedgerPlace = {
  markAt: Number.MIN_SAFE_INTEGER,
  markPlace: Number.MIN_SAFE_INTEGER,
  beganAt: Number.MIN_SAFE_INTEGER,
};

/** What follows a place in an agent's ledger, as it was at one moment. */
export interface LedgerPortion {
  /** The session that was live at that moment. */
  readonly live: AgentSession | null;
  /** In order. */
  readonly marks: readonly SessionMark[];
  readonly hasMoreMarks: boolean;
  /** In order of their begin. */
  readonly intervals: readonly AgentInterval[];
  readonly hasMoreIntervals: boolean;
}

/** Something that does not add up. Times are epoch ms. */
export type LedgerFault =
  | {
      /** A time of a session without an interval; counted twice; counted behind its end or its present state's begin. */
      readonly kind: 'gap' | 'overlap' | 'beyondEnd';
      readonly sessionId: SessionId;
      readonly from: number;
      readonly to: number;
    }
  /** An interval of a session that was not signed in when it began, or whose state or reason there is none. */
  | { readonly kind: 'stray' | 'unknownState'; readonly interval: AgentInterval }
  /** A session that lives, or ends, without a sign-in; one that is over without an end. */
  | { readonly kind: 'noBegin' | 'noEnd'; readonly sessionId: SessionId };

const KNOWN_STATES: Readonly<Record<AgentState['kind'], 'withReason' | 'plain'>> = {
  ready: 'plain',
  notReady: 'withReason',
  resting: 'withReason',
  wrapUp: 'plain',
  engaged: 'plain',
};
const HIGHEST_REASON = 255;

interface OpenSession {
  readonly id: SessionId;
  /** Up to where its intervals reach; null before the first of a session that is older than they are. */
  readonly reached: number | null;
}

/**
 * Compares one agent's intervals with the audit trail, portion after portion (rule AT-7). Both only ever grow, and a
 * portion shows one moment, so that what changes meanwhile is seen whole or not at all.
 */
export class LedgerCheck {
  readonly #keptSince: number;
  #place = LEDGER_BEGIN;
  #open: OpenSession | null = null;
  #sessions = 0;
  #intervals = 0;
  #isDone = false;

  /** `keptSince`: epoch ms from which on intervals were written; older sessions have none of their first ones. */
  constructor(keptSince: number) {
    this.#keptSince = keptSince;
  }

  /** Where the next portion has to begin. */
  get place(): LedgerPlace {
    return this.#place;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** How much has been compared so far. */
  get counts(): { readonly sessions: number; readonly intervals: number } {
    return { sessions: this.#sessions, intervals: this.#intervals };
  }

  /** Looks through a portion as far as the order of its marks and its intervals is certain. */
  take({ live, marks, intervals, hasMoreMarks, hasMoreIntervals }: LedgerPortion): LedgerFault[] {
    const faults: LedgerFault[] = [];
    for (let taken = { marks: 0, intervals: 0 }; ; ) {
      const mark = marks[taken.marks];
      const interval = intervals[taken.intervals];
      if ((mark === undefined && hasMoreMarks) || (interval === undefined && hasMoreIntervals)) break;
      if (mark !== undefined && (interval === undefined || mark.at <= interval.beganAt)) {
        faults.push(...this.#takeMark(mark));
        taken = { ...taken, marks: taken.marks + 1 };
      } else if (interval !== undefined) {
        faults.push(...this.#takeInterval(interval));
        taken = { ...taken, intervals: taken.intervals + 1 };
      } else {
        faults.push(...this.#finish(live));
        break;
      }
    }
    return faults;
  }

  #takeMark({ kind, sessionId, at, place }: SessionMark): LedgerFault[] {
    this.#place = { ...this.#place, markAt: at, markPlace: place };
    const open = this.#open;
    if (kind === 'signIn') {
      this.#sessions++;
      this.#open = { id: sessionId, reached: at < this.#keptSince ? null : at };
      return open === null ? [] : [{ kind: 'noEnd', sessionId: open.id }];
    }
    if (open?.id !== sessionId) return [{ kind: 'noBegin', sessionId }];
    this.#open = null;
    return faultsAtEnd(open, at);
  }

  #takeInterval(interval: AgentInterval): LedgerFault[] {
    this.#intervals++;
    const { sessionId, beganAt, endedAt } = interval;
    this.#place = { ...this.#place, beganAt };
    const faults: LedgerFault[] = isKnown(interval) ? [] : [{ kind: 'unknownState', interval }];
    const open = this.#open;
    if (open?.id !== sessionId) return [...faults, { kind: 'stray', interval }];
    const reached = open.reached ?? beganAt;
    this.#open = { ...open, reached: endedAt };
    if (beganAt > reached) faults.push({ kind: 'gap', sessionId, from: reached, to: beganAt });
    if (beganAt < reached) faults.push({ kind: 'overlap', sessionId, from: beganAt, to: reached });
    return faults;
  }

  /** The interval that goes on is the live session itself: its present state follows the last closed one. */
  #finish(live: AgentSession | null): LedgerFault[] {
    this.#isDone = true;
    const open = this.#open;
    if (open !== null && open.id === live?.id) return faultsAtEnd(open, live.stateSince);
    return [
      ...(open === null ? [] : [{ kind: 'noEnd', sessionId: open.id } as const]),
      ...(live === null ? [] : [{ kind: 'noBegin', sessionId: live.id } as const]),
    ];
  }
}

function faultsAtEnd({ id: sessionId, reached }: OpenSession, end: number): LedgerFault[] {
  if (reached === null || reached === end) return [];
  return reached < end
    ? [{ kind: 'gap', sessionId, from: reached, to: end }]
    : [{ kind: 'beyondEnd', sessionId, from: end, to: reached }];
}

function isKnown({ state, reason }: AgentInterval): boolean {
  // What stands in the store may be something else than what its type says.
  const known = new Map<string, 'withReason' | 'plain'>(Object.entries(KNOWN_STATES)).get(state);
  if (known === 'plain') return reason === null;
  return known === 'withReason' && reason !== null && reason >= 0 && reason <= HIGHEST_REASON;
}
