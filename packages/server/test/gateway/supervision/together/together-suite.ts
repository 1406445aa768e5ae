import { describe, expect, it } from 'vitest';
import { chosenSeed, seededRandom } from '../../../faults/support/seeded-random.ts';
import { type RunningGateway, withGateway } from '../../../support/running-gateway.ts';
import type { StoreKind } from '../../../support/store-kinds.ts';
import { statusIn } from '../../agent-state/agent-in-state.ts';
import { Caller, SUPERVISED_SITE } from '../supervised-site.ts';
import type { Answered } from './acts.ts';
import { InspectorsClient, OwnClient } from './authors.ts';
import { NOBODY, type ReadEvent, type World, worldsAfter } from './linear-order.ts';
import { readLog, readTimeline, timelineFaults } from './whole-log.ts';

const IS_FULL = process.env.SCALE === 'full';
/** PostgreSQL takes longer: two nodes, and a flush of another process for each change. */
const ROUNDS = { sqlite: IS_FULL ? 5_000 : 1_000, postgres: IS_FULL ? 5_000 : 250 };
const ROUND_MS = 120;
/** In one round of so many each author acts twice. */
const LONG_ROUND_EVERY = 4;
const AGENT = 301;
/** Of a log line. */
const ERROR_LEVEL = 50;

/** What the acts of one round were answered, by author. */
type Round = readonly (readonly Answered[])[];

/** The proof of SV-14 on one store; a file each, so that both run at once. */
export function describeTogether(store: StoreKind): void {
  const rounds = ROUNDS[store];
  describe(`two inspectors and an agent at once, on ${store}`, () => {
    it(
      `${rounds} rounds: one order of their acts explains every answer and every event [SV-14]`,
      () => withNodes(store, (nodes) => actTogether(store, nodes)),
      rounds * ROUND_MS,
    );
  });
}

interface Nodes {
  readonly first: RunningGateway;
  /** Another node on PostgreSQL; the same where there can be one alone. */
  readonly second: RunningGateway;
}

function withNodes(store: StoreKind, use: (nodes: Nodes) => Promise<void>): Promise<void> {
  return withGateway({ store, site: SUPERVISED_SITE }, (first) => {
    const { databaseUrl } = first.config;
    if (databaseUrl === undefined) return use({ first, second: first });
    const environment = { ROLLCALL_DATABASE_URL: databaseUrl, ROLLCALL_NODE_NAME: 'Other' };
    return withGateway({ environment, site: null }, (second) => use({ first, second }));
  });
}

async function actTogether(store: StoreKind, { first, second }: Nodes): Promise<void> {
  const random = seededRandom(chosenSeed());
  const { seed } = random;
  console.log(`acting together, ${store}: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
  const fresh = () => seededRandom(random.below(2 ** 31));
  const agent = new OwnClient(first, AGENT, fresh());
  const [one, two] = await Promise.all([Caller.signIn(first, 201), Caller.signIn(second, 203)]);
  const inspector = new InspectorsClient({
    gateway: first,
    random: fresh(),
    caller: one,
    agent: AGENT,
    isBulk: false,
  });
  const other = new InspectorsClient({
    gateway: second,
    random: fresh(),
    caller: two,
    agent: AGENT,
    isBulk: true,
  });

  const rounds: Round[] = [[await agent.round(1)]];
  while (rounds.length <= ROUNDS[store]) {
    const acts = rounds.length % LONG_ROUND_EVERY === 0 ? 2 : 1;
    rounds.push(await Promise.all([agent, inspector, other].map((author) => author.round(acts))));
  }
  const { caller, status } = await lookAt(agent, rounds);
  const last = await other.forceAsMany({
    by: 203,
    what: 'ready',
    isForced: true,
    reason: null,
    ifHead: null,
  });
  expect(last.outcome).toBe('done');
  const log = await readLog(first, caller, last.position ?? '');

  const worlds = explain(rounds, log);
  expect(worlds.map(({ state }) => statusIn(state))).toContainEqual(status);
  expect(worldsAfter(worlds, [[last]], log).map(({ read }) => read)).toEqual([log.length]);
  expect(timelineFaults(log, await readTimeline(first, one, AGENT))).toEqual([]);
  // A constraint that steps in mends what two acts did to each other, and says so (TX-7).
  expect([...first.log, ...second.log].filter(({ level }) => Number(level) >= ERROR_LEVEL)).toEqual([]);
  console.log(`acting together, ${store}: ${tallyOf(rounds.flat(2))}; ${log.length} events`);
}

/** What the agent's own client is told of its state; it signs in again first where it is not. */
async function lookAt(agent: OwnClient, rounds: Round[]): Promise<{ caller: Caller; status: unknown }> {
  const status = await agent.status();
  if (status !== undefined) return { caller: agent.caller, status };
  rounds.push([await agent.round(1)]);
  return lookAt(agent, rounds);
}

/** The worlds behind all rounds; fails the test at the first round that no order of its acts explains. */
function explain(rounds: readonly Round[], log: readonly ReadEvent[]): readonly World[] {
  let worlds: readonly World[] = [NOBODY];
  for (const [index, round] of rounds.entries()) {
    const after = worldsAfter(worlds, round, log);
    if (after.length === 0) {
      const read = worlds[0]?.read ?? 0;
      throw new RangeError(
        `no order explains round ${index}: ${JSON.stringify({ worlds, round, log: log.slice(read, read + 8) }, null, 1)}`,
      );
    }
    worlds = after;
  }
  return worlds;
}

function tallyOf(acts: readonly Answered[]): string {
  const outcomes = Map.groupBy(acts, ({ outcome }) => outcome);
  return [...outcomes].map(([outcome, those]) => `${those.length} ${outcome}`).join(', ');
}
