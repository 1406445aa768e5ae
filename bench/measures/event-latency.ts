import type { Bench } from '../bench.ts';
import { signInOverFew } from '../driver/sign-ins.ts';
import { Tally } from '../driver/tally.ts';
import { WatchedChanges } from '../driver/watched-changes.ts';
import { startSubject } from '../processes/installation.ts';
import type { Row } from '../report/row.ts';
import { compare, percentile } from '../report/statistics.ts';

/** What an event may take: half of them, all but one in a hundred, and the same while all polls begin together. */
const LIMITS_MS = { half: 2, most: 25, together: 50 } as const;

/** P4: from a change of state to its event at the agent's held poll, while everybody has a poll held. */
export async function measureEventLatency(bench: Bench): Promise<readonly Row[]> {
  const { scale, say } = bench;
  say('P4: starting');
  const tally = new Tally(say);
  const options = { agentCount: scale.heldPolls, passwords: 'empty', name: 'event-latency' } as const;
  const { server, endpoint, agents } = await startSubject(bench, options);
  const hold = { endpoint, tally, isGateway: true };
  const changes = await WatchedChanges.begin(await signInOverFew(agents, hold), hold);
  say('P4: warming up');
  await changes.run(scale.changesASecond, scale.warmUpMs);
  say('P4: measuring');
  const [half, most, together]: [number[], number[], number[]] = [[], [], []];
  for (let repetition = 0; repetition < scale.latencyRepetitions; repetition += 1) {
    const tookMs = await changes.run(scale.changesASecond, scale.latencyMs);
    half.push(percentile(tookMs, 0.5));
    most.push(percentile(tookMs, 0.99));
    await changes.pollTogether();
    together.push(percentile(await changes.run(scale.changesASecond, scale.latencyMs), 0.99));
  }
  changes.close();
  await server.stop();
  const row = (what: string, limitMs: number, subjects: readonly number[]): Row => {
    const measured = { subjects, references: Array.from({ length: subjects.length + 1 }, () => limitMs) };
    return {
      measurement: 'P4',
      unit: 'ms',
      faults: tally.faults,
      answerBytes: null,
      what,
      referenceIs: `the limit of ${limitMs} ms`,
      target: { atMost: 1 },
      ...compare(measured),
      measured,
    };
  };
  return [
    row('change to its event, half of them', LIMITS_MS.half, half),
    row('change to its event, 99th percentile', LIMITS_MS.most, most),
    row('the same, all polls begun together', LIMITS_MS.together, together),
  ];
}
