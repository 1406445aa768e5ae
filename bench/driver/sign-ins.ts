import { forEachConcurrently } from './concurrency.ts';
import { Connection, type Endpoint } from './connection.ts';
import { type Agent, pollRequest, signInRequest, signOutRequest } from './requests.ts';
import { type Tally, tokenOf } from './tally.ts';

/** How many sign-ins are under way at a time. */
export const SIGN_IN_CONCURRENCY = 32;
/** Connections that carry one call of another agent after the other. */
const FEW = 8;

/** An agent that is signed in. */
export interface SignedIn {
  readonly agent: Agent;
  readonly token: string;
  /** Bytes of the sign-in's answer. */
  readonly answerBytes: number;
  /** Until the answer had come; opening a connection of its own included. */
  readonly tookMs: number;
}

export interface SignInOptions {
  readonly endpoint: Endpoint;
  readonly tally: Tally;
  /** Whether each agent polls on its connection, once it is signed in, and has to get its first event. */
  readonly isToldOf: boolean;
}

/** Signs each agent in on a new connection, which is closed afterwards. A refused agent is not in the result. */
export async function signInAll(
  agents: readonly Agent[],
  { endpoint, tally, isToldOf }: SignInOptions,
): Promise<readonly SignedIn[]> {
  const signedIn: SignedIn[] = [];
  await forEachConcurrently(agents, SIGN_IN_CONCURRENCY, async (agent) => {
    try {
      const beganMs = performance.now();
      const connection = await Connection.open(endpoint);
      const answer = await connection.send(signInRequest(agent));
      const tookMs = performance.now() - beganMs;
      if (tally.accept(answer)) {
        const token = tokenOf(answer);
        signedIn.push({ agent, token, answerBytes: answer.bytes, tookMs });
        const first = 'AgentOther_InService';
        if (isToldOf) tally.expectEvent(await connection.send(pollRequest(agent, token)), first);
      }
      connection.close();
    } catch (fault) {
      tally.refuse(`agent ${agent.workNumber}: ${String(fault)}`);
    }
  });
  return signedIn;
}

/** Signs agents in over a few connections, which are closed afterwards. A refused agent is not in the result. */
export async function signInOverFew(
  agents: readonly Agent[],
  { endpoint, tally }: Pick<SignInOptions, 'endpoint' | 'tally'>,
): Promise<readonly SignedIn[]> {
  const signedIn: SignedIn[] = [];
  await forEachOverFew(agents, endpoint, async (agent, connection) => {
    const beganMs = performance.now();
    const answer = await connection.send(signInRequest(agent));
    const tookMs = performance.now() - beganMs;
    if (tally.accept(answer)) {
      signedIn.push({ agent, token: tokenOf(answer), answerBytes: answer.bytes, tookMs });
    }
  });
  return signedIn;
}

/** Signs agents out over a few connections; those that were told of their first event must get the second before. */
export async function signOutAll(
  signedIn: readonly SignedIn[],
  { endpoint, tally, isToldOf }: SignInOptions,
): Promise<void> {
  await forEachOverFew(signedIn, endpoint, async ({ agent, token }, connection) => {
    if (isToldOf) tally.expectEvent(await connection.send(pollRequest(agent, token)), 'AgentState_Ready');
    tally.accept(await connection.send(signOutRequest(agent, token)));
  });
}

async function forEachOverFew<Item>(
  items: readonly Item[],
  endpoint: Endpoint,
  task: (item: Item, connection: Connection) => Promise<void>,
): Promise<void> {
  const connections = await Promise.all(Array.from({ length: FEW }, () => Connection.open(endpoint)));
  const free = [...connections];
  await forEachConcurrently(items, FEW, async (item) => {
    const connection = free.pop();
    if (connection === undefined) throw new Error('there are as many connections as tasks at a time');
    await task(item, connection);
    free.push(connection);
  });
  for (const connection of connections) connection.close();
}
