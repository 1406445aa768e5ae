import type { Bench } from '../bench.ts';
import { signInAll, signOutAll } from '../driver/sign-ins.ts';
import { Tally } from '../driver/tally.ts';
import { startReference, startSubject } from '../processes/installation.ts';
import type { Row } from '../report/row.ts';
import { compare } from '../report/statistics.ts';
import { compareCpu, type Side, sampleCpu } from './cpu.ts';

/** P2: server CPU of a sign-in without a hash, a new connection each, beside bare node:https. */
export async function measureSignIns(bench: Bench): Promise<readonly Row[]> {
  const { scale, say } = bench;
  say('P2: starting');
  const { agents, server, endpoint, certificate } = await startSubject(bench, {
    name: 'sign-ins',
    agentCount: scale.agents,
    passwords: 'empty',
  });
  const reference = await startReference(bench, {
    name: 'sign-ins-reference',
    script: 'sign-in-server.ts',
    certificate,
  });
  const tally = new Tally(say);
  const options = { endpoint, tally, isToldOf: false };
  const referenceOptions = { endpoint: reference.endpoint, tally, isToldOf: false };
  const answerBytes = { subject: 0, reference: 0 };
  const subjectSide: Side = {
    round: async () => {
      let signedIn: Awaited<ReturnType<typeof signInAll>> = [];
      const sample = await sampleCpu(server, async () => {
        signedIn = await signInAll(agents, options);
        return signedIn.length;
      });
      answerBytes.subject = signedIn[0]?.answerBytes ?? 0;
      await signOutAll(signedIn, options);
      return sample;
    },
  };
  const referenceSide: Side = {
    round: () =>
      sampleCpu(reference.server, async () => {
        const answered = await signInAll(agents, referenceOptions);
        answerBytes.reference = answered[0]?.answerBytes ?? 0;
        return answered.length;
      }),
  };
  say('P2: warming up, then measuring');
  const plan = { ...scale, operations: scale.signIns };
  const measured = await compareCpu({ subject: subjectSide, reference: referenceSide }, plan);
  await Promise.all([server.stop(), reference.server.stop()]);
  return [
    {
      measurement: 'P2',
      what: 'sign-in without a hash, new connection',
      referenceIs: 'bare node:https answering the same PUT',
      unit: 'µs CPU each',
      target: bench.store === 'sqlite' ? { atMost: 1.6 } : null,
      ...compare(measured),
      measured,
      faults: tally.faults,
      answerBytes,
    },
  ];
}
