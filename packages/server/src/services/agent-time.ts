import type { SessionId, TenantId, WorkNumber } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import { type AgentState, reasonOf } from '../domain/agent-session/agent-state.ts';
import { type DaySum, DaySums, type ReasonSum } from '../domain/agent-time/day-sums.ts';
import { DAY_MS } from '../domain/durations.ts';
import type { Calendar } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { TenantDefinition } from '../site/site-file.ts';
import type { AgentTimeStore } from '../storage/agent-time-store.ts';
import type { SiteStore } from '../storage/site-store.ts';
import type { Leases } from './leases.ts';

interface AgentTimesParts {
  readonly store: Pick<AgentTimeStore, 'readAgentTime'> & Pick<SiteStore, 'findTenant'>;
  readonly leases: Pick<Leases, 'storeTimeMs'>;
  readonly calendar: Calendar;
  readonly clock: Pick<Clock, 'after'>;
}

/** Whose time is asked for; null stands for a bound that was left out. */
export interface AgentTimeQuery<Bound> {
  readonly tenantId: TenantId;
  readonly workNumber: WorkNumber;
  readonly from: Bound | null;
  readonly to: Bound | null;
}

/** An interval of a timeline; epoch ms, `endedAt` null for the one that goes on. */
export interface TimelineInterval {
  readonly sessionId: SessionId;
  readonly state: AgentState['kind'];
  readonly reason: number | null;
  readonly beganAt: number;
  readonly endedAt: number | null;
}

export type AgentTimeRefusal = {
  readonly kind: 'noSuchAgent' | 'noSuchTenant' | 'endsBeforeItBegins' | 'tooLong';
};

export interface Timeline {
  readonly kind: 'timeline';
  readonly from: number;
  readonly to: number;
  /** The moment of which this tells, by the store's time. */
  readonly asOf: number;
  readonly intervals: readonly TimelineInterval[];
  /** Where to go on; null: this is all. */
  readonly next: number | null;
}

/** A day with the labels that the tenant has given its reasons. */
export interface LabelledDay extends Omit<DaySum, 'reasons'> {
  readonly reasons: readonly (ReasonSum & { readonly label: string | null })[];
}

export interface AgentDays {
  readonly kind: 'days';
  readonly timeZone: string;
  readonly asOf: number;
  readonly days: readonly LabelledDay[];
}

const MOST_INTERVALS = 1_000;
/** The longest time that one timeline covers. */
export const LONGEST_TIMELINE_DAYS = 31;
/** The most days that are summed up at once. */
export const MOST_DAYS = 62;

/** What agents did with their time (docs/spec/agent-time.md). */
export class AgentTimes {
  readonly #parts: AgentTimesParts;

  constructor(parts: AgentTimesParts) {
    this.#parts = parts;
  }

  /** The intervals that overlap a time, whole and in order (rule AT-4). */
  async timeline(query: AgentTimeQuery<number>): Promise<Timeline | AgentTimeRefusal> {
    const { store, leases } = this.#parts;
    const { tenantId, workNumber } = query;
    // Asked for before the agent is read: what is read then is certainly all that happened until this moment.
    const nowMs = leases.storeTimeMs();
    const from = query.from ?? (query.to ?? nowMs) - DAY_MS;
    const before = query.to ?? Number.MAX_SAFE_INTEGER;
    const time = await store.readAgentTime({ workNumber, from, to: before, limit: MOST_INTERVALS + 1 });
    if (time?.record.tenantId !== tenantId) return { kind: 'noSuchAgent' };
    const asOf = Math.max(nowMs, time.record.changedAt);
    const to = query.to ?? asOf;
    if (from > to) return { kind: 'endsBeforeItBegins' };
    if (to - from > LONGEST_TIMELINE_DAYS * DAY_MS) return { kind: 'tooLong' };
    const open = openInterval(time.record);
    const all: TimelineInterval[] = [...time.closed];
    if (open !== null && open.beganAt < before && asOf >= from) all.push({ ...open, endedAt: null });
    const next = all[MOST_INTERVALS]?.beganAt ?? null;
    return { kind: 'timeline', from, to, asOf, intervals: all.slice(0, MOST_INTERVALS), next };
  }

  /** One summary for each day of the tenant's time zone (rule AT-5). */
  async days(query: AgentTimeQuery<string>): Promise<AgentDays | AgentTimeRefusal> {
    const { store, leases, calendar } = this.#parts;
    const tenant = await store.findTenant(query.tenantId);
    if (tenant === undefined) return { kind: 'noSuchTenant' };
    const { timeZone } = tenant.definition;
    const nowMs = leases.storeTimeMs();
    const today = calendar.dayAt(timeZone, nowMs);
    const [first, last] = [query.from ?? today, query.to ?? today];
    const count = calendar.countDays(first, last);
    if (count < 1) return { kind: 'endsBeforeItBegins' };
    if (count > MOST_DAYS) return { kind: 'tooLong' };
    const days = calendar.days(timeZone, first, last);
    const sums = new DaySums(days);
    const range = { from: days[0]?.from ?? nowMs, to: days.at(-1)?.to ?? nowMs };
    const record = await this.#sumUp(query, range, sums);
    if (record === undefined) return { kind: 'noSuchAgent' };
    const asOf = Math.max(nowMs, record.changedAt);
    const open = openInterval(record);
    if (open !== null) sums.add({ ...open, endedAt: asOf });
    const labels = labelsOf(tenant.definition);
    return {
      kind: 'days',
      timeZone,
      asOf,
      days: sums.sums().map((day) => ({
        ...day,
        reasons: day.reasons.map((each) => ({ ...each, label: labels.get(labelKey(each)) ?? null })),
      })),
    };
  }

  /**
   * Adds up what is over, in portions, so that others are served in between. Intervals are never changed: each portion
   * goes on from the one before, and the record that came with the last is what follows them all.
   */
  async #sumUp(
    { tenantId, workNumber }: AgentTimeQuery<string>,
    range: { readonly from: number; readonly to: number },
    sums: DaySums,
  ): Promise<AgentRecord | undefined> {
    const { store, clock } = this.#parts;
    let { from } = range;
    for (;;) {
      const time = await store.readAgentTime({ workNumber, from, to: range.to, limit: MOST_INTERVALS });
      if (time?.record.tenantId !== tenantId) return undefined;
      for (const interval of time.closed) sums.add(interval);
      const last = time.closed.at(-1);
      if (last === undefined || time.closed.length < MOST_INTERVALS) return time.record;
      from = last.endedAt;
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  }
}

/** The interval that goes on. */
function openInterval({ session }: AgentRecord): Omit<TimelineInterval, 'endedAt'> | null {
  if (session === null) return null;
  const { id: sessionId, state, stateSince: beganAt } = session;
  return { sessionId, state: state.kind, reason: reasonOf(state), beganAt };
}

function labelKey({ state, reason }: Pick<ReasonSum, 'state' | 'reason'>): string {
  return `${state} ${reason}`;
}

function labelsOf({ notReadyReasons, restReasons }: TenantDefinition): ReadonlyMap<string, string> {
  return new Map([
    ...notReadyReasons.map(({ reason, label }) => [labelKey({ state: 'notReady', reason }), label] as const),
    ...restReasons.map(({ reason, label }) => [labelKey({ state: 'resting', reason }), label] as const),
  ]);
}
