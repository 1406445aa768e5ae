import { positionFromText, type WebhookBatch } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { EventReceiver } from '../support/event-receiver.ts';
import { eventually } from '../support/eventually.ts';
import { createPostgresDatabase } from '../support/postgres-database.ts';
import { STORES } from '../support/store-kinds.ts';
import { ConnectionLost } from './support/gateway-client.ts';
import { agentNumbers, type RunningNode, withInstallation } from './support/installation.ts';
import { chosenSeed, seededRandom } from './support/seeded-random.ts';

const KILLS = process.env.SCALE === 'full' ? 10 : 2;
const AGENTS = agentNumbers(4);
const TIMEOUT_MS = 120_000;

/** First and last feed position of each batch, as they came. */
function rangesOf({ heard }: EventReceiver): (readonly [number, number])[] {
  return heard.map(({ body }) => {
    const { events } = JSON.parse(body) as WebhookBatch;
    const sequences = events.map(({ feedPosition }) => positionFromText(feedPosition).sequence);
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
    return [sequences[0] ?? 0, sequences.at(-1) ?? 0];
  });
}

/** Done, or, where the change before the kill was done, not possible now. */
const CODES = ['0', '100-009'];

/** Agents change until their server is killed. */
async function changeUntilKilled(node: RunningNode, tokens: ReadonlyMap<number, string>): Promise<void> {
  await Promise.all(
    [...tokens].map(async ([agent, token]) => {
      try {
        for (;;) {
          expect(CODES).toContain((await node.client.sayBusy(agent, token, 200)).retcode);
          expect(CODES).toContain((await node.client.sayFree(agent, token)).retcode);
        }
      } catch (fault) {
        if (!(fault instanceof ConnectionLost)) throw fault;
      }
    }),
  );
}

describe.each(STORES)('a webhook whose server is killed, with %s', (store) => {
  it(
    '[WH-11] [WH-17] is sent one batch again at most, and misses nothing',
    async () => {
      const random = seededRandom(chosenSeed());
      console.log(`webhook kill, ${store}: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`);
      const receiver = await EventReceiver.open();
      const database = store === 'postgres' ? await createPostgresDatabase() : undefined;
      const wish = database === undefined ? { store } : { store, databaseUrl: database.url };
      const settings = { ROLLCALL_EVENT_RECEIVERS: `http://127.0.0.1:${receiver.port}` };
      try {
        await withInstallation({ ...wish, agents: AGENTS.length, settings }, async (installation) => {
          const { start, tables, command } = installation;
          await command('webhooks', 'add', '1', receiver.url());
          let node = await start();
          const tokens = new Map<number, string>();
          for (const agent of AGENTS) tokens.set(agent, await node.client.tokenOf(agent));
          for (let kill = 0; kill < KILLS; kill += 1) {
            const known = receiver.heard.length;
            const changing = changeUntilKilled(node, tokens);
            const wanted = known + 5 + random.below(40);
            await eventually(() => expect(receiver.heard.length).toBeGreaterThanOrEqual(wanted));
            await node.kill();
            await changing;
            // Another process's claim would last half a minute longer.
            await database?.query('UPDATE webhook SET held_until = 0');
            node = await start();
          }
          const head = Number(
            (await tables.snapshot((query) => query('SELECT head FROM feed WHERE tenant_id = 1')))[0]?.head,
          );
          await eventually(() => expect(rangesOf(receiver).at(-1)?.[1]).toBe(head));
          const ranges = rangesOf(receiver);
          let repeated = 0;
          for (const [index, [first]] of ranges.entries()) {
            const before = ranges[index - 1] ?? [1, 0];
            if (first !== before[1] + 1) {
              expect(first).toBe(before[0]);
              repeated += 1;
            }
          }
          console.log(
            `webhook kill, ${store}: ${head} events in ${ranges.length} batches, ${repeated} repeated`,
          );
          expect(repeated).toBeLessThanOrEqual(KILLS);
        });
      } finally {
        await database?.drop();
        await receiver.close();
      }
    },
    TIMEOUT_MS,
  );
});
