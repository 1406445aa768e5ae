import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import { signInAll, signOutAll } from '../driver/sign-ins.ts';
import { Tally } from '../driver/tally.ts';
import { startSubject } from '../processes/installation.ts';
import type { Row } from '../report/row.ts';
import { compare, interleave } from '../report/statistics.ts';

const HASHING = join(import.meta.dirname, '..', 'references', 'password-hashing.ts');

/** P1: sign-ins with a password, a new connection each, every agent told of it, beside hashing alone. */
export async function measureColdSignIns(bench: Bench): Promise<readonly Row[]> {
  const { scale, say } = bench;
  say(`P1: hashing the passwords of ${scale.agentsWithPassword} agents`);
  const subject = await startSubject(bench, {
    name: 'cold-sign-ins',
    agentCount: scale.agentsWithPassword,
    passwords: 'generated',
  });
  const tally = new Tally(say);
  const options = { endpoint: subject.endpoint, tally, isToldOf: true };
  const signInsPerSecond = async () => {
    const began = performance.now();
    const signedIn = await signInAll(subject.agents, options);
    const seconds = (performance.now() - began) / 1_000;
    await signOutAll(signedIn, options);
    return signedIn.length / seconds;
  };
  say('P1: warming up');
  await signInsPerSecond();
  say('P1: measuring');
  const measured = await interleave(scale.coldRepetitions, () => verifiesPerSecond(bench), signInsPerSecond);
  await subject.server.stop();
  return [
    {
      measurement: 'P1',
      what: 'cold sign-ins',
      referenceIs: 'argon2id alone, as many verifications at a time as the gateway allows, the driver idle',
      unit: 'per second',
      target: { atLeast: 0.85 },
      ...compare(measured),
      measured,
      faults: tally.faults,
      answerBytes: null,
    },
  ];
}

async function verifiesPerSecond({ scale }: Bench): Promise<number> {
  const slots = Math.max(1, availableParallelism() - 1);
  const { stdout } = await promisify(execFile)(process.execPath, [HASHING, `${slots}`, `${scale.hashingMs}`]);
  return Number(stdout);
}
