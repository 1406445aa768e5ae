import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { toWireEvent } from '../../../src/delivery/wire-events.ts';
import { eventFromText } from '../../../src/storage/event-text.ts';
import { answering, type WebhookSite, withWebhookSite } from '../../gateway/webhooks/webhook-site.ts';
import type { EventReceiver } from '../../support/event-receiver.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { hurriedClock } from '../../support/hurried-clock.ts';
import type { StoreKind } from '../../support/store-kinds.ts';
import { chosenSeed, type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { readBatches, readFeed, Told, TRANSPORTS, takeBatch, withoutRepeats } from './readers.ts';

const IS_FULL = process.env.SCALE === 'full';
/** How long lines break while agents change state. */
const BROKEN_MS = IS_FULL ? 300_000 : 5_000;
const AGENTS = 50;
/** The server's holds and lives of streams are so many times as short. */
const HURRY = 8;
/** With a handshake and an answer. */
const TLS_BYTES = 6_000;
const options = { timeout: 60_000 };
const WHOLE_MS = BROKEN_MS + 90_000;

/** Agents whose events are pushed. */
const PUSHED: readonly number[] = Array.from({ length: 10 }, (_, index) => 301 + index);
const agentNumbers = Array.from({ length: AGENTS }, (_, index) => 301 + index);
const SITE = {
  tenants: [
    {
      tenantId: 1,
      name: 'Broken lines',
      policy: {
        emptyPasswords: 'allowed',
        passwordValidityDays: 'never',
        licence: { agentSeats: 10, videoSeats: 0 },
        lease: { lifeS: 3_600, attentionS: 3_600 },
      },
      agents: agentNumbers.map((workNumber) => ({
        workNumber,
        name: `Agent ${workNumber}`,
        firstPassword: 'empty',
        firstPasswordChange: 'optional',
      })),
    },
  ],
};

/** An agent changes to and fro until the signal, over a line that does not break. */
async function act(
  { gateway }: WebhookSite,
  { workNumber, guid, random }: { workNumber: number; guid: string; random: SeededRandom },
  signal: AbortSignal,
): Promise<void> {
  const orders = [
    'saybusy',
    'sayfree',
    'work',
    'rest/600/1',
    'saybusy?reason=210&prolong=true',
    'autoanswer/true',
  ];
  while (!signal.aborted) {
    await gateway.client.call('POST', `/onlineagent/${workNumber}/${random.oneOf(orders)}`, guid);
    await new Promise<void>((resolve) => setTimeout(resolve, random.below(200)));
  }
}

/** What was committed, as old clients are told it, by agent. */
async function committed({ gateway }: WebhookSite): Promise<ReadonlyMap<number, readonly string[]>> {
  const rows = await gateway.rows(
    'SELECT work_number, sequence, event FROM agent_event ORDER BY work_number, sequence',
  );
  const logs = new Map<number, string[]>(agentNumbers.map((agent) => [agent, []]));
  for (const row of rows) {
    const agent = Number(row.work_number);
    const event = toWireEvent(eventFromText(String(row.event)), agent as WorkNumber);
    if (event !== null) logs.get(agent)?.push(`${agent} ${row.sequence} ${event.eventType}`);
  }
  return logs;
}

interface Lines {
  readonly proxies: readonly FaultProxy[];
  /** To the gateway. */
  readonly port: number;
  /** To the receiver of the webhook and of what is pushed. */
  readonly webhookPort: number;
  /** To the gateway's listener of a trusted peer. */
  readonly peerPort: number;
}

async function withLines(
  { gateway }: WebhookSite,
  { receiver, random }: { receiver: EventReceiver; random: SeededRandom },
  use: (lines: Lines) => Promise<void>,
): Promise<void> {
  const toGateway = await startFaultProxy(gateway.plainPort ?? 0, random);
  const toReceiver = await startFaultProxy(receiver.port, random);
  const toPeers = await startFaultProxy(gateway.peerPorts.get('crm') ?? 0, random, TLS_BYTES);
  const proxies = [toGateway, toReceiver, toPeers];
  try {
    const [port, webhookPort, peerPort] = [toGateway.port, toReceiver.port, toPeers.port];
    await use({ proxies, port, webhookPort, peerPort });
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}

async function run(site: WebhookSite, random: SeededRandom): Promise<void> {
  const receiver = await site.receiver(answering(200));
  await withLines(site, { receiver, random }, async ({ proxies, port, webhookPort, peerPort }) => {
    const [acting, reading] = [new AbortController(), new AbortController()];
    await site.add(`http://127.0.0.1:${webhookPort}/`);
    const board = new Map<number, number>();
    const problems: string[] = [];
    const names = Object.keys(TRANSPORTS);
    const readers = agentNumbers.slice(PUSHED.length).map((workNumber, index) => {
      const name = names[index % names.length] ?? '';
      return { workNumber, name, told: new Told() };
    });
    const tokens = new Map<number, string>();
    for (const workNumber of agentNumbers) {
      tokens.set(workNumber, await signIn(site, workNumber, webhookPort));
    }
    const readings = readers.map(({ workNumber, name, told }) => {
      const guid = tokens.get(workNumber) ?? '';
      return TRANSPORTS[name]?.({ port, workNumber, guid, signal: reading.signal }, told);
    });
    const wallboard = readFeed({ port, token: site.token, signal: reading.signal }, board, problems);
    const batches = new Map<number, string[]>();
    const peer = { port: peerPort, certificate: site.gateway.certificate, signal: reading.signal };
    const batchReading = readBatches(peer, batches);
    const acts = agentNumbers.map((workNumber) =>
      act(site, { workNumber, guid: tokens.get(workNumber) ?? '', random }, acting.signal),
    );
    await new Promise<void>((resolve) => setTimeout(resolve, BROKEN_MS));
    acting.abort();
    await Promise.all(acts);
    for (const proxy of proxies) proxy.heal();
    const logs = await committed(site);
    const heads = new Map([...logs].map(([agent, log]) => [agent, Number(log.at(-1)?.split(' ')[1])]));
    for (const { workNumber, name, told } of readers) {
      await expect.poll(() => told.last, { ...options, message: name }).toBe(heads.get(workNumber));
      expect(told.events, `${name} of ${workNumber}`).toEqual(logs.get(workNumber));
    }
    await expect.poll(() => Object.fromEntries(board), options).toEqual(Object.fromEntries(heads));
    expect(problems).toEqual([]);
    await expectSent(site, receiver, logs);
    const namesOf = (agent: number) => (logs.get(agent) ?? []).map((event) => event.split(' ')[2]);
    for (const agent of agentNumbers) {
      await expect.poll(() => batches.get(agent)?.length, options).toBe(namesOf(agent).length);
      expect(batches.get(agent), `batch of ${agent}`).toEqual(namesOf(agent));
    }
    reading.abort();
    await Promise.all([...readings, wallboard, batchReading]);
    tell({ readers, proxies, events: [...logs.values()].flat().length, random });
  });
}

/** What the webhook and the URLs of agents were sent. */
async function expectSent(
  site: WebhookSite,
  receiver: EventReceiver,
  logs: ReadonlyMap<number, readonly string[]>,
): Promise<void> {
  const sent = new Map<number, Told>();
  const feed = { last: 0, gaps: 0 };
  const total = (await site.feed()).length;
  let taken = 0;
  await expect
    .poll(() => {
      const heard = receiver.heard.slice(taken);
      taken += heard.length;
      for (const { path, body } of heard) if (path === '/') takeBatch(body, sent, feed);
      return feed.last;
    }, options)
    .toBe(total);
  expect(feed.gaps).toBe(0);
  for (const [agent, log] of logs) expect(sent.get(agent)?.events, `webhook of ${agent}`).toEqual(log);
  for (const workNumber of PUSHED) {
    const own = () => pushedTo(receiver, workNumber);
    // Events that are alike in a row cannot be told from one that was sent again.
    const wanted = (logs.get(workNumber) ?? []).map((event) => event.split(' ')[2] ?? '');
    await expect.poll(() => withoutRepeats(own()), options).toEqual(withoutRepeats(wanted));
    expect(own().length).toBeGreaterThanOrEqual(wanted.length);
  }
}

/** Gives the token; some have their events pushed, which a sign-in with a seat can ask for. */
function signIn({ gateway }: WebhookSite, workNumber: number, receiverPort: number): Promise<string> {
  if (!PUSHED.includes(workNumber)) return gateway.client.signIn(workNumber);
  const pushUrl = `http://127.0.0.1:${receiverPort}/${workNumber}`;
  return gateway.client.signIn(workNumber, { phonenum: String(40_000 + workNumber), pushUrl }, '');
}

/** Names of the events that were pushed for an agent, in the order in which they came. */
function pushedTo(receiver: EventReceiver, workNumber: number): string[] {
  return receiver.heard
    .filter(({ path }) => path === `/${workNumber}`)
    .map(({ body }) => String(JSON.parse(body).event.eventType));
}

function tell({
  readers,
  proxies,
  events,
  random,
}: {
  readers: readonly { readonly name: string; readonly told: Told }[];
  proxies: readonly FaultProxy[];
  events: number;
  random: SeededRandom;
}): void {
  const repeats = Object.keys(TRANSPORTS).map((name) => {
    const own = readers.filter((reader) => reader.name === name);
    return `${name} ${own.reduce((sum, { told }) => sum + told.repeats, 0)}`;
  });
  const faults = proxies.map(({ happened }) => JSON.stringify(happened)).join(' ');
  console.log(
    `broken lines: seed ${random.seed}; ${events} events; faults ${faults}; repeats: ${repeats.join(', ')}`,
  );
  // A line that does not break proves nothing.
  const counts = Object.values(proxies[0]?.happened ?? {});
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(8);
}

/** A file that lists a peer which acts for every agent. */
async function withConfiguration(use: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-lines-'));
  const file = join(folder, 'rollcall.json');
  writeFileSync(file, JSON.stringify({ peers: [{ name: 'crm', port: 0, agents: agentNumbers }] }));
  try {
    await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fifty agents change state, and every line to a reader breaks again and again. */
export function describeBrokenLines(store: StoreKind): void {
  describe(`lines that break, on ${store}`, () => {
    it(
      'every reader is told exactly what was committed, in order, whatever it reads by [DL-22] [CL-13] [CL-14]',
      () => {
        const random = seededRandom(chosenSeed());
        const overrides = { clock: hurriedClock(HURRY) };
        return withConfiguration((file) => {
          const environment = { ROLLCALL_PLAIN_PORT: '0', ROLLCALL_CONFIG: file };
          return withWebhookSite({ store, site: SITE, environment, overrides }, (site) => run(site, random));
        }).catch((fault: unknown) => {
          console.log(`broken lines: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`);
          throw fault;
        });
      },
      WHOLE_MS,
    );
  });
}
