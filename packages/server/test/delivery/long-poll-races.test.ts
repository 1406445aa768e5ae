import type { SessionId, WorkNumber } from '@rollcall/contract';
import { describe, expect, it } from 'vitest';
import { AgentLogs } from '../../src/delivery/agent-logs.ts';
import { LongPoll } from '../../src/delivery/long-poll.ts';
import type { PollAnswer, PollConnection } from '../../src/delivery/poll.ts';
import type { LoggedEvent } from '../../src/domain/agent-session/agent-event.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readyAgent } from '../support/ready-agent.ts';

const workNumber = 291 as WorkNumber;
const sessionId = 's' as SessionId;
const log: readonly LoggedEvent[] = [
  { sequence: 1, at: 1, event: { kind: 'agentSignedIn' } },
  { sequence: 2, at: 1, event: { kind: 'signInReadyAnnounced' } },
];
const record = readyAgent({ workNumber, sessionId }, 2);

const positions = { find: async () => undefined, moved: () => undefined };
const parts = { positions, clock: systemClock };

/** A store whose reads of the log answer when the test says so, as those of a database elsewhere may. */
function slowStore() {
  const waiting: (() => void)[] = [];
  return {
    findAgent: async () => record,
    findEndedSessionById: async () => undefined,
    findOldestKept: async () => 1,
    readEvents: async ({ after, upTo }: { after: number; upTo: number }) => {
      await new Promise<void>((answer) => waiting.push(answer));
      return log.filter(({ sequence }) => sequence > after && sequence <= upTo);
    },
    reads: () => waiting.length,
    answerNext: () => waiting.shift()?.(),
  };
}

describe('two polls while the log is read', () => {
  it('the event goes to the newer one alone, and the older answers empty [DL-4] [DL-6]', async () => {
    const store = slowStore();
    const longPoll = new LongPoll({ logs: new AgentLogs({ store, epoch: 'e' }), ...parts });
    const poll = (connection: PollConnection) =>
      longPoll.poll(
        { workNumber, sessionId, firstSequence: 1, record, connection, after: null },
        () => undefined,
      );
    const older = poll(openConnection());
    await expect.poll(store.reads).toBe(1);
    const newer = poll(openConnection());
    await expect.poll(store.reads).toBe(2);
    store.answerNext();
    store.answerNext();
    expect((await older).kind).toBe('empty');
    expect(nameOf(await newer)).toBe('AgentOther_InService');
  });

  it('a read that comes late neither loses nor skips an event [DL-1] [DL-4] [DL-6]', async () => {
    const store = slowStore();
    const longPoll = new LongPoll({ logs: new AgentLogs({ store, epoch: 'e' }), ...parts });
    const connection = openConnection();
    const poll = () =>
      longPoll.poll(
        { workNumber, sessionId, firstSequence: 1, record, connection, after: null },
        () => undefined,
      );
    const displaced = poll();
    await expect.poll(store.reads).toBe(1);
    const second = poll();
    await expect.poll(store.reads).toBe(2);
    // The displaced poll's read answers first, long after its poll was given up.
    store.answerNext();
    expect((await displaced).kind).toBe('empty');
    store.answerNext();
    expect(nameOf(await second)).toBe('AgentOther_InService');
    const third = poll();
    await expect.poll(store.reads).toBe(1);
    store.answerNext();
    expect(nameOf(await third)).toBe('AgentState_Ready');
  });
});

function openConnection(): PollConnection {
  const nowMs = systemClock.monotonicMs();
  return { openedAtMs: nowMs, heardAtMs: nowMs, state: 'open', isShared: false };
}

function nameOf(answer: PollAnswer): string {
  return answer.kind === 'event' ? answer.event.eventType : answer.kind;
}
