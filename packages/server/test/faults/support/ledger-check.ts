import type { StoredAgent, StoredInterval, StoredPosition, Tables } from './tables.ts';

/** A state as the log tells it. */
interface LoggedState {
  readonly kind: string;
  readonly reason: number | null;
  /** Whether the agent was reminded of a rest that is over. */
  readonly isReminded: boolean;
}

const NO_STATE: LoggedState = { kind: 'none', reason: null, isReminded: false };

/**
 * The state of a live session is what its events lead to, and something is due while it is: at the end of a rest of
 * which the agent was not reminded yet, and at the limit of a wrap-up. What is pending has no event.
 */
export function stateFaults({ workNumber, session }: StoredAgent, log: readonly StoredPosition[]): string[] {
  if (session === null) return [];
  let logged = NO_STATE;
  for (const { event } of log.slice(session.firstSequence - 1)) logged = stateAfter(logged, event);
  const { kind, reason, until, deadlineAt } = session.state;
  const due = logged.isReminded ? null : until;
  return [
    ...(logged.kind === kind && logged.reason === reason
      ? []
      : [`agent ${workNumber}: its row says ${kind} ${reason}, its log ${logged.kind} ${logged.reason}`]),
    ...(deadlineAt === due
      ? []
      : [`agent ${workNumber}: something is due at ${deadlineAt}, by its log at ${due}`]),
  ];
}

function stateAfter(before: LoggedState, { kind, reason }: StoredPosition['event']): LoggedState {
  switch (kind) {
    case 'agentBecameNotReady':
      return { kind: 'notReady', reason: Number(reason), isReminded: false };
    case 'agentBeganRest':
      return { kind: 'resting', reason: Number(reason), isReminded: false };
    case 'restRanOut':
      return { ...before, isReminded: true };
    case 'agentEnteredWrapUp':
    case 'agentRequestedWrapUp':
      return { ...NO_STATE, kind: 'wrapUp' };
    case 'agentEngaged':
      return { ...NO_STATE, kind: 'engaged' };
    // These two are told of what was pending too.
    case 'agentLeftNotReady':
      return before.kind === 'notReady' ? { ...NO_STATE, kind: 'ready' } : before;
    case 'agentLeftRest':
      return before.kind === 'resting' ? { ...NO_STATE, kind: 'ready' } : before;
    case 'signInReadyAnnounced':
    case 'agentBecameReady':
    case 'agentLeftWrapUp':
      return { ...NO_STATE, kind: 'ready' };
    default:
      return before;
  }
}

interface WholeSession {
  readonly id: string;
  readonly workNumber: number;
  readonly firstSequence: number;
  /** Null while the session lives: its last position is the log's then. */
  readonly lastSequence: number | null;
  readonly signedInAt: number;
  /** Its end, or since when its present interval goes on. */
  readonly until: number;
}

/** The intervals of every session are those that its events tell of, and add up to its time (AT-1, AT-2). */
export function ledgerFaults({ agents, ended, events, intervals }: Tables): string[] {
  const logs = Map.groupBy(events, ({ workNumber }) => workNumber);
  const ledger = Map.groupBy(intervals, ({ sessionId }) => sessionId);
  const sessions: readonly WholeSession[] = [
    ...ended.map(({ sessionId: id, endedAt: until, ...rest }) => ({ ...rest, id, until })),
    ...agents.flatMap(({ workNumber, session }) =>
      session === null ? [] : [{ ...session, workNumber, lastSequence: null, until: session.stateSince }],
    ),
  ];
  const known = new Set(sessions.map(({ id }) => id));
  return [
    ...sessions.flatMap((session) => {
      const log = (logs.get(session.workNumber) ?? []).slice(
        session.firstSequence - 1,
        session.lastSequence ?? undefined,
      );
      const own = ledger.get(session.id) ?? [];
      return [...sumFaults(session, own), ...tellingFaults(session, log, own)];
    }),
    ...intervals
      .filter(({ sessionId }) => !known.has(sessionId))
      .map(({ workNumber, beganAt }) => `agent ${workNumber}: an interval of no session, at ${beganAt}`),
  ];
}

/** From the sign-in to the end without gap or overlap, in intervals that have a length. */
function sumFaults(
  { workNumber, signedInAt, until }: WholeSession,
  intervals: readonly StoredInterval[],
): string[] {
  const faults: string[] = [];
  let reached = signedInAt;
  for (const { beganAt, endedAt } of intervals) {
    if (beganAt !== reached) {
      faults.push(
        `agent ${workNumber}: an interval begins at ${beganAt}, the one before ended at ${reached}`,
      );
    }
    if (endedAt <= beganAt) faults.push(`agent ${workNumber}: an interval of no length at ${beganAt}`);
    reached = endedAt;
  }
  if (reached !== until)
    faults.push(`agent ${workNumber}: its intervals end at ${reached}, its time at ${until}`);
  return faults;
}

/** Every change of state or reason is told by an event at its time. */
function tellingFaults(
  { workNumber, signedInAt, lastSequence, until }: WholeSession,
  log: readonly StoredPosition[],
  intervals: readonly StoredInterval[],
): string[] {
  const told: Pick<StoredInterval, 'state' | 'reason' | 'beganAt' | 'endedAt'>[] = [];
  let state = NO_STATE;
  let since = signedInAt;
  const close = (at: number) => {
    if (at > since) told.push({ state: state.kind, reason: state.reason, beganAt: since, endedAt: at });
    since = at;
  };
  for (const { event, at } of log) {
    const next = stateAfter(state, event);
    if (next.kind !== state.kind || next.reason !== state.reason) close(at);
    state = next;
  }
  if (lastSequence !== null) close(until);
  const found = intervals.map(({ state, reason, beganAt, endedAt }) => ({ state, reason, beganAt, endedAt }));
  const wrong = Array.from({ length: Math.max(told.length, found.length) }, (_, index) => index).find(
    (index) => JSON.stringify(told[index]) !== JSON.stringify(found[index]),
  );
  if (wrong === undefined && since === until) return [];
  return [
    wrong === undefined
      ? `agent ${workNumber}: its present interval goes on since ${until}, by its log since ${since}`
      : `agent ${workNumber}: the log tells of ${JSON.stringify(told[wrong])}, its interval is ${JSON.stringify(found[wrong])}`,
  ];
}
