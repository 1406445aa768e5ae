import { expect } from 'vitest';
import { ledgerFaults, stateFaults } from './ledger-check.ts';
import type { TableReader } from './table-reader.ts';
import { readTables, type StoredAgent, type StoredEnd, type StoredPosition, type Tables } from './tables.ts';

/** Fails the test when the tables contradict one another or the log; gives what was read. */
export async function expectTablesToAgree(reader: TableReader): Promise<Tables> {
  const tables = await readTables(reader);
  expect(findFaults(tables)).toEqual([]);
  return tables;
}

/**
 * What must hold after every commit, whatever was done and whoever was killed; one sentence for each breach.
 *
 * @param takesOver phones may have been taken over: not every session holds the one that it asked for.
 */
export function findFaults(tables: Tables, takesOver = false): string[] {
  const logs = Map.groupBy(tables.events, ({ workNumber }) => workNumber);
  const ends = Map.groupBy(tables.ended, ({ workNumber }) => workNumber);
  return [
    ...tables.agents.flatMap((agent) => {
      const log = logs.get(agent.workNumber) ?? [];
      const ended = ends.get(agent.workNumber) ?? [];
      return [...logFaults(agent, log), ...rangeFaults(agent, log, ended), ...stateFaults(agent, log)];
    }),
    ...ledgerFaults(tables),
    ...feedFaults(tables),
    ...claimFaults(tables, takesOver),
    ...auditFaults(tables),
    ...tokenFaults(tables),
  ];
}

/** Positions are dense from 1 in the order of the feed, the head is their count, and time never runs backwards. */
function logFaults(
  { workNumber, head, hasHalfSession }: StoredAgent,
  log: readonly StoredPosition[],
): string[] {
  const faults = log.flatMap(({ sequence, at }, index) => [
    ...(sequence === index + 1
      ? []
      : [`agent ${workNumber}: position ${sequence} stands at place ${index + 1}`]),
    ...(at >= (log[index - 1]?.at ?? 0)
      ? []
      : [`agent ${workNumber}: time runs backwards at position ${sequence}`]),
  ]);
  if (head !== log.length) faults.push(`agent ${workNumber}: head ${head}, but ${log.length} events`);
  if (hasHalfSession) faults.push(`agent ${workNumber}: half a session in its row`);
  return faults;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly signedInAt: number;
  /** Null while the session lives. */
  readonly reason: string | null;
}

/** The sessions divide the log without gap or overlap; each begins with its sign-in and ends with its own end. */
function rangeFaults(
  agent: StoredAgent,
  log: readonly StoredPosition[],
  ended: readonly StoredEnd[],
): string[] {
  const ranges = rangesOf(agent, ended);
  const expected = ranges.flatMap(({ first, last, signedInAt, reason }) => {
    const middle = Math.max(0, last - first - (reason === null ? 0 : 1));
    const begin = 'agentSignedIn';
    const end = reason === null ? [] : [`agentSignedOut ${reason} ${signedInAt}`];
    return [begin, ...Array.from({ length: middle }, () => 'other'), ...end];
  });
  const found = log.map(({ event: { kind, reason, signedInAt } }) => {
    if (kind === 'agentSignedIn') return kind;
    return kind === 'agentSignedOut' ? `agentSignedOut ${reason} ${signedInAt}` : 'other';
  });
  const faults = ranges.flatMap(({ first }, index) => {
    const before = ranges[index - 1]?.last ?? 0;
    return first === before + 1
      ? []
      : [`agent ${agent.workNumber}: a session begins at ${first}, after ${before}`];
  });
  const wrong = Array.from({ length: Math.max(expected.length, found.length) }, (_, index) => index).find(
    (index) => expected[index] !== found[index],
  );
  if (wrong !== undefined) {
    faults.push(
      `agent ${agent.workNumber}: at position ${wrong + 1} its sessions say ${expected[wrong]}, the log ${found[wrong]}`,
    );
  }
  return faults;
}

function rangesOf({ session, head }: StoredAgent, ended: readonly StoredEnd[]): Range[] {
  const ranges: Range[] = ended.map(({ firstSequence, lastSequence, signedInAt, reason }) => ({
    first: firstSequence,
    last: lastSequence,
    signedInAt,
    reason,
  }));
  if (session !== null) {
    ranges.push({ first: session.firstSequence, last: head, signedInAt: session.signedInAt, reason: null });
  }
  return ranges.sort((one, other) => one.first - other.first);
}

/** Each tenant's feed is dense from 1 to its head. */
function feedFaults({ feeds, events }: Tables): string[] {
  return feeds.flatMap(({ tenantId, head }) => {
    const feed = events.filter((event) => event.tenantId === tenantId);
    const gap = feed.findIndex(({ feedSequence }, index) => feedSequence !== index + 1);
    const faults =
      gap < 0 ? [] : [`feed of tenant ${tenantId}: ${feed[gap]?.feedSequence} at place ${gap + 1}`];
    if (head !== feed.length)
      faults.push(`feed of tenant ${tenantId}: head ${head}, but ${feed.length} events`);
    return faults;
  });
}

/** Phones, seats and signs of life are those of live sessions, and of nobody else. */
function claimFaults({ agents, phones, licences, lifeSigns }: Tables, takesOver: boolean): string[] {
  const live = agents.flatMap(({ workNumber, tenantId, session }) =>
    session === null ? [] : [{ workNumber, tenantId, ...session }],
  );
  const held = new Set(
    live.flatMap(({ tenantId, phone, workNumber }) =>
      phone === null ? [] : [`${tenantId}/${phone}/${workNumber}`],
    ),
  );
  const rows = new Set(phones);
  const living = live.map(({ workNumber, id }) => `${workNumber}/${id}`);
  const hasSigns = living.toSorted().join() === lifeSigns.toSorted().join();
  return [
    ...(hasSigns ? [] : [`signs of life of ${lifeSigns}, but ${living} live`]),
    ...[...rows]
      .filter((phone) => !held.has(phone))
      .map((phone) => `phone ${phone} is taken, but no live session holds it`),
    ...[...held]
      .filter((phone) => !takesOver && !rows.has(phone))
      .map((phone) => `phone ${phone} of a live session is not taken`),
    ...licences.flatMap(({ tenantId, agent, video }) => {
      const seats = live.filter((session) => session.tenantId === tenantId).map((session) => session.seats);
      const seated = seats.filter((claim) => claim !== 'none').length;
      const withVideo = seats.filter((claim) => claim === 'agentAndVideo').length;
      return agent === seated && video === withVideo
        ? []
        : [`licence of tenant ${tenantId}: ${agent}/${video} counted, ${seated}/${withVideo} held`];
    }),
  ];
}

/** Every session has one line for its begin, and one for its end when it has ended. */
function auditFaults({ agents, ended, audit }: Tables): string[] {
  const live = agents.flatMap(({ session }) => (session === null ? [] : [session.id]));
  const expected = [
    ...live.map((id) => `${id} signIn`),
    ...ended.flatMap(({ sessionId, reason }) => [`${sessionId} signIn`, `${sessionId} signOut ${reason}`]),
  ].sort();
  const found = audit
    .filter(({ act }) => act.kind === 'signIn' || act.kind === 'signOut')
    .map(({ sessionId, act }) => `${sessionId} ${act.kind}${act.kind === 'signOut' ? ` ${act.reason}` : ''}`)
    .sort();
  const wrong = expected.findIndex((line, index) => line !== found[index]);
  if (wrong < 0 && expected.length === found.length) return [];
  return [`audit trail: ${expected.length} lines expected, ${found.length} found; first: ${expected[wrong]}`];
}

function tokenFaults({ agents, ended }: Tables): string[] {
  const hashes = [
    ...agents.flatMap(({ session }) => (session === null ? [] : [session.tokenHash])),
    ...ended.map(({ tokenHash }) => tokenHash),
  ];
  const distinct = new Set(hashes).size;
  return distinct === hashes.length ? [] : [`${hashes.length} sessions, but ${distinct} tokens`];
}
