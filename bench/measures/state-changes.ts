import type { Bench } from '../bench.ts';
import { Connection, type Endpoint } from '../driver/connection.ts';
import { type Agent, referenceChangeRequest } from '../driver/requests.ts';
import { signInAll } from '../driver/sign-ins.ts';
import { CHANGE_CONCURRENCY, changeStates, openDesk } from '../driver/state-changes.ts';
import { Tally } from '../driver/tally.ts';
import { type Reference, type Subject, startReference, startSubject } from '../processes/installation.ts';
import type { Bound, Row } from '../report/row.ts';
import { compare } from '../report/statistics.ts';
import { compareCpu, type Side, sampleCpu } from './cpu.ts';

/** Changes to not ready and back that each agent makes in one round. */
const PAIRS = 25;

interface Variant {
  readonly name: string;
  readonly what: string;
  readonly isWatched: boolean;
  readonly target: Bound;
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'state-changes-watched',
    what: 'state change, told to a held poll',
    isWatched: true,
    target: { atMost: 4.5 },
  },
  {
    name: 'state-changes',
    what: 'state change without a watcher',
    isWatched: false,
    target: { atMost: 2.8 },
  },
];

/** P3: server CPU of a durable state change on warm connections, beside a bare Fastify PUT. */
export async function measureStateChanges(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const variant of VARIANTS) rows.push(await measureVariant(bench, variant));
  return rows;
}

async function measureVariant(bench: Bench, variant: Variant): Promise<Row> {
  const { scale, say } = bench;
  const { name, what, target } = variant;
  say(`P3, ${what}: starting`);
  const subject = await startSubject(bench, { name, agentCount: scale.agents, passwords: 'empty' });
  const { certificate } = subject;
  const script = 'state-change-server.ts';
  const reference = await startReference(bench, { name: `${name}-reference`, script, certificate });
  const tally = new Tally(say);
  const subjectSide = await openSubject(subject, variant, tally);
  const referenceSide = await openReference(reference, subject.agents, tally);
  say(`P3, ${what}: warming up, then measuring`);
  const plan = { ...scale, operations: scale.stateChanges };
  const measured = await compareCpu({ subject: subjectSide, reference: referenceSide }, plan);
  await Promise.all([subject.server.stop(), reference.server.stop()]);
  return {
    measurement: 'P3',
    what,
    referenceIs: 'a bare Fastify PUT',
    unit: 'µs CPU each',
    target: bench.store === 'sqlite' ? target : null,
    ...compare(measured),
    measured,
    faults: tally.faults,
    answerBytes: { subject: subjectSide.answerBytes, reference: referenceSide.answerBytes },
  };
}

/** A side that knows how long one of its answers is. */
type MeasuredSide = Side & { readonly answerBytes: number };

async function openSubject(
  { agents, server, endpoint }: Subject,
  { isWatched }: Variant,
  tally: Tally,
): Promise<MeasuredSide> {
  const options = { endpoint, tally, isToldOf: false };
  const signedIn = await signInAll(agents.slice(0, CHANGE_CONCURRENCY), options);
  const desks = await Promise.all(signedIn.map((each) => openDesk(each, { endpoint, tally, isWatched })));
  const lengths = await Promise.all(desks.map((desk) => changeStates(desk, 1, tally)));
  return {
    answerBytes: lengths[0] ?? 0,
    round: () =>
      sampleCpu(server, async () => {
        await Promise.all(desks.map((desk) => changeStates(desk, PAIRS, tally)));
        return desks.length * PAIRS * 2;
      }),
  };
}

async function openReference(
  { server, endpoint }: Reference,
  agents: readonly Agent[],
  tally: Tally,
): Promise<MeasuredSide> {
  const clients = await Promise.all(
    agents.slice(0, CHANGE_CONCURRENCY).map((agent) => openReferenceClient(agent, endpoint, tally)),
  );
  const lengths = await Promise.all(clients.map((putPairs) => putPairs(1)));
  return {
    answerBytes: lengths[0] ?? 0,
    round: () =>
      sampleCpu(server, async () => {
        await Promise.all(clients.map((putPairs) => putPairs(PAIRS)));
        return clients.length * PAIRS * 2;
      }),
  };
}

/** Puts as an agent changes its state; the function gives how long the last answer was. */
async function openReferenceClient(
  agent: Agent,
  endpoint: Endpoint,
  tally: Tally,
): Promise<(pairs: number) => Promise<number>> {
  const connection = await Connection.open(endpoint);
  return async (pairs) => {
    let bytes = 0;
    for (let pair = 0; pair < pairs; pair += 1) {
      for (const to of ['saybusy', 'sayfree'] as const) {
        const answer = await connection.send(referenceChangeRequest(agent, to));
        tally.accept(answer);
        bytes = answer.bytes;
      }
    }
    return bytes;
  };
}
