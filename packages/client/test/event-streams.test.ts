import { Session, signIn } from '@rollcall/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../server/test/support/eventually.ts';
import { MovableTime } from '../../server/test/support/movable-time.ts';
import { StreamText } from '../src/server-sent-events.ts';
import { withBufferingProxy } from './support/buffering-proxy.ts';
import { read, statuses, withDesk } from './support/desk.ts';

const BEGINNING = ['AgentOther_InService', 'AgentState_Ready'];
const NOT_READY = 'AgentState_SetNotReady_Success';

const TEXT = `retry: 500

event: recovered
data: {"recovered":true}

id: e.1
data: {"eventType":"AgentOther_Note",
data: "content":{"context":"ä\u{1F600}: x"}}

:

event:end
data:{"reason":"over"}
id

`;

const PIECES = [
  { kind: 'comment' },
  { kind: 'block', name: 'recovered', id: null, data: '{"recovered":true}' },
  {
    kind: 'block',
    name: 'message',
    id: 'e.1',
    data: '{"eventType":"AgentOther_Note",\n"content":{"context":"ä\u{1F600}: x"}}',
  },
  { kind: 'comment' },
  { kind: 'block', name: 'end', id: '', data: '{"reason":"over"}' },
];

describe('the text of a stream', () => {
  it('is read in whatever pieces it comes [CL-26]', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: TEXT.length * 2 }), { maxLength: 60 });
    fc.assert(
      fc.property(cuts, fc.constantFrom('\n', '\r\n', '\r'), (places, lineEnd) => {
        const text = TEXT.replaceAll('\n', lineEnd);
        const sorted = [0, ...places.toSorted((one, other) => one - other), text.length + 1];
        const parser = new StreamText();
        const pieces = sorted.flatMap((place, index) => parser.take(text.slice(place, sorted[index + 1])));
        // A lone carriage return at the very end might still become a longer end of line.
        const whole = lineEnd === '\r' ? parser.take('\n') : [];
        expect([...pieces, ...whole]).toEqual(PIECES);
      }),
    );
  });
});

describe('events by stream', () => {
  it('go on over the planned ends of streams as if there were none [CL-24]', async () => {
    const time = new MovableTime();
    await withDesk(
      async (desk) => {
        const session = await desk.signIn();
        const { told, onStatus } = statuses();
        const streams = () =>
          desk.gateway.log.filter(({ method }) => method === 'getAgentEventStream').length;
        const reading = read(session, 3, { onStatus });
        await eventually(() => expect(told).toContain('open by stream'));
        await time.passAtOnce(61_000);
        await eventually(() => expect(streams()).toBe(1));
        await session.operations.becomeNotReady();
        expect(await reading).toEqual([...BEGINNING, NOT_READY]);
        expect(told).toEqual(['connecting', 'open by stream', 'closed']);
      },
      { time },
    );
  });

  it('come by poll where a proxy keeps streams back [CL-25]', async () => {
    await withDesk(async (desk) => {
      await withBufferingProxy(desk.gateway.plainPort ?? 0, async (server) => {
        const session = await signIn({ server, workNumber: 291, password: '' });
        const { told, onStatus } = statuses();
        expect(await read(session, 2, { onStatus, silenceMs: 400 })).toEqual(BEGINNING);
        expect(told).toEqual(['connecting', 'open by longPoll', 'closed']);
      });
    });
  });
});

const SIGNED_IN = {
  workNumber: 291,
  vdn: 1,
  atMs: 1,
  mustChangePassword: false,
  passwordDaysLeft: null,
  serverName: 'AgentGateway',
  hasTextChat: false,
};

/** A session whose streams are these, one after another; and the places that they were asked for. */
function told(...streams: readonly string[]) {
  const left = [...streams];
  const places: (string | null)[] = [];
  const fetch = async (_url: string, { headers }: RequestInit) => {
    places.push(new Headers(headers).get('Last-Event-ID'));
    return new Response(left.shift(), { headers: { 'Content-Type': 'text/event-stream' } });
  };
  const address = { server: 'https://centre.example', fetch, timeoutMs: 1_000 };
  const kept = { server: address.server, token: 'x', position: null, signedIn: SIGNED_IN };
  return { session: new Session(address, kept), places };
}

function stream(...ids: readonly string[]): string {
  const events = ids.map((id) => `id: ${id}\ndata: {"eventType":"E${id}","workNo":"291","content":null}\n\n`);
  return `event: recovered\ndata: {"recovered":true}\n\n${events.join('')}`;
}

describe('a stream that repeats or leaves out', () => {
  it('is not believed: what was told is not told again [CL-15]', async () => {
    const { session, places } = told(stream('e.1', 'e.2', 'e.2', 'e.1', 'e.3'), stream('e.3', 'e.4'));
    expect(await read(session, 4)).toEqual(['Ee.1', 'Ee.2', 'Ee.3', 'Ee.4']);
    expect(places).toEqual([null, 'e.3']);
  });

  it('is asked again for what is missing [CL-15]', async () => {
    const { session, places } = told(stream('e.1', 'e.3'), stream('e.2', 'e.3'));
    expect(await read(session, 3)).toEqual(['Ee.1', 'Ee.2', 'Ee.3']);
    expect(places).toEqual([null, 'e.1']);
  });

  it('is told as not recovered where it is still missing then [CL-15] [CL-16]', async () => {
    const { session, places } = told(stream('e.1', 'e.3'), stream('e.3', 'e.4'));
    expect(await read(session, 4)).toEqual(['Ee.1', 'notRecovered: undefined', 'Ee.3', 'Ee.4']);
    expect(places).toEqual([null, 'e.1']);
  });
});
