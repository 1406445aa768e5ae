import type { SessionId, WorkNumber } from '@rollcall/contract';
import { expect, it } from 'vitest';
import { AgentLogs } from '../../src/delivery/agent-logs.ts';
import { EventStream } from '../../src/delivery/event-stream.ts';
import { StreamWriter } from '../../src/delivery/stream-writer.ts';
import type { LoggedEvent } from '../../src/domain/agent-session/agent-event.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readyAgent } from '../support/ready-agent.ts';

const workNumber = 291 as WorkNumber;
const sessionId = 's' as SessionId;
const eventsUpTo = (head: number) =>
  Array.from(
    { length: head },
    (_, index): LoggedEvent => ({
      sequence: index + 1,
      at: 1,
      event: { kind: 'agentBecameReady' },
    }),
  );

/** A stream of a log that has grown to `head`, whose reads wait while the test holds them. */
function streamOf(log: { head: number; held: Promise<void> | null }) {
  let written = '';
  const store = {
    findAgent: async () => readyAgent({ workNumber, sessionId }, log.head),
    findEndedSessionById: async () => undefined,
    findOldestKept: async () => 1,
    readEvents: async ({ after, upTo }: { after: number; upTo: number }) => {
      const events = eventsUpTo(upTo).slice(after);
      await log.held;
      return events;
    },
  };
  const output = {
    write: (text: string) => {
      written += text;
      return true;
    },
    end: () => undefined,
    destroy: () => undefined,
    onDrain: () => undefined,
    onClose: () => undefined,
  };
  const writer = new StreamWriter(output, systemClock, 60_000);
  const logs = new AgentLogs({ store, epoch: 'e' });
  const reportFault = (fault: unknown) => expect.fail(String(fault));
  const stream = new EventStream({ workNumber, sessionId, logs, writer, reportFault }, 0);
  return {
    stream,
    sequences: () => [...written.matchAll(/^id: e\.(\d+)$/gm)].map((found) => Number(found[1])),
  };
}

it('what the log has told already is not told again by the batch that it came with [DL-16]', async () => {
  const log = { head: 3, held: null };
  const { stream, sequences } = streamOf(log);
  stream.begin({ recovered: true });
  await expect.poll(sequences).toEqual([1, 2, 3]);
  stream.offer(eventsUpTo(3).slice(1));
  log.head = 4;
  stream.offer(eventsUpTo(4).slice(3));
  await expect.poll(() => sequences().at(-1)).toBe(4);
  expect(sequences()).toEqual([1, 2, 3, 4]);
});

it('what lies before a batch is told before it, though the log is being read meanwhile [DL-16]', async () => {
  const door = Promise.withResolvers<void>();
  const log: { head: number; held: Promise<void> | null } = { head: 2, held: door.promise };
  const { stream, sequences } = streamOf(log);
  stream.begin({ recovered: true });
  log.head = 4;
  stream.offer(eventsUpTo(4).slice(2));
  log.head = 6;
  stream.offer(eventsUpTo(6).slice(5));
  expect(sequences()).toEqual([]);
  log.held = null;
  door.resolve();
  await expect.poll(sequences).toEqual([1, 2, 3, 4, 5, 6]);
});
