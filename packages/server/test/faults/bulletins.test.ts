import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { STORES } from '../support/store-kinds.ts';
import { agentNumbers, HASHED_AGENT, withInstallation } from './support/installation.ts';
import { expectTablesToAgree } from './support/table-check.ts';
import type { TableReader } from './support/table-reader.ts';

const READERS = agentNumbers(60);
const POSTS = 8;
const BACKLOG = 'SELECT head - given_up_to AS behind FROM bulletin_board WHERE tenant_id = 1';
const EVENTS = `SELECT work_number, event FROM agent_event WHERE event LIKE '%"bulletinReceived"%'
  ORDER BY work_number, sequence`;

function textOf({ event }: Readonly<Record<string, unknown>>): string {
  return JSON.parse(String(event)).text;
}

async function behind(tables: TableReader): Promise<number> {
  const [row] = await tables.snapshot((query) => query(BACKLOG));
  return Number(row?.behind);
}

describe.each(STORES)('bulletins whose server is killed while it gives them, with %s', (store) => {
  it('[NB-10] are given by the next one to everyone, once, and none that was acknowledged is missing', () =>
    withInstallation({ store, agents: READERS.length }, async ({ start, tables, password }) => {
      const node = await start();
      const author = await node.client.tokenOf(HASHED_AGENT, { password });
      await Promise.all(READERS.map((reader) => node.client.tokenOf(reader)));
      const texts = Array.from({ length: POSTS }, (_, index) => `bulletin ${index}`);
      const posts = texts.map((text) => node.client.notifyBulletin(HASHED_AGENT, author, text));
      await Promise.any(posts);
      await node.kill();
      const outcomes = await Promise.allSettled(posts);
      const acknowledged = texts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
      console.log(
        `bulletins, ${store}: ${acknowledged.length} of ${POSTS} acknowledged, ${await behind(tables)} not given to all`,
      );

      await start();
      // A database may finish what the killed server had sent: the next one gives that too.
      await eventually(async () => {
        expect(await behind(tables)).toBe(0);
        const [posted, events] = await tables.snapshot(async (query) => [
          (await query('SELECT event FROM bulletin ORDER BY place')).map(textOf),
          await query(EVENTS),
        ]);
        expect(posted).toEqual(expect.arrayContaining(acknowledged));
        const given = Map.groupBy(events, (row) => Number(row.work_number));
        expect([...given.keys()]).toEqual([HASHED_AGENT, ...READERS]);
        for (const each of given.values()) expect(each.map(textOf)).toEqual(posted);
      });
      await expectTablesToAgree(tables);
    }));
});
