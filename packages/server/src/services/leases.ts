import type { SessionId } from '@rollcall/contract/identifiers';
import type { AgentRecord } from '../domain/agent-session/agent-record.ts';
import type { SignIn } from '../domain/agent-session/commands.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { AgentStore } from '../storage/agent-store.ts';
import type { DueLease, LifeSignStore, SeenSession } from '../storage/life-sign-store.ts';
import type { AgentTransactions } from './agent-transactions.ts';
import type { PeerContacts } from './trusted-peers.ts';

/** Signs of life are written, and leases that are over looked for, once in this time. */
const ROUND_MS = 5_000;
/** A round that begins later than this shows that the node itself stood still. */
const LATEST_ROUND_MS = 10_000;
/** The store's clock may drift so far between two rounds; more is a step. */
const LARGEST_DRIFT_MS = 2_000;
/** Other nodes write their signs once a round: a lease is left alone until they had the time for two. */
const GRACE_FOR_OTHER_NODES_MS = 2 * ROUND_MS;
/** So many signs are one statement; more are several, so that the loop is never held up for long. */
const SIGNS_PER_STATEMENT = 1_000;
const ENDED_AT_ONCE = 100;

interface LeasesParts {
  readonly store: LifeSignStore & Pick<AgentStore, 'findAgent'>;
  /** Whether other nodes write signs of life to the same store. */
  readonly hasOtherWriters: boolean;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
  readonly peers: PeerContacts;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

interface Seen {
  readonly record: AgentRecord;
  seenMs: number;
  readMs: number | null;
}

/**
 * Knows which clients are there, and ends the sessions of those that are not (docs/spec/leases.md). The node's own
 * absence is nobody's silence: after a start, a standstill, a failure of the store or a step of its clock every lease
 * begins anew.
 */
export class Leases {
  readonly #parts: LeasesParts;
  readonly #seen = new Map<SessionId, Seen>();
  #wasAbsent = true;
  #lastRoundMs = Number.NEGATIVE_INFINITY;
  /** The store's time as it was last told, and when that was. */
  #storeTime = { wallMs: Number.NaN, atMs: Number.NaN };
  #cancelNext: Cancel = () => undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: LeasesParts) {
    this.#parts = parts;
  }

  /** Begins every lease anew, then goes round. Rejects when the store fails. */
  async start(): Promise<void> {
    await this.#parts.store.renewAllLifeSigns();
    const wallMs = await this.#parts.store.saveLifeSigns([]);
    this.#lastRoundMs = this.#parts.clock.monotonicMs();
    this.#storeTime = { wallMs, atMs: this.#lastRoundMs };
    this.#wasAbsent = false;
    this.#scheduleNext();
  }

  /** Writes what is not written yet; no lease ends any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#round;
    if (this.#seen.size > 0) await this.#save();
  }

  /** The session's client has asked for something. */
  seen(record: AgentRecord): void {
    this.#sign(record, false);
  }

  /** The session's client reads its events. */
  read(record: AgentRecord): void {
    this.#sign(record, true);
  }

  /**
   * Store times at which a session without signs may be taken for suspect, once this node has gone its rounds: at any
   * other the store's clock was set since the last one.
   */
  trustsSilence(): SignIn['trustsSilence'] {
    if (this.#wasAbsent || this.#stoodStill()) return null;
    const expectedMs = this.storeTimeMs();
    return { from: expectedMs - LARGEST_DRIFT_MS, to: expectedMs + LARGEST_DRIFT_MS };
  }

  /** The store's time in whole epoch ms, going on from what it was in the last round: this node's own may be another. */
  storeTimeMs(): number {
    const { wallMs, atMs } = this.#storeTime;
    return Math.floor(wallMs + this.#parts.clock.monotonicMs() - atMs);
  }

  #sign(record: AgentRecord, reads: boolean): void {
    const id = record.session?.id;
    if (id === undefined) return;
    const nowMs = this.#parts.clock.monotonicMs();
    const known = this.#seen.get(id);
    if (known === undefined) {
      this.#seen.set(id, { record, seenMs: nowMs, readMs: reads ? nowMs : null });
      return;
    }
    known.seenMs = nowMs;
    if (reads) known.readMs = nowMs;
  }

  #stoodStill(): boolean {
    return this.#parts.clock.monotonicMs() - this.#lastRoundMs > LATEST_ROUND_MS;
  }

  #scheduleNext(): void {
    if (this.#isStopped) return;
    this.#cancelNext = this.#parts.clock.after(ROUND_MS, () => {
      this.#round = this.#goRound().finally(() => this.#scheduleNext());
    });
  }

  /** Signs are written before leases are looked at, so that nobody is ended for what this node has not written. */
  async #goRound(): Promise<void> {
    try {
      if (this.#stoodStill()) this.#noteAbsence('this node stood still');
      await this.#save();
      if (this.#wasAbsent) await this.#parts.store.renewAllLifeSigns();
      else await this.#endDueLeases();
      this.#wasAbsent = false;
    } catch (fault) {
      this.#noteAbsence('the store failed', fault);
    }
    this.#lastRoundMs = this.#parts.clock.monotonicMs();
  }

  #noteAbsence(why: string, fault?: unknown): void {
    if (!this.#wasAbsent) this.#parts.warn(`${why}: every lease begins anew`, { err: fault });
    this.#wasAbsent = true;
  }

  async #save(): Promise<void> {
    const { clock, store } = this.#parts;
    const nowMs = clock.monotonicMs();
    const signs = [...this.#seen.values()].map(({ record, seenMs, readMs }) =>
      signOf(record, nowMs, { seenMs, readMs }),
    );
    this.#seen.clear();
    let { wallMs } = this.#storeTime;
    for (let from = 0; from === 0 || from < signs.length; from += SIGNS_PER_STATEMENT) {
      wallMs = await store.saveLifeSigns(signs.slice(from, from + SIGNS_PER_STATEMENT));
    }
    const told = { wallMs, atMs: clock.monotonicMs() };
    const driftMs = wallMs - this.#storeTime.wallMs - (told.atMs - this.#storeTime.atMs);
    if (Math.abs(driftMs) > LARGEST_DRIFT_MS) this.#noteAbsence("the store's clock was stepped");
    this.#storeTime = told;
  }

  async #endDueLeases(): Promise<void> {
    const { store, transactions, hasOtherWriters } = this.#parts;
    const graceMs = hasOtherWriters ? GRACE_FOR_OTHER_NODES_MS : 0;
    const signed = new Set<SessionId>();
    for (;;) {
      const due = await store.findDueLeases(graceMs, ENDED_AT_ONCE);
      const signedBefore = signed.size;
      const spared = await this.#signForPeers(due, graceMs, signed);
      const outcomes = await Promise.all(
        due
          .filter(({ sessionId }) => !spared.has(sessionId))
          .map((lease) => transactions.submit({ kind: 'endLease', ...lease })),
      );
      const ended = outcomes.filter(({ kind }) => kind === 'accepted').length;
      // Looked at again: they may have lasted too long all the same (rule LE-6).
      if (signed.size > signedBefore) continue;
      // The same ones would be found again: those that could not be ended wait for the next round.
      if (due.length < ENDED_AT_ONCE || ended === 0) return;
    }
  }

  /**
   * A request of a peer is a sign of life of all sessions signed in through it (rule WI-57). It is written here, once a
   * round, for those whose lease would be over without it: not with each request. Gives the sessions that are not to be
   * ended now: those signed for, and those for which another node may be about to write the same.
   */
  async #signForPeers(
    due: readonly DueLease[],
    graceMs: number,
    signed: Set<SessionId>,
  ): Promise<ReadonlySet<SessionId>> {
    const { store, peers, clock, hasOtherWriters } = this.#parts;
    const spared = new Set<SessionId>();
    if (peers.areNone) return spared;
    const records = await Promise.all(due.map(({ workNumber }) => store.findAgent(workNumber)));
    const nowMs = clock.monotonicMs();
    const signs: SeenSession[] = [];
    const unsigned = new Set<SessionId>();
    for (const [index, record] of records.entries()) {
      const id = record?.session?.id;
      const seenMs = peers.lastMs(record?.session?.settings.viaPeer);
      if (record === undefined || id === undefined || id !== due[index]?.sessionId || seenMs === undefined)
        continue;
      if (signed.has(id) || seenMs === Number.NEGATIVE_INFINITY) unsigned.add(id);
      else signs.push(signOf(record, nowMs, { seenMs, readMs: null }));
    }
    if (signs.length > 0) await store.saveLifeSigns(signs);
    for (const { sessionId } of signs) {
      signed.add(sessionId);
      spared.add(sessionId);
    }
    if (!hasOtherWriters || unsigned.size === 0) return spared;
    const overdue = await store.findDueLeases(graceMs + GRACE_FOR_OTHER_NODES_MS, ENDED_AT_ONCE);
    for (const { sessionId } of overdue) unsigned.delete(sessionId);
    return new Set([...spared, ...unsigned]);
  }
}

function signOf(
  { workNumber, session }: AgentRecord,
  nowMs: number,
  { seenMs, readMs }: { seenMs: number; readMs: number | null },
): SeenSession {
  if (session === null) throw new TypeError('this cannot happen: a sign of life without a session');
  const readAgoMs = readMs === null ? null : nowMs - readMs;
  return { workNumber, sessionId: session.id, seenAgoMs: nowMs - seenMs, readAgoMs };
}
