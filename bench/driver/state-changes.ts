import { Connection, type Endpoint } from './connection.ts';
import { type Agent, pollRequest, stateChangeRequest } from './requests.ts';
import type { SignedIn } from './sign-ins.ts';
import type { Tally } from './tally.ts';

/** Agents that change their state at the same time. */
export const CHANGE_CONCURRENCY = 64;

const MOVES = [
  { to: 'saybusy', event: 'AgentState_SetNotReady_Success' },
  { to: 'sayfree', event: 'AgentState_CancelNotReady_Success' },
] as const;

/** Polls that may get the event before once more; then the event is counted as missing. */
const MOST_REPEATS = 5;

/** One agent at its desk: a warm connection for its calls and, when it is watched, one for its polls. */
export interface Desk {
  readonly agent: Agent;
  readonly token: string;
  readonly calls: Connection;
  readonly polls: Connection | undefined;
  /** Type of the event that its last poll got. */
  lastEvent: string;
}

export interface DeskOptions {
  readonly endpoint: Endpoint;
  readonly tally: Tally;
  readonly isWatched: boolean;
}

/** Opens the connections of an agent that is ready; a watched one has read the events of its sign-in afterwards. */
export async function openDesk(
  { agent, token }: SignedIn,
  { endpoint, tally, isWatched }: DeskOptions,
): Promise<Desk> {
  const calls = await Connection.open(endpoint);
  const polls = isWatched ? await Connection.open(endpoint) : undefined;
  const desk: Desk = { agent, token, calls, polls, lastEvent: '' };
  if (polls !== undefined) {
    for (const eventType of ['AgentOther_InService', 'AgentState_Ready']) {
      await readEvent(desk, { polls, eventType, tally });
    }
  }
  return desk;
}

/**
 * Takes a ready agent to not ready and back, `pairs` times. The poll of a watched one is sent before the change, so
 * that it is held when the change comes, and its answer has to tell of the change. Gives how long the answer to the
 * last change was.
 */
export async function changeStates(desk: Desk, pairs: number, tally: Tally): Promise<number> {
  const { agent, token, calls, polls } = desk;
  let bytes = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const { to, event: eventType } of MOVES) {
      const told = polls === undefined ? undefined : readEvent(desk, { polls, eventType, tally });
      const [changed] = await Promise.all([calls.send(stateChangeRequest(agent, token, to)), told]);
      tally.accept(changed);
      bytes = changed.bytes;
    }
  }
  return bytes;
}

interface ExpectedEvent {
  readonly polls: Connection;
  readonly eventType: string;
  readonly tally: Tally;
}

/** Polls until the event after the last one comes. */
async function readEvent(desk: Desk, { polls, eventType, tally }: ExpectedEvent): Promise<void> {
  const request = pollRequest(desk.agent, desk.token);
  let answer = await polls.send(request);
  for (let repeats = 0; repeats < MOST_REPEATS && tally.isRepeated(answer, desk.lastEvent); repeats += 1) {
    answer = await polls.send(request);
  }
  tally.expectEvent(answer, eventType);
  desk.lastEvent = eventType;
}
