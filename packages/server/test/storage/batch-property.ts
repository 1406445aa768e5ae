import type { DirectoryNumber } from '@rollcall/contract/identifiers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/domain/agent-session/commands.ts';
import type { BatchResult } from '../../src/storage/agent-store.ts';
import type { Store } from '../../src/storage/store.ts';
import {
  agentNumber,
  becomeNotReady,
  becomeReady,
  deliverNote,
  FIRST_TENANT,
  foldAt,
  postBulletin,
  rest,
  SECOND_TENANT,
  signIn,
  signOut,
  siteAgent,
  siteTenant,
  takeBulletins,
} from '../support/store-fixture.ts';
import { expectConsistent, readTables, type StoreUnderTest, type WithStore } from './store-under-test.ts';

const ACTS = [
  'signIn',
  'forceSignIn',
  'signOut',
  'becomeReady',
  'becomeNotReady',
  'cancelNotReady',
  'rest',
  'beginWrapUp',
  'endWrapUp',
  'offerContact',
  'endContact',
  'bindPhone',
  'deliverNote',
  'deliverNote',
  'postBulletin',
  'takeBulletins',
] as const;

/** One step of a random script; `agent` and `phone` are small, so that steps meet. */
interface Step {
  readonly agent: number;
  readonly act: (typeof ACTS)[number];
  readonly phone: number;
  readonly seats: 'none' | 'agent' | 'agentAndVideo';
  readonly initialState: 'ready' | 'notReady' | 'wrapUp';
  readonly reason: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  agent: fc.nat({ max: 4 }),
  act: fc.constantFrom(...ACTS),
  phone: fc.nat({ max: 3 }),
  seats: fc.constantFrom('none', 'agent', 'agentAndVideo'),
  initialState: fc.constantFrom('ready', 'notReady', 'wrapUp'),
  reason: fc.constantFrom(0, 200, 201),
});

const RUNS = 40;
/** Later than any batch before it, so that equal tables have equal times. */
const NOW = 1_700_000_000_000;
const WRITTEN_TABLES = [
  'waiting_note',
  'bulletin',
  'bulletin_board',
  'agent_event',
  'agent_interval',
  'audit_entry',
  'ended_session',
  'phone',
  'life_sign',
  'replaced_token',
  'licence',
  'feed',
  'agent',
  'tenant',
];

/** A batch of N is N batches of one: the property that the whole fold stands for (rule TX-17). */
export function describeBatchProperty(withStore: WithStore): void {
  describe('any batch', () => {
    test(
      '[TX-17] [TX-11] a batch of N leaves the same tables and answers as N batches of one',
      () =>
        withStore((together) =>
          withStore(async (apart) => {
            const stores = { together: await together.open(), apart: await apart.open() };
            const seed = Number(process.env.ROLLCALL_SEED ?? Date.now() % 2 ** 31);
            console.log(`batch property: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
            await fc.assert(
              fc.asyncProperty(
                fc.array(step, { maxLength: 40 }),
                fc.nat({ max: 20 }),
                async (steps, ground) => {
                  await renew(together, stores.together);
                  await renew(apart, stores.apart);
                  const commands = commandsOf(steps);
                  const first = commands.slice(0, ground);
                  const rest = commands.slice(ground);
                  const inBatches = [
                    await stores.together.commit(first, foldAt(NOW)),
                    await stores.together.commit(rest, foldAt(NOW)),
                  ];
                  const oneByOne: BatchResult[] = [];
                  for (const command of commands)
                    oneByOne.push(await stores.apart.commit([command], foldAt(NOW)));
                  expect(outcomes(inBatches)).toEqual(outcomes(oneByOne));
                  expect(await readTables(together)).toEqual(await readTables(apart));
                  await expectConsistent(together);
                },
              ),
              { numRuns: RUNS, seed },
            );
          }),
        ),
      120_000,
    );
  });
}

function outcomes(results: readonly BatchResult[]): unknown[] {
  return results.flatMap((result): unknown[] =>
    result.kind === 'committed' ? [...result.outcomes] : ['unknown'],
  );
}

async function renew(database: StoreUnderTest, store: Store): Promise<void> {
  for (const table of WRITTEN_TABLES) await database.query(`DELETE FROM ${table}`);
  const agents = [0, 1, 2, 3, 4].map((index) => {
    const agent = siteAgent(agentNumber(index));
    return { ...agent, definition: { ...agent.definition, group: 1 + (index % 2) } };
  });
  await store.saveSite([
    siteTenant(FIRST_TENANT, agents.slice(0, 4), { licence: { agentSeats: 2, videoSeats: 1 } }),
    siteTenant(SECOND_TENANT, agents.slice(4), {
      displacement: 'forbidden',
      licence: { agentSeats: 1, videoSeats: 1 },
    }),
  ]);
}

/** Session commands speak of the agent's newest sign-in in the script, accepted or not. */
function commandsOf(steps: readonly Step[]): Command[] {
  const newest = new Map<number, string>();
  return steps.map((each, index) => {
    if (each.act === 'signIn' || each.act === 'forceSignIn') newest.set(each.agent, `s${index}`);
    return commandOf(each, newest.get(each.agent) ?? 'none');
  });
}

function commandOf({ agent, act, phone, seats, initialState, reason }: Step, session: string): Command {
  const of = {
    workNumber: agentNumber(agent),
    tenantId: agent === 4 ? SECOND_TENANT : FIRST_TENANT,
    session,
  };
  switch (act) {
    case 'signIn':
    case 'forceSignIn': {
      const number = phone === 0 ? null : `400${phone}`;
      return signIn({ ...of, phone: number, seats, initialState, forced: act === 'forceSignIn' });
    }
    case 'signOut':
      return signOut(of);
    case 'becomeNotReady':
      return becomeNotReady(of, reason);
    case 'rest':
      return rest(of);
    case 'deliverNote':
      return deliverNote(of.workNumber, `note ${reason}`, of.tenantId);
    case 'postBulletin': {
      const target =
        phone === 0 ? ({ kind: 'everyone' } as const) : ({ kind: 'group', groupId: phone } as const);
      return postBulletin(of, { text: `bulletin ${reason}`, target, sentAt: NOW - 1 });
    }
    case 'takeBulletins':
      return takeBulletins(of.workNumber, 1 + phone, of.tenantId);
    case 'bindPhone': {
      const phoneNumber = `400${phone}` as DirectoryNumber;
      return { ...becomeReady(of), kind: act, phoneNumber, trustsSilence: null };
    }
    default:
      return { ...becomeReady(of), kind: act };
  }
}
