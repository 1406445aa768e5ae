import { Agent, type ClientRequest, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import { resume } from '@rollcall/client';
import { positionFromText, type VdnFeedBlock, type WebhookBatch, type WireEvent } from '@rollcall/contract';
import { StreamClient } from '../../support/stream-client.ts';

/** How long a reader waits before it takes a line for dead; the server's holds are a second here. */
const SILENCE_MS = 5_000;
const AGAIN_MS = 20;

/** What one reader was told of one agent's log: each place once, in the order in which it came. */
export class Told {
  readonly events: string[] = [];
  last = 0;
  repeats = 0;

  take(position: string, { eventType, workNo }: { eventType: string; workNo: string }): void {
    const { sequence } = positionFromText(position);
    if (sequence <= this.last) {
      this.repeats += 1;
      return;
    }
    this.last = sequence;
    this.events.push(`${workNo} ${sequence} ${eventType}`);
  }
}

export interface Reading {
  readonly port: number;
  readonly workNumber: number;
  readonly guid: string;
  readonly signal: AbortSignal;
}

/** Reads one agent's events over the line until the signal; each in its own way. */
export type Transport = (reading: Reading, told: Told) => Promise<void>;

interface Answer {
  readonly text: string;
  readonly position: string;
}

/** One request; rejects when the line breaks or is silent. */
function get(path: string, { port, guid, signal }: Reading, agent: Agent): Promise<Answer> {
  return answerTo(
    request({ host: '127.0.0.1', port, path, headers: { Guid: guid }, agent, timeout: SILENCE_MS, signal }),
  );
}

function answerTo(asked: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('close', () => {
        if (response.complete) resolve({ text, position: String(response.headers['event-position']) });
        else reject(new TypeError('the answer was cut off'));
      });
    });
    asked.on('timeout', () => {
      // An answer that it does not wait for must not be taken for received, as it is by an end in order (rule DL-6).
      if (asked.socket instanceof TLSSocket) asked.destroy();
      else asked.socket?.resetAndDestroy();
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function again(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise<void>((resolve) => setTimeout(resolve, AGAIN_MS));
}

async function poll(reading: Reading, told: Told, query: () => string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  while (!reading.signal.aborted) {
    try {
      const path = `/agentgateway/resource/agentevent/${reading.workNumber}${query()}`;
      const { text, position } = await get(path, reading, agent);
      const { event, retcode } = JSON.parse(text);
      if (event !== undefined) told.take(position, event);
      else if (retcode !== '0') throw new TypeError(text);
    } catch {
      await again(reading.signal);
    }
  }
  agent.destroy();
}

/** Each way to read an agent's events. */
export const TRANSPORTS: Readonly<Record<string, Transport>> = {
  poll: (reading, told) => poll(reading, told, () => ''),
  pollBehindPlace: async (reading, told) => {
    const epoch = await epochOf(reading);
    await poll(reading, told, () => `?after=${epoch}.${told.last}`);
  },
  stream: async (reading, told) => {
    const { port, workNumber, guid, signal } = reading;
    let lastEventId: string | undefined;
    const path = `/agentgateway/resource/agentevent/${workNumber}/stream`;
    while (!signal.aborted) {
      const headers = { Guid: guid, ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) };
      await withStream({ port, certificate: null, path, headers }, signal, ({ id, data }) => {
        if (id === undefined) return;
        lastEventId = id;
        told.take(id, data as WireEvent);
      });
      await again(signal);
    }
  },
  client: async ({ port, workNumber, guid, signal }, told) => {
    const signedIn = {
      workNumber,
      vdn: 1,
      atMs: 0,
      mustChangePassword: false,
      passwordDaysLeft: null,
      serverName: '',
      hasTextChat: false,
    };
    const kept = { server: `http://127.0.0.1:${port}`, token: guid, position: null, signedIn };
    while (!signal.aborted) {
      try {
        const session = await resume(kept, { signal });
        // From then on it is the client's to lose nothing.
        for await (const item of session.events({ signal, silenceMs: SILENCE_MS })) {
          if (item.kind !== 'event') throw new TypeError(`the client said ${item.kind}`);
          told.take(item.position, item);
        }
      } catch {
        if (told.last > 0 && !signal.aborted) throw new TypeError('the client gave up');
        await again(signal);
      }
    }
  },
};

/** Reads blocks until the stream ends, breaks or is silent. */
async function withStream(
  options: Parameters<typeof StreamClient.open>[0],
  signal: AbortSignal,
  take: (block: { readonly id?: string; readonly data: unknown }) => void,
): Promise<void> {
  const timer = new AbortController();
  const stop = AbortSignal.any([signal, timer.signal]);
  let silent = setTimeout(() => timer.abort(), SILENCE_MS);
  try {
    const stream = await StreamClient.open({ ...options, signal: stop });
    for (let block = await stream.next(); block !== undefined; block = await stream.next()) {
      clearTimeout(silent);
      silent = setTimeout(() => timer.abort(), SILENCE_MS);
      take(block);
    }
  } catch {
    // It is opened again behind what was told.
  } finally {
    clearTimeout(silent);
  }
}

async function epochOf(reading: Reading): Promise<string> {
  const agent = new Agent();
  for (;;) {
    try {
      const path = `/agentgateway/resource/agentevent/${reading.workNumber}?after=other.0`;
      const { position } = await get(path, reading, agent);
      return positionFromText(position).epoch;
    } catch {
      await again(reading.signal);
    }
  }
}

/** Reads the events of all of a trusted peer's agents until the signal; each agent's in order. */
export async function readBatches(
  {
    port,
    certificate,
    signal,
  }: { readonly port: number; readonly certificate: string; readonly signal: AbortSignal },
  told: Map<number, string[]>,
): Promise<void> {
  // A new line each time: a handshake uses up most of what goes through before one breaks.
  const agent = new TlsAgent({ keepAlive: false, ca: certificate });
  let after = '';
  while (!signal.aborted) {
    try {
      const path = `/agentgateway/resource/agentevent/allagentevent${after}`;
      const { text, position } = await answerTo(
        tlsRequest({ host: '127.0.0.1', port, path, agent, timeout: SILENCE_MS, signal }),
      );
      const { event = [] } = JSON.parse(text) as { readonly event?: readonly WireEvent[] };
      if (event.length > 0) after = `?after=${position}`;
      for (const { workNo, eventType } of event) {
        const own = told.get(Number(workNo)) ?? [];
        told.set(Number(workNo), [...own, eventType]);
      }
    } catch {
      await again(signal);
    }
  }
  agent.destroy();
}

/** Each event once, however often it was sent in a row: what is pushed names no place. */
export function withoutRepeats(events: readonly string[]): readonly string[] {
  return events.filter((event, index) => event !== events[index - 1]);
}

/** What a wallboard knows: the newest place of each agent's log. It reads a VDN's feed until the signal. */
export async function readFeed(
  { port, token, signal }: { readonly port: number; readonly token: string; readonly signal: AbortSignal },
  board: Map<number, number>,
  problems: string[],
): Promise<void> {
  let lastEventId: string | undefined;
  while (!signal.aborted) {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    };
    await withStream(
      { port, certificate: null, path: '/api/v1/vdns/1/feed', headers },
      signal,
      ({ id, data }) => {
        for (const { agent, position } of (data as Partial<VdnFeedBlock>).agents ?? []) {
          const { sequence } = positionFromText(position);
          if (sequence < (board.get(agent) ?? 0))
            problems.push(`the feed of ${agent} went back to ${sequence}`);
          board.set(agent, sequence);
        }
        if (id !== undefined) lastEventId = id;
      },
    );
    await again(signal);
  }
}

/** Every event of a VDN as a webhook's receiver was sent it. */
export function takeBatch(body: string, told: Map<number, Told>, feed: { last: number; gaps: number }): void {
  const { events } = JSON.parse(body) as WebhookBatch;
  for (const { feedPosition, agent, position, event } of events) {
    const { sequence } = positionFromText(feedPosition);
    if (sequence > feed.last + 1) feed.gaps += 1;
    feed.last = Math.max(feed.last, sequence);
    const own = told.get(agent) ?? new Told();
    told.set(agent, own);
    own.take(position, event);
  }
}
