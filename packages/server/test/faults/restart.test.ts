import { describe, expect, it } from 'vitest';
import { STORES } from '../support/store-kinds.ts';
import type { Answer } from './support/gateway-client.ts';
import {
  agentNumbers,
  HASHED_AGENT,
  type Installation,
  type RunningNode,
  withInstallation,
} from './support/installation.ts';
import { openRaw, openTcp, type RawConnection, untilRefused } from './support/raw-connection.ts';
import type { ProcessEnd } from './support/rollcall-process.ts';
import { expectTablesToAgree } from './support/table-check.ts';
import { WaitedTooLong, within } from './support/waiting.ts';

const TIMEOUT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;
const STATUSES = [3, 4, 5] as const;
const AGENTS = agentNumbers(9);
const [FIRST, SECOND] = AGENTS as [number, number];
const EMPTY_ANSWER = '{"message":"","retcode":"0"}';

/** What clients may leave open when the server is told to stop. */
const CONNECTIONS: readonly ConnectionKind[] = [
  { what: 'held polls', open: holdPoll },
  { what: 'idle connections, kept alive', open: openIdle },
  { what: 'connections that sent nothing after their handshake', open: (node) => openRaw(node) },
  { what: 'connections that have not begun their handshake', open: openWithoutHandshake },
  { what: 'requests half sent', open: sendHalfRequest },
];

interface ConnectionKind {
  readonly what: string;
  readonly open: (node: RunningNode, workNumber: number, token: string) => Promise<{ close(): void }>;
}

describe.each(STORES)('a planned restart with %s', (store) => {
  const withAgents = (use: (installation: Installation) => Promise<void>) => () =>
    withInstallation({ store, agents: AGENTS.length, startsOften: true }, use);

  it(
    '[DU-3] everyone stays signed in, in the same state, with the same phone, without a new event',
    withAgents(async ({ start, tables }) => {
      const node = await start();
      const tokens = await signInEveryone(node);
      const before = await expectTablesToAgree(tables);
      expect((await stop(node)).end).toEqual({ code: 0, signal: null });

      const again = await start();
      const statuses = await Promise.all(
        tokens.map((token, index) => again.client.status(AGENTS[index] ?? 0, token)),
      );
      expect(statuses.map(({ result }) => result?.agentState)).toEqual(
        AGENTS.map((_, index) => statusOf(index)),
      );
      expect(await expectTablesToAgree(tables)).toEqual(before);

      const held = AGENTS.indexOf(SECOND);
      expect((await again.client.signIn(FIRST, { forced: true, phonenum: phoneOf(held) })).retcode).toBe(
        '100-003',
      );
      expect((await again.client.sayFree(FIRST, tokens[0] ?? '')).retcode).toBe('0');
      await expectTablesToAgree(tables);
    }),
    TIMEOUT_MS,
  );

  it(
    '[DU-4] a change that was acknowledged just before the stop is kept, and what was begun is finished',
    withAgents(async ({ start, tables, password }) => {
      const node = await start();
      const tokens = await Promise.all(AGENTS.map((workNumber) => node.client.tokenOf(workNumber)));
      // Password verifications take their time: some of these sign-ins are begun and wait when the stop comes.
      await node.client.openConnections(8, HASHED_AGENT);
      const signIns = Array.from({ length: 8 }, () =>
        node.client.signIn(HASHED_AGENT, { password, forced: true }),
      );
      const changes = AGENTS.map((workNumber, index) =>
        node.client.sayBusy(workNumber, tokens[index] ?? '', 200),
      );
      await Promise.any(changes);
      const stopped = stop(node);
      const changed = await Promise.allSettled(changes);
      const signedIn = await Promise.allSettled(signIns);
      expect((await stopped).end).toEqual({ code: 0, signal: null });

      const { agents } = await expectTablesToAgree(tables);
      changed.forEach((outcome, index) => {
        if (outcome.status !== 'fulfilled') return;
        expect(outcome.value.body).toBe(EMPTY_ANSWER);
        const stored = agents.find(({ workNumber }) => workNumber === AGENTS[index])?.session?.state;
        expect(stored).toMatchObject({ kind: 'notReady', reason: 200, pending: null });
      });
      const answers = signedIn.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(answers.filter(({ retcode }) => retcode !== '0' && retcode !== '100-003')).toEqual([]);
      await expectSessions(await start(), answers);
      await expectTablesToAgree(tables);
    }),
    TIMEOUT_MS,
  );

  it(
    '[DU-5] [SI-21] held polls are answered empty and closed in order, and sign-ins are refused',
    withAgents(async ({ start, tables }) => {
      const node = await start();
      const tokens = await signInEveryone(node);
      const before = await expectTablesToAgree(tables);
      const polls = await Promise.all(
        tokens.map((token, index) => holdPoll(node, AGENTS[index] ?? 0, token)),
      );
      const idle = await openIdle(node);
      // Accepted before the stop, so that their requests come while it goes on.
      const accepted = await Promise.all([openTcp(node), openTcp(node)]);
      const stopped = stop(node);

      await untilRefused(node);
      const [lateSignIn, latePoll] = await Promise.all(accepted.map((socket) => openRaw(node, socket)));
      const body = '{"password":""}';
      lateSignIn?.send({ method: 'PUT', path: `/onlineagent/${HASHED_AGENT}/loginex`, body });
      latePoll?.send({ ...pollOf(SECOND), guid: tokens[AGENTS.indexOf(SECOND)] ?? '' });
      for (const poll of polls) {
        const { received, how } = await poll.ended;
        const last = received.split('HTTP/1.1 ').at(-1) ?? '';
        expect(how).toBe('inOrder');
        expect(last.endsWith(`\r\n\r\n${EMPTY_ANSWER}`)).toBe(true);
        expect(last.toLowerCase()).toContain('\r\nconnection: close\r\n');
      }
      const refusal = await lateSignIn?.ended;
      expect(refusal?.how).toBe('inOrder');
      expect(refusal?.received).toContain('"retcode":"100-003"');
      const late = await latePoll?.ended;
      expect(late?.how).toBe('inOrder');
      expect(late?.received).toMatch(/\r\n\r\n\{"message":"","retcode":"0"/);
      expect((await idle.ended).how).toBe('inOrder');
      expect((await stopped).end).toEqual({ code: 0, signal: null });
      expect(await expectTablesToAgree(tables)).toEqual(before);
    }),
    TIMEOUT_MS,
  );

  it(
    '[DU-6] a TERM ends the process with code 0 within 5 s whatever connections are open',
    withAgents(async ({ start, tables }) => {
      const ends: Record<string, string> = {};
      let tokens: readonly string[] | undefined;
      for (const { what, open } of CONNECTIONS) {
        const node = await start();
        tokens ??= await signInEveryone(node);
        const opened = await Promise.all(tokens.map((token, index) => open(node, AGENTS[index] ?? 0, token)));
        const { end, durationMs } = await stop(node);
        for (const connection of opened) connection.close();
        console.log(`restart, ${store}: ${what}: ${describeEnd(end)} after ${Math.round(durationMs)} ms`);
        ends[what] = describeEnd(end);
      }
      expect(ends).toEqual(Object.fromEntries(CONNECTIONS.map(({ what }) => [what, 'code 0'])));
      await expectTablesToAgree(tables);
    }),
    TIMEOUT_MS,
  );
});

function statusOf(index: number): 3 | 4 | 5 {
  return STATUSES[index % STATUSES.length] ?? 4;
}

function phoneOf(index: number): string {
  return String(40_001 + index);
}

/** Every agent with a phone of its own, the states in turn. Gives the tokens, in the order of the agents. */
function signInEveryone({ client }: RunningNode): Promise<string[]> {
  return Promise.all(
    AGENTS.map((workNumber, index) =>
      client.tokenOf(workNumber, { status: statusOf(index), phonenum: phoneOf(index) }),
    ),
  );
}

interface Stopped {
  /** `late`: it had to be killed. */
  readonly end: ProcessEnd | 'late';
  readonly durationMs: number;
}

/** Sends TERM; gives how and after how long the process ended. One that takes too long is killed. */
async function stop(node: RunningNode): Promise<Stopped> {
  const beganMs = performance.now();
  const end = await within(STOP_LIMIT_MS, 'the server to stop', node.stop()).catch(async (fault: unknown) => {
    await node.kill();
    if (fault instanceof WaitedTooLong) return 'late' as const;
    throw fault;
  });
  return { end, durationMs: performance.now() - beganMs };
}

function describeEnd(end: Stopped['end']): string {
  return end === 'late' ? `not within ${STOP_LIMIT_MS} ms` : `code ${end.code ?? end.signal}`;
}

function pollOf(workNumber: number) {
  return { method: 'GET', path: `/agentevent/${workNumber}` };
}

/** A poll without news on a connection of its own; the server holds it when this resolves. */
async function holdPoll(node: RunningNode, workNumber: number, token: string): Promise<RawConnection> {
  const events = statusOf(AGENTS.indexOf(workNumber)) === 4 ? 2 : 3;
  const connection = await openRaw(node);
  const poll = { ...pollOf(workNumber), guid: token };
  for (let event = 1; event <= events; event++) {
    connection.send(poll);
    await connection.answered(event);
  }
  connection.send(poll);
  // Answered later than the poll arrived, whichever connection the server reads first.
  await node.client.status(workNumber, token);
  await node.client.status(workNumber, token);
  return connection;
}

/** A connection that has served a request and is kept for another. */
async function openIdle(node: RunningNode): Promise<RawConnection> {
  const connection = await openRaw(node);
  connection.send({ method: 'GET', path: `/onlineagent/${FIRST}/agentstatus` });
  await connection.answered(1);
  return connection;
}

async function openWithoutHandshake(node: RunningNode): Promise<{ close(): void }> {
  const socket = await openTcp(node);
  socket.on('error', () => undefined);
  return { close: () => socket.destroy() };
}

async function sendHalfRequest(node: RunningNode, workNumber: number): Promise<{ close(): void }> {
  const connection = await openRaw(node);
  connection.send({
    method: 'PUT',
    path: `/onlineagent/${workNumber}/loginex`,
    body: '{"passw',
    promised: 100,
  });
  return connection;
}

/** Of forced sign-ins that were all done, one session lives; of those that were refused, none. */
async function expectSessions({ client }: RunningNode, answers: readonly Answer[]): Promise<void> {
  const done = answers.filter(({ retcode }) => retcode === '0');
  const statuses = await Promise.all(done.map(({ guid }) => client.status(HASHED_AGENT, guid ?? '')));
  const live = statuses.filter(({ retcode }) => retcode === '0');
  expect(live).toHaveLength(Math.min(1, done.length));
  expect(statuses.filter(({ retcode }) => retcode === '100-006')).toHaveLength(done.length - live.length);
}
