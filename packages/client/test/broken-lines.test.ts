import type { Session } from '@rollcall/client';
import { describe, expect, it } from 'vitest';
import { chosenSeed, seededRandom } from '../../server/test/faults/support/seeded-random.ts';
import { eventually } from '../../server/test/support/eventually.ts';
import { type Desk, deskWith, TRANSPORTS, wordOf } from './support/desk.ts';

const CHANGES = 30;

/** The first events of the agent's log, read beside the client by place. */
async function logOf(
  { gateway: { client } }: Desk,
  { token, kept }: Session,
  count: number,
): Promise<string[]> {
  const [epoch] = String(kept.position).split('.');
  const names: string[] = [];
  while (names.length < count) {
    const path = `/agentevent/291?after=${epoch}.${names.length}`;
    const answer = await client.send({ method: 'GET', path, headers: { Guid: token } });
    names.push(answer.json().event?.eventType ?? answer.text);
  }
  return names;
}

async function readInto(words: string[], session: Session): Promise<void> {
  for await (const item of session.events({ silenceMs: 250 })) {
    words.push(wordOf(item));
    if (words.length === CHANGES + 2) break;
  }
}

describe.each(TRANSPORTS)('by %s, over a line that breaks again and again', (by, wishes) => {
  it('every event arrives once and in order [CL-13] [CL-15] [CL-17]', async () => {
    const random = seededRandom(chosenSeed());
    console.log(`broken lines, ${by}: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`);
    await deskWith(wishes)(async (desk) => {
      const { client } = desk.gateway;
      const session = await desk.signIn();
      const words: string[] = [];
      const reading = readInto(words, session);
      for (let change = 0; change < CHANGES; change++) {
        const name = change % 2 === 0 ? 'saybusy' : 'cancelbusy';
        expect(await client.call('POST', `/onlineagent/291/${name}`, session.token)).toBe('0');
        const fault = random.below(5);
        if (fault === 0) desk.line.cut();
        if (fault === 1) desk.line.freeze();
        if (fault === 2) desk.line.cutBefore(random.below(2) === 0 ? 'NotReady_Success' : 'Cancel');
        if (fault > 2) desk.line.mend();
        if (fault > 3) await eventually(() => expect(words).toHaveLength(change + 3));
      }
      desk.line.mend();
      await reading;
      expect(words).toEqual(await logOf(desk, session, CHANGES + 2));
    });
  });
});
