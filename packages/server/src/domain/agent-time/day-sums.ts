import type { AgentInterval } from '../agent-session/agent-interval.ts';
import type { AgentState } from '../agent-session/agent-state.ts';

/** A day, from its first moment, included, to that of the next: epoch ms. */
export interface DayBounds {
  readonly day: string;
  readonly from: number;
  readonly to: number;
}

/** How long an agent was in one state for one reason. */
export interface ReasonSum {
  readonly state: AgentState['kind'];
  readonly reason: number;
  readonly ms: number;
}

/** What an agent did with one day. */
export interface DaySum extends DayBounds {
  /** The sum of the states. */
  readonly signedInMs: number;
  readonly states: Readonly<Record<AgentState['kind'], number>>;
  /** By state, then by reason. */
  readonly reasons: readonly ReasonSum[];
}

const NOTHING: DaySum['states'] = { ready: 0, notReady: 0, resting: 0, wrapUp: 0, engaged: 0 };

interface OpenDay {
  readonly bounds: DayBounds;
  readonly states: Record<AgentState['kind'], number>;
  readonly reasons: Map<string, ReasonSum>;
}

/** Sums intervals into days: one that lies in several counts in each for its part (rule AT-5). */
export class DaySums {
  readonly #days: readonly OpenDay[];

  constructor(days: readonly DayBounds[]) {
    this.#days = days.map((bounds) => ({ bounds, states: { ...NOTHING }, reasons: new Map() }));
  }

  add({
    state,
    reason,
    beganAt,
    endedAt,
  }: Pick<AgentInterval, 'state' | 'reason' | 'beganAt' | 'endedAt'>): void {
    for (const { bounds, states, reasons } of this.#days) {
      const ms = Math.min(endedAt, bounds.to) - Math.max(beganAt, bounds.from);
      if (ms <= 0) continue;
      states[state] += ms;
      if (reason === null) continue;
      const key = `${state} ${reason}`;
      reasons.set(key, { state, reason, ms: ms + (reasons.get(key)?.ms ?? 0) });
    }
  }

  /** One sum a day, in order. */
  sums(): DaySum[] {
    return this.#days.map(({ bounds, states, reasons }) => ({
      ...bounds,
      signedInMs: Object.values(states).reduce((sum, ms) => sum + ms, 0),
      states,
      reasons: [...reasons.values()].toSorted(
        (one, other) => one.state.localeCompare(other.state) || one.reason - other.reason,
      ),
    }));
  }
}
