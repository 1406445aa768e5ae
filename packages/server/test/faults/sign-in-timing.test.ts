import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { argon2Hashing } from '../../src/platform/password-hashing.ts';
import { openRawConnection } from '../support/raw-connection.ts';
import { mannWhitney } from './support/mann-whitney.ts';
import { importSite, type RollcallProcess, startRollcall } from './support/rollcall-process.ts';
import { chosenSeed, type SeededRandom, seededRandom } from './support/seeded-random.ts';

const IS_FULL = process.env.SCALE === 'full';
/** Agents of each kind; each is tried once from every source, so that no answer is held back (rule LK-2). */
const AGENTS_OF_A_KIND = IS_FULL ? 250 : 30;
const SOURCES_OF_A_SAMPLE = 2;
const RUNS = 3;
const RUNS_TO_PASS = IS_FULL ? 2 : 1;
const LOADS: readonly number[] = IS_FULL ? [0, 8] : [0];
const WARM_UPS = 30;
const TIMEOUT_MS = IS_FULL ? 3_600_000 : 120_000;

const LARGEST_DIFFERENCE = 0.03;
const LOWEST_LIKELIHOOD = 0.01;

const KINDS = ['wrong', 'unknown', 'disabled'] as const;
type Kind = (typeof KINDS)[number];
const FIRST_OF: Readonly<Record<Kind | 'busy', number>> = {
  wrong: 1_001,
  disabled: 2_001,
  unknown: 3_001,
  busy: 4_001,
};
const FIRST_WARM_UP = 5_001;
const MOST_BUSY = 8;

/** Milliseconds until each sign-in was answered. */
type Times = Readonly<Record<Kind, number[]>>;

interface Server {
  readonly node: RollcallProcess;
  readonly passwords: ReadonlyMap<number, string>;
}

const numbersOf = (kind: Kind | 'busy', count: number) =>
  Array.from({ length: count }, (_, index) => FIRST_OF[kind] + index);

describe('the time that a refused sign-in takes', () => {
  it(
    'is the same for a wrong password, an unknown agent and a disabled one [PW-15]',
    () =>
      withServer(async (server) => {
        const random = seededRandom(chosenSeed());
        console.log(`sign-in timing: seed ${random.seed} (repeat with ROLLCALL_SEED=${random.seed})`);
        const verificationMs = await fastestVerificationMs();
        const sources = addresses();
        await warmUp(server, sources.next().value);
        for (const load of LOADS) {
          let passed = 0;
          for (let run = 1; run <= RUNS && passed < RUNS_TO_PASS; run += 1) {
            const times = await underLoad(server, load, () => takeSample(server, sources, random));
            const isAlike = IS_FULL ? areAlike(times) : isNoVerificationLess(times, verificationMs);
            console.log(`sign-in timing, ${load} others at a time, run ${run}: ${describeTimes(times)}`);
            passed += isAlike ? 1 : 0;
          }
          expect(passed, `runs with ${load} others`).toBeGreaterThanOrEqual(RUNS_TO_PASS);
        }
      }),
    TIMEOUT_MS,
  );

  it('is judged by what tells samples apart [PW-15]', () => {
    const random = seededRandom(1);
    const sample = (shift: number) => Array.from({ length: 500 }, () => shift + random.below(1_000) / 1_000);
    const [one, alike, slower] = [sample(10), sample(10), sample(10.2)];
    expect(mannWhitney(one, alike)).toBeGreaterThan(0.05);
    expect(mannWhitney(one, slower)).toBeLessThan(1e-6);
    expect(mannWhitney(slower, one)).toBeCloseTo(mannWhitney(one, slower), 12);
    // By hand: U is 8 and 3 around a mean of 8, with a deviation of 3.4641.
    expect(mannWhitney([1, 4, 5, 8], [2, 3, 6, 7])).toBeCloseTo(1, 6);
    expect(mannWhitney([1, 2, 4, 6], [3, 5, 7, 8])).toBeCloseTo(0.148915, 5);
  });
});

/** Medians within 3 %, and no pair of kinds that a test of ranks tells apart. */
function areAlike(times: Times): boolean {
  const medians = KINDS.map((kind) => median(times[kind]));
  const isClose = Math.max(...medians) <= Math.min(...medians) * (1 + LARGEST_DIFFERENCE);
  return isClose && Math.min(...likelihoods(times)) > LOWEST_LIKELIHOOD;
}

/** The fastest of each kind are hardly touched by what else the machine does; a verification left out would show. */
function isNoVerificationLess(times: Times, verificationMs: number): boolean {
  const fastest = KINDS.map((kind) => Math.min(...times[kind]));
  return Math.max(...fastest) - Math.min(...fastest) < verificationMs / 2;
}

function likelihoods({ wrong, unknown, disabled }: Times): number[] {
  return [mannWhitney(wrong, unknown), mannWhitney(wrong, disabled), mannWhitney(unknown, disabled)];
}

function describeTimes(times: Times): string {
  const each = KINDS.map((kind) => {
    const [middle, fastest] = [median(times[kind]), Math.min(...times[kind])];
    return `${kind} ${middle.toFixed(2)} (fastest ${fastest.toFixed(2)})`;
  });
  const likely = likelihoods(times).map((likelihood) => likelihood.toFixed(3));
  return `${times.wrong.length} each, medians in ms: ${each.join(', ')}; likelihoods ${likely.join(', ')}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function fastestVerificationMs(): Promise<number> {
  const durations: number[] = [];
  while (durations.length < WARM_UPS) {
    const beganMs = performance.now();
    await argon2Hashing.verify(argon2Hashing.hashOfNobody, 'x');
    durations.push(performance.now() - beganMs);
  }
  return Math.min(...durations);
}

/** One sign-in of each agent of each kind from each of a few sources, in random order, one after another. */
async function takeSample(
  { node, passwords }: Server,
  sources: Iterator<string, never>,
  random: SeededRandom,
): Promise<Times> {
  const times: Times = { wrong: [], unknown: [], disabled: [] };
  for (let source = 0; source < SOURCES_OF_A_SAMPLE; source += 1) {
    const tries = KINDS.flatMap((kind) =>
      numbersOf(kind, AGENTS_OF_A_KIND).map((agent) => ({ kind, agent })),
    );
    const connection = await openRawConnection(node, { localAddress: sources.next().value });
    for (const { kind, agent } of shuffled(tries, random)) {
      // A disabled agent with its right password: that must not show either.
      const password = kind === 'disabled' ? passwords.get(agent) : undefined;
      const { code, ms } = await timedSignIn(connection, agent, password);
      expect([kind, code]).toEqual([kind, '100-004']);
      times[kind].push(ms);
    }
    connection.destroy();
  }
  return times;
}

function shuffled<Item>(items: readonly Item[], random: SeededRandom): Item[] {
  const keyed = items.map((item) => ({ item, key: random.below(2 ** 31) }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

async function warmUp({ node }: Server, source: string): Promise<void> {
  const connection = await openRawConnection(node, { localAddress: source });
  for (let index = 0; index < WARM_UPS; index += 1) await timedSignIn(connection, FIRST_WARM_UP + index);
  connection.destroy();
}

/** While `use` runs, so many other agents sign in with their passwords, each again and again. */
async function underLoad<Result>(
  { node, passwords }: Server,
  others: number,
  use: () => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const busy = numbersOf('busy', others).map(async (agent) => {
    const connection = await openRawConnection(node);
    while (!isOver) expect((await timedSignIn(connection, agent, passwords.get(agent))).code).toBe('0');
    connection.destroy();
  });
  try {
    return await use();
  } finally {
    isOver = true;
    await Promise.all(busy);
  }
}

/** As long as a password that an import generates. */
const WRONG_PASSWORD = 'wrong-password';

/** One forced sign-in; the time until its whole answer is there. */
function timedSignIn(
  connection: TLSSocket,
  agent: number,
  password = WRONG_PASSWORD,
): Promise<{ readonly code: string; readonly ms: number }> {
  const body = JSON.stringify({ password });
  const path = `/agentgateway/resource/onlineagent/${agent}/forceloginex`;
  const head = `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let received = '';
    const beganMs = performance.now();
    const take = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const code = /"retcode":"([^"]+)".*\}$/.exec(received)?.[1];
      if (code === undefined) return;
      connection.off('data', take).off('error', reject);
      resolve({ code, ms: performance.now() - beganMs });
    };
    connection.on('data', take).once('error', reject);
    connection.write(head + body);
  });
}

/** Addresses of this machine, each another source of sign-ins. */
function* addresses(): Generator<string, never> {
  for (let host = 1; ; host += 1) yield `127.0.${Math.floor(host / 250)}.${1 + (host % 250)}`;
}

async function withServer(use: (server: Server) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-timing-'));
  const settings = { ROLLCALL_DATA_DIR: folder };
  let node: RollcallProcess | undefined;
  try {
    const file = join(folder, 'site.json');
    writeFileSync(file, JSON.stringify(site()));
    const passwords = await importSite(settings, file);
    node = await startRollcall(settings);
    await use({ node, passwords });
  } finally {
    await node?.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function site(): object {
  const agent = (workNumber: number) => ({ workNumber, name: `Agent ${workNumber}` });
  const agents = [
    ...numbersOf('wrong', AGENTS_OF_A_KIND).map(agent),
    ...numbersOf('disabled', AGENTS_OF_A_KIND).map((number) => ({ ...agent(number), enabled: false })),
    ...numbersOf('busy', MOST_BUSY).map(agent),
  ];
  return { tenants: [{ tenantId: 1, name: 'Timing', policy: { firstPasswordChange: 'optional' }, agents }] };
}
