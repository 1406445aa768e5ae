import type { Bench } from '../bench.ts';
import { Forcing } from '../driver/forcing.ts';
import { signInAll, signOutAll } from '../driver/sign-ins.ts';
import { Tally } from '../driver/tally.ts';
import { startSubject } from '../processes/installation.ts';
import type { Row } from '../report/row.ts';
import { compare, interleave, median, percentile } from '../report/statistics.ts';

const NAME = 'forcing';
/** What one call for a thousand agents may take. */
const LIMIT_MS = 500;

/** P7: one inspector's call that forces many agents, and what others' sign-ins take meanwhile. */
export async function measureForcing(bench: Bench): Promise<readonly Row[]> {
  const { scale, say } = bench;
  say('P7: starting');
  const subject = await startSubject(bench, { name: NAME, agentCount: 2 * scale.forced, passwords: 'empty' });
  const tally = new Tally(say);
  const forcing = await Forcing.begin(subject, { count: scale.forced, tally });
  const others = subject.agents.slice(scale.forced);
  const options = { endpoint: subject.endpoint, tally, isToldOf: false };
  const signInP99 = async (meanwhile: (signingIn: Promise<unknown>) => Promise<void>) => {
    const signingIn = signInAll(others, options);
    await meanwhile(signingIn);
    const signedIn = await signingIn;
    await signOutAll(signedIn, options);
    return percentile(
      signedIn.map(({ tookMs }) => tookMs),
      0.99,
    );
  };
  const quiet = () => signInP99(async () => undefined);
  const whileForced = () => signInP99((signingIn) => forcing.during(signingIn));
  say('P7: warming up');
  const began = performance.now();
  while (performance.now() - began < scale.warmUpMs) {
    await quiet();
    await whileForced();
    await forcing.once();
  }
  say('P7: measuring');
  const calls = await interleave(
    scale.forcingRepetitions,
    async () => LIMIT_MS,
    () => forcing.once(),
  );
  forcing.tookMs = [];
  const signIns = await interleave(scale.forcingRepetitions, quiet, whileForced);
  say(`P7: a call beside sign-ins took ${Math.round(median(forcing.tookMs))} ms`);
  forcing.end();
  await subject.server.stop();
  const common = { measurement: 'P7', unit: 'ms', faults: tally.faults, answerBytes: null } as const;
  return [
    {
      ...common,
      what: `one call that forces ${scale.forced} agents`,
      referenceIs: `the limit of ${LIMIT_MS} ms`,
      target: { atMost: 1 },
      ...compare(calls),
      measured: calls,
    },
    {
      ...common,
      what: '99th percentile of a sign-in during such calls',
      referenceIs: 'the same without them',
      target: { atMost: 1.5 },
      ...compare(signIns),
      measured: signIns,
    },
  ];
}
