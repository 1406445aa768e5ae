import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { HeldPolls, type HoldOptions } from '../driver/held-polls.ts';
import type { Agent } from '../driver/requests.ts';
import { signInOverFew } from '../driver/sign-ins.ts';
import { Tally } from '../driver/tally.ts';
import { type Reference, startReference, startSubject } from '../processes/installation.ts';
import { mostOpenFiles } from '../processes/memory.ts';
import type { ServerProcess } from '../processes/server-process.ts';
import type { Row } from '../report/row.ts';
import { compare, interleave, median } from '../report/statistics.ts';

/** Files that a server has open besides its connections, generously. */
const OTHER_FILES = 200;
/** Time for a collection, and for what it frees to be given back. */
const SETTLE_MS = 1_000;

/** The machine lets a process open too few files. */
class OpenFilesFault extends Error {
  override readonly name = 'OpenFilesFault';
}

/** P5: memory of an agent that is signed in and has a poll held over TLS, beside a held request of bare node:https. */
export async function measureHeldPolls(bench: Bench): Promise<readonly Row[]> {
  const { scale, say } = bench;
  if (mostOpenFiles() < scale.heldPolls + OTHER_FILES) {
    throw new OpenFilesFault(`P5 needs ${scale.heldPolls + OTHER_FILES} open files; raise \`ulimit -n\``);
  }
  say('P5: starting');
  const tally = new Tally(say);
  const answerBytes = { subject: 0, reference: 0 };
  const measureOne = async (
    side: keyof typeof answerBytes,
    { server, endpoint }: Reference,
    agents: readonly Agent[],
  ) => {
    const hold = { endpoint, tally, isGateway: side === 'subject' };
    const { kiBEach, bytes } = await memoryEach(server, agents, { hold, scale });
    answerBytes[side] = bytes;
    say(`P5: ${side} ${kiBEach.toFixed(1)} KiB each`);
    await server.stop();
    return kiBEach;
  };
  let measured = 0;
  const start = () => {
    measured += 1;
    const options = { agentCount: scale.heldPolls, passwords: 'empty', collectsGarbage: true } as const;
    return startSubject(bench, { ...options, name: `held-polls-${measured}` });
  };
  // The reference, which comes first, has a gateway's certificate and signs the same agents in.
  const { certificate, agents, server } = await start();
  await server.stop();
  const reference = async () => {
    const options = { script: 'held-requests-server.ts', certificate, collectsGarbage: true };
    const started = await startReference(bench, { ...options, name: 'held-polls-reference' });
    return measureOne('reference', started, agents);
  };
  const subject = async () => {
    const started = await start();
    return measureOne('subject', started, started.agents);
  };
  say('P5: measuring, a new process each time');
  const interleaved = await interleave(scale.heldRepetitions, reference, subject);
  return [
    {
      measurement: 'P5',
      what: 'signed-in agent with a held poll',
      referenceIs: 'bare node:https holding a request',
      unit: 'KiB each',
      target: { atMost: 1.15 },
      ...compare(interleaved),
      measured: interleaved,
      faults: tally.faults,
      answerBytes,
    },
  ];
}

interface MemoryOptions {
  readonly hold: HoldOptions;
  readonly scale: Bench['scale'];
}

/** What a fresh server holds more with everyone's poll held than with nobody signed in, by agent. */
async function memoryEach(
  server: ServerProcess,
  agents: readonly Agent[],
  { hold, scale }: MemoryOptions,
): Promise<{ readonly kiBEach: number; readonly bytes: number }> {
  // Code is compiled and pools are filled by the first of them, and are no part of what one more takes.
  const first = new HeldPolls(hold);
  await first.begin(await signInOverFew(agents.slice(0, scale.heldWarmUp), hold));
  await first.end();
  const before = median(await residentSamples(server, scale.heldSamples));
  const all = new HeldPolls(hold);
  await all.begin(await signInOverFew(agents, hold));
  await all.renewed();
  const during = median(await residentSamples(server, scale.heldSamples));
  all.abandon();
  return { kiBEach: (during - before) / agents.length, bytes: all.answerBytes };
}

/** Every two seconds: twelve of them see two holds and more. */
async function residentSamples(server: ServerProcess, count: number): Promise<number[]> {
  const samples: number[] = [];
  while (samples.length < count) {
    server.collectGarbage();
    await sleep(SETTLE_MS);
    samples.push(server.residentKiB());
    await sleep(SETTLE_MS);
  }
  return samples;
}
