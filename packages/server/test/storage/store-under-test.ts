import { expect } from 'vitest';
import type { SignInSettings } from '../../src/domain/agent-session/agent-record.ts';
import type { Store } from '../../src/storage/store.ts';

/** A database of one test, with stores opened on it and a way past them. */
export interface StoreUnderTest {
  /** Another store on the same database; closed at the end of the test where it is still open. */
  open(): Promise<Store>;
  /** One statement, past the store. Both databases understand the statements of the suite. */
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
}

/** Runs a test with a database of its own, which is gone afterwards. */
export type WithStore = (test: (database: StoreUnderTest) => Promise<void>) => Promise<void>;

/** Every table that batches write, in an order of its own; the audit trail without the numbers of its rows. */
export async function readTables(database: StoreUnderTest) {
  const query = (sql: string) => database.query(sql);
  return {
    agents: await query('SELECT * FROM agent ORDER BY work_number'),
    phones: await query('SELECT * FROM phone ORDER BY tenant_id, number'),
    lifeSigns: await query('SELECT * FROM life_sign ORDER BY work_number'),
    licences: await query('SELECT * FROM licence ORDER BY tenant_id'),
    feeds: await query('SELECT * FROM feed ORDER BY tenant_id'),
    events: await query('SELECT * FROM agent_event ORDER BY tenant_id, feed_sequence'),
    intervals: await query('SELECT * FROM agent_interval ORDER BY work_number, began_at'),
    notes: await query('SELECT * FROM waiting_note ORDER BY work_number, place'),
    boards: await query('SELECT * FROM bulletin_board ORDER BY tenant_id'),
    bulletins: await query('SELECT * FROM bulletin ORDER BY tenant_id, place'),
    ended: await query('SELECT * FROM ended_session ORDER BY session_id'),
    audit: await query(
      'SELECT tenant_id, work_number, session_id, at, act FROM audit_entry ORDER BY audit_id',
    ),
  };
}

type Tables = Awaited<ReturnType<typeof readTables>>;
type Row = Readonly<Record<string, unknown>>;

/** What must hold between the tables after every commit, whatever was done (rules TX-4, TX-5, TX-11). */
export async function expectConsistent(database: StoreUnderTest): Promise<void> {
  const tables = await readTables(database);
  const live = tables.agents.filter(({ session_id: id }) => id !== null);
  expect(tables.phones).toEqual(phonesOf(live));
  expect(tables.lifeSigns.map(({ work_number: agent, session_id: session }) => [agent, session])).toEqual(
    live.map((agent) => [agent.work_number, agent.session_id]),
  );
  expect(tables.licences).toEqual(tables.licences.map(({ tenant_id: id }) => seatsOf(id, live)));
  for (const { tenant_id: id, head } of tables.feeds) {
    const feed = tables.events.filter((event) => event.tenant_id === id);
    expect(feed.map((event) => event.feed_sequence)).toEqual(oneTo(Number(head)));
  }
  for (const agent of tables.agents) expectOwnLog(tables, agent);
  expectIntervalsToAddUp(tables);
}

/** The agent's positions are dense in the order of the feed, and its sessions divide its log without a gap. */
function expectOwnLog(tables: Tables, agent: Row): void {
  const ofAgent = (row: Row) => row.work_number === agent.work_number;
  const log = tables.events.filter(ofAgent).map(({ sequence }) => sequence);
  expect(log).toEqual(oneTo(Number(agent.log_head)));
  const ranges = tables.ended
    .filter(ofAgent)
    .map(({ first_sequence: first, last_sequence: last }) => ({ first: Number(first), last: Number(last) }));
  if (agent.session_id !== null)
    ranges.push({ first: Number(agent.first_sequence), last: Number(agent.log_head) });
  ranges.sort((one, other) => one.first - other.first);
  expect(
    ranges.flatMap(({ first, last }) => oneTo(last - first + 1).map((place) => first - 1 + place)),
  ).toEqual(log);
}

/** Each session's intervals go from its sign-in to its end, or to where its present one begins (rules AT-1, AT-2). */
function expectIntervalsToAddUp({ agents, ended, intervals }: Tables): void {
  const sessions = [
    ...ended.map((each) => [each.session_id, each.signed_in_at, each.ended_at]),
    ...agents
      .filter(({ session_id: id }) => id !== null)
      .map((each) => [each.session_id, each.signed_in_at, each.state_since]),
  ];
  const walked = sessions.map(([id, from, to]) => {
    const own = intervals.filter(({ session_id: session }) => session === id);
    const end = own.reduce(
      (reached, { began_at: begin, ended_at: next }) => (begin === reached ? Number(next) : Number.NaN),
      Number(from),
    );
    return { id, to: Number(to), end, intervals: own.length };
  });
  expect(walked.map(({ id, end }) => [id, end])).toEqual(walked.map(({ id, to }) => [id, to]));
  expect(walked.reduce((sum, each) => sum + each.intervals, 0)).toBe(intervals.length);
}

function phonesOf(live: readonly Row[]): Row[] {
  return live
    .map((agent) => ({
      tenant_id: agent.tenant_id,
      number: (JSON.parse(String(agent.settings)) as SignInSettings).phoneNumber,
      work_number: agent.work_number,
      shared: 0,
    }))
    .filter(({ number }) => number !== null)
    .sort((one, other) => keyOf(one).localeCompare(keyOf(other)));
}

function keyOf({ tenant_id: tenantId, number }: Row): string {
  return `${tenantId}/${number}`;
}

function seatsOf(tenantId: unknown, live: readonly Row[]): Row {
  const claims = live.filter((agent) => agent.tenant_id === tenantId).map(({ seats }) => seats);
  return {
    tenant_id: tenantId,
    agent_used: claims.filter((claim) => claim !== 'none').length,
    video_used: claims.filter((claim) => claim === 'agentAndVideo').length,
  };
}

function oneTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
