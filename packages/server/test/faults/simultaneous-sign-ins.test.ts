import { describe, expect, it } from 'vitest';
import type { Answer } from './support/gateway-client.ts';
import {
  agentNumbers,
  HASHED_AGENT,
  type Installation,
  type RunningNode,
  withInstallation,
} from './support/installation.ts';
import { expectTablesToAgree } from './support/table-check.ts';
import type { StoredAgent } from './support/tables.ts';

const TIMEOUT_MS = 90_000;
const IS_FULL = process.env.SCALE === 'full';
const SIGN_INS = 200;
const WRONG_PASSWORDS = 9;
/** Agents that are signed in so, one after another: how two processes meet is a matter of luck. */
const TIMES = IS_FULL ? 5 : 1;
const FORCED_SIGN_INS = 50;
const [FIRST, SECOND] = agentNumbers(2) as [number, number];

/** With PostgreSQL the sign-ins come to two processes at once. */
const CASES = [
  { store: 'sqlite', nodes: 1 },
  { store: 'postgres', nodes: 2 },
] as const;

describe.each(CASES)('simultaneous sign-ins with $store and $nodes process(es)', ({ store, nodes }) => {
  it(
    `[SI-23] of ${SIGN_INS} sign-ins of one agent one succeeds, their verifications taking turns`,
    () =>
      withInstallation({ store, agents: 2 }, async (installation) => {
        const running = await startNodes(installation, nodes);
        await signInAtOnce(running, HASHED_AGENT, installation.password);
        const { agents, ended } = await expectTablesToAgree(installation.tables);
        expect(signedIn(agents)).toEqual([HASHED_AGENT]);
        expect(ended).toEqual([]);
      }),
    TIMEOUT_MS,
  );

  it(
    `[SI-23] of ${SIGN_INS} sign-ins of one agent one succeeds, their transactions meeting`,
    () =>
      withInstallation({ store, agents: TIMES }, async (installation) => {
        const running = await startNodes(installation, nodes);
        for (const workNumber of agentNumbers(TIMES)) await signInAtOnce(running, workNumber, '');
        const { agents, ended, events } = await expectTablesToAgree(installation.tables);
        expect(signedIn(agents)).toEqual(agentNumbers(TIMES));
        expect(ended).toEqual([]);
        expect(events.map(({ event }) => event.kind)).toEqual(
          agentNumbers(TIMES).flatMap(() => ['agentSignedIn', 'signInReadyAnnounced']),
        );
      }),
    TIMEOUT_MS,
  );

  it(
    `[SI-23] [SI-27] of ${FORCED_SIGN_INS} forced sign-ins of one agent every one succeeds and one session lives`,
    () =>
      withInstallation({ store, agents: 2 }, async (installation) => {
        const running = await startNodes(installation, nodes);
        const answers = await atOnce(running, FORCED_SIGN_INS, ({ client }) =>
          client.signIn(FIRST, { forced: true, phonenum: '40001' }),
        );
        expect(codesOf(answers)).toEqual({ '0': FORCED_SIGN_INS });

        for (const { client } of running) {
          const statuses = await Promise.all(answers.map(({ guid }) => client.status(FIRST, guid ?? '')));
          expect(codesOf(statuses)).toEqual({ '0': 1, '100-006': FORCED_SIGN_INS - 1 });
        }
        const { ended, phones } = await expectTablesToAgree(installation.tables);
        expect(ended.map(({ reason }) => reason)).toEqual(Array(FORCED_SIGN_INS - 1).fill('displaced'));
        expect(phones).toEqual([`1/40001/${FIRST}`]);
      }),
    TIMEOUT_MS,
  );

  it(
    '[SI-25] a forced sign-in whose phone another agent holds leaves the old session whole',
    () =>
      withInstallation({ store, agents: 2 }, async (installation) => {
        const running = await startNodes(installation, nodes);
        const { client } = running[0] as RunningNode;
        const token = await client.tokenOf(FIRST, { phonenum: '40001', status: 3 });
        await client.tokenOf(SECOND, { phonenum: '40002' });
        const before = await expectTablesToAgree(installation.tables);

        const refused = await atOnce(running, 2 * nodes, (node) =>
          node.client.signIn(FIRST, { forced: true, phonenum: '40002', status: 4 }),
        );
        expect(codesOf(refused)).toEqual({ '100-003': 2 * nodes });
        expect(refused[0]?.message).toContain('40002');

        expect(await expectTablesToAgree(installation.tables)).toEqual(before);
        for (const node of running) {
          expect((await node.client.status(FIRST, token)).result).toEqual({
            agentState: 3,
            isWorking: false,
          });
        }
        expect((await client.sayFree(FIRST, token)).retcode).toBe('0');
        await expectTablesToAgree(installation.tables);
      }),
    TIMEOUT_MS,
  );
});

/** Signs one agent in {@link SIGN_INS} times at once, {@link WRONG_PASSWORDS} of them wrongly. */
async function signInAtOnce(
  nodes: readonly RunningNode[],
  workNumber: number,
  password: string,
): Promise<void> {
  const isWrong = (index: number) => index % 22 === 1 && index < 22 * WRONG_PASSWORDS;
  const answers = await atOnce(nodes, SIGN_INS, ({ client }, index) =>
    client.signIn(workNumber, { password: isWrong(index) ? `not ${index}` : password }),
  );
  const right = answers.filter((_, index) => !isWrong(index));
  expect(codesOf(answers.filter((_, index) => isWrong(index)))).toEqual({ '100-004': WRONG_PASSWORDS });
  expect(codesOf(right)).toEqual({ '0': 1, '100-002': SIGN_INS - WRONG_PASSWORDS - 1 });

  const token = right.find(({ retcode }) => retcode === '0')?.guid ?? '';
  for (const { client } of nodes) {
    expect((await client.status(workNumber, token)).result).toEqual({ agentState: 4, isWorking: false });
  }
}

function signedIn(agents: readonly StoredAgent[]): number[] {
  return agents.filter(({ session }) => session !== null).map(({ workNumber }) => workNumber);
}

function startNodes({ start }: Installation, nodes: number): Promise<RunningNode[]> {
  return Promise.all(Array.from({ length: nodes }, (_, index) => start(index + 1)));
}

/** Makes `count` calls at the same time, on connections that are open already, the nodes in turn. */
async function atOnce(
  nodes: readonly RunningNode[],
  count: number,
  call: (node: RunningNode, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  await Promise.all(
    nodes.map(({ client }) => client.openConnections(Math.ceil(count / nodes.length), FIRST)),
  );
  return Promise.all(
    Array.from({ length: count }, (_, index) => call(nodes[index % nodes.length] as RunningNode, index)),
  );
}

function codesOf(answers: readonly Answer[]): Record<string, number> {
  const groups = Map.groupBy(answers, ({ retcode }) => retcode);
  return Object.fromEntries([...groups].map(([code, group]) => [code, group.length]));
}
