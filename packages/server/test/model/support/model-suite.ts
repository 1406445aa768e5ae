import { describe, expect, it } from 'vitest';
import { chosenSeed, type SeededRandom, seededRandom } from '../../faults/support/seeded-random.ts';
import { MovableTime } from '../../support/movable-time.ts';
import { withGateway } from '../../support/running-gateway.ts';
import type { StoreKind } from '../../support/store-kinds.ts';
import type { ModelCall } from '../reference/calls.ts';
import { agentIn, liveSessions } from '../reference/world.ts';
import { CallGenerator, tokensOf } from './call-generator.ts';
import { ModelRun, NOTHING } from './model-run.ts';
import { modelSite, SITE_FILE } from './model-site.ts';

const IS_FULL = process.env.SCALE === 'full';
/** Each run has an installation and a seed of its own. */
const RUNS = IS_FULL ? 60 : 2;
const STEPS = IS_FULL ? 500 : 300;
const TIMEOUT_MS = RUNS * STEPS * 1_000;
const HOUR_MS = 3_600_000;
/** Sessions of each agent, the last that ended, of which every event is read at the end. */
const READ_AT_THE_END = 3;

/** The comparison on one store; a file each, so that both run at the same time. */
export function describeModel(store: StoreKind): void {
  describe(`the sign-in family does what the model says, on ${store}`, () => {
    it(
      `in ${RUNS} runs of ${STEPS} steps [SI-23] [SI-24] [SI-25] [SI-40] [SI-41] [SI-60] [SI-61] [SI-62] [SO-1] [AS-1] [AS-2] [AS-3] [AS-4] [AS-5] [AS-6] [AS-7] [AS-8] [AS-9] [AS-10] [AS-11] [AS-12] [AS-13] [AS-14] [AS-15] [AS-16] [AS-17] [AS-18] [AS-20] [AS-21] [AT-1] [AT-2] [AT-3] [LE-2] [LE-3] [LE-5] [DL-1] [DL-7] [DL-8] [DL-15] [TX-4] [TX-5] [TX-11] [WI-24] [WI-25] [TK-3]`,
      async () => {
        const firstSeed = chosenSeed();
        const total = { ...NOTHING };
        for (let run = 0; run < RUNS; run++) {
          const seed = firstSeed + run;
          console.log(`model, ${store}: seed ${seed} (repeat with ROLLCALL_SEED=${seed})`);
          const tally = await runOnce(store, seededRandom(seed));
          for (const name of Object.keys(NOTHING) as (keyof typeof NOTHING)[]) total[name] += tally[name];
        }
        console.log(`model, ${store}: ${JSON.stringify(total)}`);
        // Runs in which this never happens would prove little.
        expect(total.contacts).toBeGreaterThan(0);
        expect(total.deadlinesMet).toBeGreaterThan(0);
        expect(total.leasesEnded).toBeGreaterThan(0);
        expect(total.phonesTaken).toBeGreaterThan(0);
        // Where the tables have to tell what happened, the model proves less.
        expect(total.unsure).toBeLessThan(total.calls / 20);
      },
      TIMEOUT_MS,
    );
  });
}

async function runOnce(store: StoreKind, random: SeededRandom): Promise<typeof NOTHING> {
  const time = new MovableTime();
  const loadedFrom = Date.now();
  return withGateway({ store, time, site: SITE_FILE }, async (gateway) => {
    const site = modelSite(gateway.passwords);
    const run = new ModelRun({ gateway, time, site, loaded: { from: loadedFrom, to: Date.now() } });
    try {
      const steps = new RandomSteps(run, random, new CallGenerator(random, site));
      for (let step = 0; step < STEPS; step++) await steps.next();
      await run.check();
      await steps.askWithAllTokens();
      for (const workNumber of site.keys()) await run.readEvents(workNumber);
      for (let back = 1; back <= READ_AT_THE_END; back++) await run.readEndedSessions(back);
      return run.tally;
    } finally {
      await run.close();
    }
  });
}

/** What happens next, at random. */
class RandomSteps {
  readonly #run: ModelRun;
  readonly #random: SeededRandom;
  readonly #calls: CallGenerator;
  /** Where the store's clock stands. */
  #stepMs = 0;

  constructor(run: ModelRun, random: SeededRandom, calls: CallGenerator) {
    this.#run = run;
    this.#random = random;
    this.#calls = calls;
  }

  async next(): Promise<void> {
    const random = this.#random;
    const chance = random.below(100);
    if (chance < 80) return this.#call();
    if (chance < 84) return this.#run.pass(random.oneOf([5_000, 15_000, 40_000, 80_000]));
    if (chance < 90) return this.#passAttended();
    if (chance < 92) return this.#run.standStill(random.oneOf([60_000, 300_000]), () => this.#afewCalls());
    if (chance < 94) return this.#setClock();
    if (chance < 95) return this.#run.restart(random.oneOf([0, 60_000, 300_000]));
    if (chance < 96) return this.askWithAllTokens();
    if (chance < 98) {
      return this.#run.readEvents(random.oneOf([...this.#run.world.keys()]));
    }
    await this.#run.check();
  }

  /** Whatever token an agent's sessions had answers what it should. */
  async askWithAllTokens(): Promise<void> {
    for (const workNumber of this.#run.world.keys()) {
      for (const token of tokensOf(this.#run.world, workNumber).slice(-5)) {
        await this.#run.call({ kind: 'status', workNumber, token });
      }
    }
  }

  #call(): Promise<void> {
    return this.#run.call(...this.#calls.next(this.#run.world));
  }

  async #afewCalls(): Promise<void> {
    for (let call = this.#random.below(4); call > 0; call--) await this.#call();
  }

  /** Some clients are there meanwhile: of these some read their events, and some only ask for something. */
  async #passAttended(): Promise<void> {
    const random = this.#random;
    const attended = liveSessions(this.#run.world).filter(() => random.below(3) !== 0);
    for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
      for (const { workNumber } of attended) {
        if (random.below(3) === 0) await this.#run.readEvents(workNumber);
      }
      await this.#run.callEach(attended.flatMap(({ workNumber }) => this.#lifeSign(workNumber)));
      await this.#run.pass(30_000);
    }
  }

  #lifeSign(workNumber: number): ModelCall[] {
    const { session } = agentIn(this.#run.world, workNumber);
    return session === null ? [] : [{ kind: 'heartbeat', workNumber, token: session.token }];
  }

  #setClock(): Promise<void> {
    const ms = this.#stepMs === 0 ? this.#random.oneOf([HOUR_MS, -HOUR_MS]) : -this.#stepMs;
    this.#stepMs += ms;
    return this.#run.setClock(ms, () => this.#afewCalls());
  }
}
