import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StoreKind } from '../../support/store-kinds.ts';
import { AgentDriver } from './agent-driver.ts';
import { foundOf } from './agent-model.ts';
import { agentNumbers, type Installation, type RunningNode, withInstallation } from './installation.ts';
import { chosenSeed, type SeededRandom, seededRandom } from './seeded-random.ts';
import { expectTablesToAgree } from './table-check.ts';
import { untilGone } from './table-reader.ts';
import { until } from './waiting.ts';

const ROUNDS = process.env.SCALE === 'full' ? 100 : 8;
const TIMEOUT_MS = ROUNDS * 15_000;
const AGENTS = 40;
/** Fewer than agents, so that they compete. */
const PHONES = Array.from({ length: 25 }, (_, index) => String(40_001 + index));
/** Changes that are acknowledged in a round before the server is killed: from the very first on. */
const [FEWEST, MOST] = [1, 250];
/** The kill comes up to so much later, anywhere in the life of a batch. */
const LATEST_KILL_MS = 12;
const LOAD_MS = 20_000;

/** The proof of rules DU-1 and DU-2 for one store; a file each, so that both run at the same time. */
export function describeKill9(store: StoreKind): void {
  describe(`kill -9 under load with ${store}`, () => {
    it(
      `[DU-1] [DU-2] ${ROUNDS} rounds lose no acknowledged change and leave nothing half done`,
      () =>
        withInstallation({ store, agents: AGENTS, startsOften: true }, async (installation) => {
          const random = seededRandom(chosenSeed());
          console.log(`kill -9, ${store}: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`);
          const tally = { acknowledged: 0, done: 0, notDone: 0, none: 0 };
          const drivers = agentNumbers(AGENTS).map((workNumber) => ({
            workNumber,
            driver: new AgentDriver({
              workNumber,
              random: seededRandom(random.below(2 ** 31)),
              phones: PHONES,
              onAcknowledged: () => {
                tally.acknowledged++;
              },
            }),
          }));
          let node = await installation.start();
          for (let round = 1; round <= ROUNDS; round++) {
            await loadThenKill(node, drivers, { random, tally });
            node = await restart(installation);
            const tables = await expectTablesToAgree(installation.tables);
            for (const { workNumber, driver } of drivers) tally[driver.settle(foundOf(tables, workNumber))]++;
            const { client } = node;
            await Promise.all(drivers.map(({ driver }) => driver.ask(client)));
          }
          await expectTablesToAgree(installation.tables);
          console.log(
            `kill -9, ${store}: ${ROUNDS} rounds, ${tally.acknowledged} changes acknowledged, none lost; ` +
              `of the calls in flight ${tally.done} were done and ${tally.notDone} not`,
          );
          expect(tally.acknowledged).toBeGreaterThan(ROUNDS * FEWEST);
          // Rounds in which nothing was in flight would prove little.
          expect(tally.done + tally.notDone).toBeGreaterThan(ROUNDS);
        }),
      TIMEOUT_MS,
    );
  });
}

interface LoadParts {
  readonly random: SeededRandom;
  readonly tally: { readonly acknowledged: number };
}

/** Lets every agent call until the server is killed at a random moment. */
async function loadThenKill(
  node: RunningNode,
  drivers: readonly { readonly driver: AgentDriver }[],
  { random, tally }: LoadParts,
): Promise<void> {
  const enough = tally.acknowledged + FEWEST + random.below(MOST - FEWEST);
  const laterMs = random.below(LATEST_KILL_MS);
  const load = Promise.all(drivers.map(({ driver }) => driver.runUntilLost(node.client)));
  // The load ends by itself only when an answer was wrong.
  await Promise.race([
    load,
    until(LOAD_MS, 'enough acknowledged changes', () => tally.acknowledged >= enough),
  ]);
  await delay(laterMs);
  await node.kill();
  await load;
  node.client.close();
}

/** Starts the server again at once; what the killed one's connections still held is settled when they are gone. */
async function restart({ tables, start }: Installation): Promise<RunningNode> {
  const leftBehind = await tables.connections();
  const node = await start();
  await untilGone(tables, leftBehind);
  return node;
}
