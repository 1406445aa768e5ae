import { join } from 'node:path';
import { ModelFault } from '../../faults/support/agent-driver.ts';
import { findFaults } from '../../faults/support/table-check.ts';
import { postgresTables, sqliteTables, type TableReader } from '../../faults/support/table-reader.ts';
import { readTables, type Tables } from '../../faults/support/tables.ts';
import { eventually } from '../../support/eventually.ts';
import { type MovableTime, ROUND_MS } from '../../support/movable-time.ts';
import type { RunningGateway } from '../../support/running-gateway.ts';
import { type ModelCall, nextEvent, outcomesOf } from '../reference/calls.ts';
import { afterDeadlines, type Jump, mayBeDue } from '../reference/deadlines.ts';
import {
  doubtReplacedTokens,
  forgetAnswers,
  renewLeases,
  sessionsOver,
  writeSigns,
} from '../reference/leases.ts';
import { type AnsweredCall, distinct, explain } from '../reference/orders.ts';
import type { Span } from '../reference/span.ts';
import {
  agentIn,
  endSession,
  firstWorld,
  liveSessions,
  type ModelSite,
  type When,
  type World,
} from '../reference/world.ts';
import { ModelClient } from './model-client.ts';
import { differenceFromTables } from './world-check.ts';

/** A lease or a deadline that is over as soon as this may be met by itself while calls are made. */
const NEARLY_OVER_MS = 3_000;
/** Found due on SQLite in the next round; on PostgreSQL after the grace for other nodes. One round of them is margin. */
const GRACE_MS = { sqlite: ROUND_MS, postgres: 3 * ROUND_MS } as const;
/** A node that has not gone its round for so long takes nobody for suspect. */
const LATEST_ROUND_MS = 2 * ROUND_MS;
const TRACED_STEPS = 60;

/** What a run adds up to, before it begins. */
export const NOTHING = {
  calls: 0,
  pairs: 0,
  contacts: 0,
  deadlinesMet: 0,
  leasesEnded: 0,
  phonesTaken: 0,
  unsure: 0,
};

interface RunParts {
  readonly gateway: RunningGateway;
  readonly time: MovableTime;
  readonly site: ModelSite;
  /** When the site was loaded, epoch ms of the system. */
  readonly loaded: Span;
}

/** Does the same to a running server and to the model; throws {@link ModelFault} where they part. */
export class ModelRun {
  readonly tally = { ...NOTHING };
  readonly #parts: RunParts;
  readonly #trace: string[] = [];
  #gateway: RunningGateway;
  #client: ModelClient;
  #tables: TableReader | null = null;
  /** Everything that may be so; more than one where answers and tables do not tell. */
  #worlds: readonly World[];
  #lastRoundMs: number;
  /** Time was moved in a way that the node has not noticed yet. */
  #isUnnoticed = false;
  #absencesNoticed = 0;
  /** How far the store's clock has been set from where it began, now and at most. */
  #stepMs = 0;
  #farthestStepMs = 0;
  /** What of the store's time was jumped over last. */
  #jump: Jump = { from: 0, to: 0 };

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#gateway = parts.gateway;
    this.#client = new ModelClient(parts.gateway);
    this.#worlds = [firstWorld(parts.site)];
    this.#lastRoundMs = this.#now();
  }

  /** One of the worlds that may be. */
  get world(): World {
    const [world] = this.#worlds;
    if (world === undefined) throw this.#fault('no world is left');
    return world;
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#tables?.close();
  }

  /** Makes the calls at once and takes from the worlds what no order of them explains. */
  async call(...calls: readonly ModelCall[]): Promise<void> {
    if (calls.length > 1) this.tally.pairs++;
    const { answered, when } = await this.#make(calls);
    await this.#explain(answered, when);
  }

  /** Makes calls at once that do not bear on one another. */
  async callEach(calls: readonly ModelCall[]): Promise<void> {
    const { answered, when } = await this.#make(calls);
    for (const each of answered) await this.#explain([each], when);
  }

  async #make(calls: readonly ModelCall[]): Promise<{ answered: readonly AnsweredCall[]; when: When }> {
    if (!this.#isUnnoticed) await this.#leaveTheEdge();
    const [from, wallFrom, storeFrom] = [this.#now(), this.#parts.time.clock.wallMs(), this.#storeNow()];
    const answered = await Promise.all(
      calls.map(async (call): Promise<AnsweredCall> => ({ call, answer: await this.#client.call(call) })),
    );
    this.tally.calls += calls.length;
    this.tally.contacts += answered.filter(
      ({ call, answer }) => call.kind === 'endContact' && answer.code === '0',
    ).length;
    this.#note(answered.map(({ call, answer }) => `${shown(call)} → ${shown(answer)}`).join('  |  '));
    const storeTime = { from: storeFrom, to: this.#storeNow() };
    const when = { ...this.#when({ from, to: this.#now() }, wallFrom), storeTime };
    this.#noteAbsence(when);
    return { answered, when };
  }

  async #explain(calls: readonly AnsweredCall[], when: When): Promise<void> {
    const { site } = this.#parts;
    const mayEnd = this.#isUnnoticed ? [] : this.#agentsOver(when);
    const mayMeet = this.#agentsDue(when.storeTime);
    const explained = explain(this.#worlds, { site, when, calls, mayEnd, mayMeet });
    if (explained.length === 0) {
      const allowed = calls.map(({ call }) => outcomesOf({ site, world: this.world, call, when }).map(shown));
      throw this.#fault(`no order explains the answers; a call alone allows ${allowed.join(' | ')}`);
    }
    const isUnsure = explained.length > this.#worlds.length;
    const before = this.world;
    this.#worlds = explained;
    this.tally.phonesTaken += phonesLost(before, this.world);
    if (isUnsure || mayEnd.length > 0 || mayMeet.length > 0) {
      this.tally.unsure++;
      await this.check();
    }
  }

  /** Compares with the tables. */
  async check(): Promise<void> {
    await this.#settle([]);
  }

  /** Compares with the tables, which must agree among themselves too. */
  #compare(tables: Tables): void {
    const faults = findFaults(tables, true);
    if (faults.length > 0) throw this.#fault(`the tables contradict one another: ${faults.join('; ')}`);
    const { site } = this.#parts;
    const fitting = this.#worlds.filter((world) => differenceFromTables(site, world, tables) === undefined);
    if (fitting.length === 0) throw this.#fault(`${differenceFromTables(site, this.world, tables)}`);
    this.#worlds = fitting;
  }

  /** Time goes by, round after round. */
  async pass(ms: number): Promise<void> {
    this.#note(`${ms} ms go by`);
    let roundBeforeMs = Number.NEGATIVE_INFINITY;
    for (let passedMs = 0; passedMs < ms; passedMs += ROUND_MS) {
      const beganMs = this.#now();
      await this.#jumpBy(ROUND_MS, () => this.#parts.time.pass(ROUND_MS));
      const now = { from: beganMs, to: this.#now() };
      this.#lastRoundMs = beganMs + ROUND_MS;
      this.#noteAbsence(now);
      const writtenMs = roundBeforeMs;
      this.#change((world) => writeSigns(world, writtenMs));
      await this.#settleWhatIsOver(now);
      roundBeforeMs = beganMs;
    }
  }

  /** The node stands still; `meanwhile` is done before its next round is over. */
  async standStill(ms: number, meanwhile: () => Promise<void>): Promise<void> {
    const what = `the node stands still for ${ms} ms`;
    await this.#unnoticed({ what, ms, meanwhile, happen: () => this.#parts.time.passAtOnce(ms) });
  }

  /** Somebody sets the store's clock; on SQLite it is the node's own. */
  async setClock(ms: number, meanwhile: () => Promise<void>): Promise<void> {
    this.#change(doubtReplacedTokens);
    const happen = async () => {
      await this.#parts.time.stepStore(ms);
      this.#stepMs += ms;
      this.#farthestStepMs = Math.max(this.#farthestStepMs, this.#stepMs);
    };
    await this.#unnoticed({ what: `the clock of the store is set by ${ms} ms`, ms, meanwhile, happen });
    this.#change(doubtReplacedTokens);
  }

  /** The server is stopped and started again, `ms` later. */
  async restart(ms: number): Promise<void> {
    await this.#leaveTheEdge();
    this.#note(`a restart, ${ms} ms later`);
    const from = this.#now();
    this.#client.close();
    this.#gateway = await this.#gateway.restart(() =>
      this.#jumpBy(ms, () => this.#parts.time.passAtOnce(ms)),
    );
    this.#client = new ModelClient(this.#gateway);
    this.#absencesNoticed = 0;
    this.#lastRoundMs = this.#now();
    const renewed = { from: from + ms, to: this.#now() };
    this.#change((world) => renewLeases(forgetAnswers(world), renewed, true));
    await this.check();
  }

  /** Reads all events that wait for one agent's live session. */
  async readEvents(workNumber: number): Promise<void> {
    for (let waits = true; waits; ) {
      const { session } = agentIn(this.world, workNumber);
      waits = session !== null && nextEvent(this.world, workNumber, session) !== null;
      if (waits && session !== null) await this.call({ kind: 'poll', workNumber, token: session.token });
    }
  }

  /** Reads each agent's ended session, so many sessions back, to its end. */
  async readEndedSessions(back: number): Promise<void> {
    const endedOf = (workNumber: number) => agentIn(this.world, workNumber).ended.at(-back);
    const pollOf = (workNumber: number): ModelCall[] => {
      const token = endedOf(workNumber)?.token;
      return token === undefined ? [] : [{ kind: 'poll', workNumber, token }];
    };
    const agents = [...this.world.keys()];
    for (;;) {
      const waiting = agents.filter((workNumber) => {
        const ended = endedOf(workNumber);
        return ended !== undefined && nextEvent(this.world, workNumber, ended) !== null;
      });
      if (waiting.length === 0) break;
      await this.callEach(waiting.flatMap(pollOf));
    }
    // These are refused, and no refusal of a poll comes soon.
    await this.callEach(agents.flatMap(pollOf));
  }

  #now(): number {
    return this.#parts.time.clock.monotonicMs();
  }

  /** The store's time, epoch ms: on SQLite it is the node's own. */
  #storeNow(): number {
    const isOwn = this.#gateway.config.databaseUrl === undefined;
    return this.#parts.time.clock.wallMs() + (isOwn ? 0 : this.#stepMs);
  }

  /** Remembers what the store's clock jumps over meanwhile. */
  async #jumpBy(ms: number, happen: () => Promise<void>): Promise<void> {
    const before = this.#storeNow();
    await happen();
    this.#jump = { from: this.#storeNow() - ms, to: before + ms };
  }

  #when({ from, to }: Span, wallFrom: number): Omit<When, 'storeTime'> {
    const { time, loaded } = this.#parts;
    const isRoundLate = to - this.#lastRoundMs > LATEST_ROUND_MS;
    return {
      from,
      to,
      trustsSilence: this.#isUnnoticed ? false : isRoundLate ? null : true,
      isCalendarAstray: this.#isCalendarAstray(),
      accountsMadeAgo: { from: wallFrom - loaded.to, to: time.clock.wallMs() - loaded.from },
    };
  }

  #isCalendarAstray(): boolean {
    const isStoreApart = this.#gateway.config.databaseUrl !== undefined && this.#stepMs !== 0;
    return isStoreApart || this.#stepMs < this.#farthestStepMs;
  }

  /** LE-5: until the node has noticed nobody is suspect and no lease ends; then every lease begins anew. */
  async #unnoticed({ what, ms, meanwhile, happen }: Unnoticed): Promise<void> {
    await this.#leaveTheEdge();
    this.#note(what);
    this.#isUnnoticed = true;
    await this.#jumpBy(ms, happen);
    const from = this.#now();
    await this.check();
    await meanwhile();
    const noticed = this.#absencesNoticed + 1;
    await this.#jumpBy(ROUND_MS, () => this.#parts.time.pass(ROUND_MS));
    await this.check();
    await eventually(() => {
      if (this.#countAbsences() < noticed) throw this.#fault('the node does not notice its absence');
    });
    // The round in which it was noticed is over when another has gone by.
    await this.#jumpBy(ROUND_MS, () => this.#parts.time.pass(ROUND_MS));
    const now = { from, to: this.#now() };
    this.#absencesNoticed = this.#countAbsences();
    this.#isUnnoticed = false;
    this.#lastRoundMs = this.#now();
    this.#change((world) => renewLeases(world, now, true));
    await this.check();
  }

  /** A machine that is slow makes the node itself stand still, and leases begin anew. */
  #noteAbsence(now: Span): void {
    if (this.#isUnnoticed) return;
    const absences = this.#countAbsences();
    if (absences === this.#absencesNoticed) return;
    this.#absencesNoticed = absences;
    this.#note('the node was absent by itself');
    this.#change((world) => renewLeases(world, now, false));
    this.#lastRoundMs = Number.NEGATIVE_INFINITY;
  }

  #countAbsences(): number {
    return this.#gateway.log.filter(({ msg }) => msg.includes('every lease begins anew')).length;
  }

  #agentsOver(now: Span): number[] {
    const over = this.#worlds.flatMap((world) => sessionsOver(world, now, 0));
    return [...new Set(over.map(({ workNumber }) => workNumber))];
  }

  #agentsDue(now: Span): number[] {
    return [...new Set(this.#worlds.flatMap((world) => mayBeDue(world, now)))];
  }

  /** Lets time go by until no lease ends and no deadline is met by itself while calls are made. */
  async #leaveTheEdge(): Promise<void> {
    const soon = (now: number) => ({ from: now, to: now + NEARLY_OVER_MS });
    const isAtTheEdge = () =>
      this.#agentsOver(soon(this.#now())).length > 0 || this.#agentsDue(soon(this.#storeNow())).length > 0;
    for (let rounds = 0; rounds < 50 && isAtTheEdge(); rounds++) await this.pass(ROUND_MS);
  }

  /** After a round: of the leases and deadlines that may be over, those that are have ended and were met. */
  async #settleWhatIsOver(now: Span): Promise<void> {
    const over = this.#agentsOver(now);
    const storeNow = this.#storeNow();
    if (over.length > 0 || this.#agentsDue({ from: storeNow, to: storeNow }).length > 0) {
      await this.#settle(over, now);
    }
  }

  /** Compares with the tables once nothing is due by them; `over`: agents whose lease may have ended by now. */
  async #settle(over: readonly number[], now?: Span): Promise<void> {
    const { site } = this.#parts;
    const { tables, storeTime } = await this.#readWhenNothingIsDue();
    const due = mayBeDue(this.world, storeTime).length;
    const passed = { site, now: storeTime, jump: this.#jump, mayHaveEnded: over };
    this.#worlds = distinct(this.#worlds.flatMap((world) => afterDeadlines(world, passed)));
    if (now !== undefined) this.#endLeases(tables, now);
    this.#compare(tables);
    this.tally.deadlinesMet += due - mayBeDue(this.world, storeTime).length;
  }

  /** AS-20: what is over is met about a second later at most. */
  #readWhenNothingIsDue(): Promise<{ readonly tables: Tables; readonly storeTime: Span }> {
    return eventually(async () => {
      const from = this.#storeNow();
      const tables = await this.#readTables();
      const late = tables.agents.find(({ session }) => (session?.state.deadlineAt ?? from + 1) <= from);
      if (late !== undefined) throw this.#fault(`the deadline of agent ${late.workNumber} is not met`);
      return { tables, storeTime: { from, to: this.#storeNow() } };
    });
  }

  /** Takes over from the tables which leases have ended, of those that may and must. */
  #endLeases(tables: Tables, now: Span): void {
    const grace = GRACE_MS[this.#gateway.config.databaseUrl === undefined ? 'sqlite' : 'postgres'];
    this.#change((world) => {
      let after = world;
      for (const { workNumber, surely } of sessionsOver(world, now, grace)) {
        const { session } = agentIn(world, workNumber);
        const stored = tables.agents.find((agent) => agent.workNumber === workNumber)?.session;
        const lives = stored?.firstSequence === session?.firstSequence;
        if (lives && surely) throw this.#fault(`the lease of agent ${workNumber} is over and does not end`);
        if (lives) continue;
        this.tally.leasesEnded++;
        this.#note(`the lease of agent ${workNumber} ends`);
        after = endSession(after, workNumber, {
          reason: 'leaseOver',
          at: { ...now, isCalendarAstray: this.#isCalendarAstray() },
        });
      }
      return after;
    });
  }

  async #readTables(): Promise<Tables> {
    const { databaseUrl, dataDir } = this.#gateway.config;
    this.#tables ??=
      databaseUrl === undefined
        ? sqliteTables(join(dataDir, 'rollcall.db'))
        : await postgresTables(databaseUrl);
    return readTables(this.#tables);
  }

  #change(change: (world: World) => World): void {
    this.#worlds = distinct(this.#worlds.map(change));
  }

  #note(what: string): void {
    this.#trace.push(`${Math.round(this.#now())} ${what}`);
  }

  #fault(what: string): ModelFault {
    const sessions = liveSessions(this.#worlds[0] ?? new Map()).map(({ workNumber, session }) => {
      const ages = [session.seen, session.read, session.readLately].map(
        (span) => span && Math.round(this.#now() - span.to),
      );
      return `  ${workNumber}: ${JSON.stringify(session.state)}, phone ${session.phone} ${session.holdsPhone}, ages ${ages}`;
    });
    const trace = this.#trace.slice(-TRACED_STEPS).map((line) => `  ${line}`);
    const found = `${what}, after ${this.tally.calls} calls`;
    return new ModelFault([found, 'before it:', ...trace, 'live sessions then:', ...sessions].join('\n'));
  }
}

/** Something that the node does not notice before its next round. */
interface Unnoticed {
  readonly what: string;
  /** By so much it moves the store's clock. */
  readonly ms: number;
  readonly meanwhile: () => Promise<void>;
  readonly happen: () => Promise<void>;
}

/** How many sessions go on without the phone that they held. */
function phonesLost(before: World, after: World): number {
  return liveSessions(after).filter(({ workNumber, session }) => {
    const earlier = agentIn(before, workNumber).session;
    const isSame = earlier?.firstSequence === session.firstSequence;
    return isSame && earlier.holdsPhone && !session.holdsPhone;
  }).length;
}

function shown(facts: object): string {
  // A token is told apart by its first digits.
  return JSON.stringify(facts).replace(/"([0-9a-f]{8})-[0-9a-f-]{27}"/g, '$1');
}
