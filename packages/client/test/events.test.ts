import { Refusal, resume, type Session } from '@rollcall/client';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../server/test/support/eventually.ts';
import { MovableTime } from '../../server/test/support/movable-time.ts';
import { deskWith, read, statuses, TRANSPORTS, withoutStreams, wordOf } from './support/desk.ts';

const BEGINNING = ['AgentOther_InService', 'AgentState_Ready'];
const NOT_READY = 'AgentState_SetNotReady_Success';
const READY_AGAIN = 'AgentState_CancelNotReady_Success';

/** Changes the state twice, which makes two events. */
async function goThereAndBack({ operations }: Session): Promise<void> {
  await operations.becomeNotReady();
  await operations.endNotReady();
}

describe.each(TRANSPORTS)('by %s, events of a session', (_by, options) => {
  const withDesk = deskWith(options);

  it('come in order, each once, from the first on [CL-13]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn({ initialState: 'notReady' });
      expect(await read(session, 3)).toEqual([...BEGINNING, NOT_READY]);
      await session.operations.endNotReady();
      await session.operations.becomeNotReady({ reason: 200 });
      expect(await read(session, 3)).toEqual([NOT_READY, READY_AGAIN, NOT_READY]);
    });
  });

  it('are read behind a place that the application names [CL-13]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const items = [];
      for await (const item of session.events()) {
        items.push(item);
        if (items.length === 2) break;
      }
      expect(items).toEqual([
        {
          kind: 'event',
          position: expect.stringMatching(/\.1$/),
          eventType: 'AgentOther_InService',
          workNo: '291',
          content: null,
        },
        expect.objectContaining({ eventType: 'AgentState_Ready', position: expect.stringMatching(/\.2$/) }),
      ]);
      const [first] = items;
      const after = first?.kind === 'event' ? first.position : '';
      expect(await read(session, 1, { after })).toEqual(['AgentState_Ready']);
    });
  });

  it('begin at the beginning also where a first answer was lost [CL-14]', async () => {
    await withDesk(async (desk) => {
      const early = await desk.signIn();
      await early.signOut();
      const session = await desk.signIn();
      await goThereAndBack(session);
      await desk.gateway.client.events(291, session.token, 3);
      expect(await read(session, 4)).toEqual([...BEGINNING, NOT_READY, READY_AGAIN]);
    });
  });

  it('that cannot be continued are told so, with the present state [CL-16] [CL-20]', async () => {
    await withDesk(async (desk) => {
      const displaced = await desk.signIn();
      const session = await desk.signIn({ forced: true });
      expect(await read(session, 5, { after: 'gone.5' })).toEqual([
        'notRecovered: ready',
        ...BEGINNING,
        'AgentOther_ShutdownService',
        'AgentOther_InService',
      ]);
      expect(await read(displaced, 9)).toEqual([
        ...BEGINNING,
        'AgentOther_ShutdownService',
        'ended: shutDown',
      ]);
    });
  });

  it('are read by one loop at a time [CL-22]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      for await (const _item of session.events()) {
        await expect(read(session, 1)).rejects.toThrow(TypeError);
        break;
      }
      expect(await read(session, 1)).toEqual(['AgentOther_InService']);
    });
  });
});

describe.each(TRANSPORTS)('by %s, a connection that breaks', (by, options) => {
  const withDesk = deskWith(options);

  it('is made again, and nothing is lost or told twice [CL-15] [CL-17] [CL-19]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const { told, onStatus } = statuses();
      const words: string[] = [];
      for await (const item of session.events({ onStatus })) {
        words.push(wordOf(item));
        if (words.length === 2) {
          desk.line.cutBefore('AgentState_CancelNotReady_Success');
          await goThereAndBack(session);
        }
        if (words.length === 4) break;
      }
      expect(words).toEqual([...BEGINNING, NOT_READY, READY_AGAIN]);
      const open = `open by ${by}`;
      expect(told).toEqual(['connecting', open, 'waiting: NetworkFault', 'connecting', open, 'closed']);
    });
  });

  it('is noticed where nobody says so: half-open, and refused for a while [CL-17] [CL-18] [CL-19]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const { told, onStatus } = statuses();
      const reading = read(session, 4, { onStatus, silenceMs: 300 });
      await eventually(() => expect(told).toContain(`open by ${by}`));
      desk.line.freeze();
      await eventually(() => expect(told.at(-1)).toBe('waiting: NetworkFault'));
      desk.line.cut();
      await desk.gateway.client.call('POST', '/onlineagent/291/saybusy', session.token);
      await desk.gateway.client.call('POST', '/onlineagent/291/cancelbusy', session.token);
      const before = told.length;
      await eventually(() => expect(told.length).toBeGreaterThan(before + 3));
      desk.line.mend();
      expect(await reading).toEqual([...BEGINNING, NOT_READY, READY_AGAIN]);
    });
  });

  it('may also be a proxy that answers for itself, or a server that starts [CL-17] [CL-18]', async () => {
    await withDesk(async (desk) => {
      const starting = '{"message":"the server is starting","retcode":"100-007"}';
      const stranger = () => new Response('<html>Bad Gateway</html>', { status: 502 });
      // What is no stream is asked for by poll before it is believed.
      const others = by === 'stream' ? [stranger(), stranger()] : [stranger()];
      others.push(new Response(starting, { headers: { 'Retry-After': '1' } }));
      let isReading = false;
      const fetch = (url: string, init: RequestInit): Promise<Response> => {
        if (by === 'longPoll' && url.endsWith('/stream')) return withoutStreams(url, init);
        const other = isReading ? others.shift() : undefined;
        return other === undefined ? globalThis.fetch(url, init) : Promise.resolve(other);
      };
      const session = await desk.signIn({ fetch });
      const waits: number[] = [];
      const { told, onStatus } = statuses();
      isReading = true;
      const words = await read(session, 2, {
        onStatus: (status) => {
          onStatus(status);
          if (status.status === 'waiting') waits.push(status.retryInMs);
        },
      });
      expect(words).toEqual(BEGINNING);
      expect(told.slice(0, 4)).toEqual([
        'connecting',
        'waiting: NetworkFault',
        'connecting',
        'waiting: Refusal',
      ]);
      expect(waits[0]).toBeLessThanOrEqual(250);
      expect(waits[1]).toBe(1_000);
    });
  });
});

describe.each(TRANSPORTS)('by %s, the end of the events', (by, options) => {
  const withDesk = deskWith(options);

  it('is named where the agent signed itself out [CL-20]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const told: string[] = [];
      for await (const item of session.events()) {
        told.push(wordOf(item));
        if (told.length === 2) await session.signOut();
      }
      expect(told).toEqual([...BEGINNING, 'ended: signedOut']);
    });
  });

  it('is named where another client has the fresh token [CL-20]', async () => {
    const time = new MovableTime();
    await withDesk(
      async (desk) => {
        const session = await desk.signIn();
        const other = await resume(session.kept);
        await other.renewToken();
        await time.passAtOnce(121_000);
        expect(await read(session, 9)).toEqual(['ended: tokenReplaced']);
      },
      { time },
    );
  });

  it('comes at once when the application asks for it [CL-19] [CL-21]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const { told, onStatus } = statuses();
      const whileHeld = new AbortController();
      const held = read(session, 9, { signal: whileHeld.signal, onStatus });
      await eventually(() => expect(told).toEqual(['connecting', `open by ${by}`]));
      whileHeld.abort('enough');
      await expect(held).rejects.toBe('enough');
      expect(told).toEqual(['connecting', `open by ${by}`, 'closed']);
      desk.line.cut();
      const whileWaiting = new AbortController();
      const waiting = read(session, 9, { signal: whileWaiting.signal, onStatus });
      await eventually(() => expect(told).toContain('waiting: NetworkFault'));
      whileWaiting.abort('really');
      await expect(waiting).rejects.toBe('really');
      await expect(read(session, 1, { signal: AbortSignal.abort('never') })).rejects.toBe('never');
    });
  });

  it('is a refusal that no waiting would change [CL-21]', async () => {
    await withDesk(async (desk) => {
      const session = await desk.signIn();
      const refused = read(session, 1, { after: 'no position' });
      await expect(refused).rejects.toBeInstanceOf(Refusal);
      await expect(refused).rejects.toMatchObject({ code: '000-002' });
    });
  });
});
