import type { SessionId, WorkNumber } from '@rollcall/contract';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { OutboundPost, PostOutcome } from '../platform/outbound-post.ts';
import type { EventPushStore } from '../storage/event-push-store.ts';
import type { AgentLogs } from './agent-logs.ts';
import { PushLanes } from './push-lanes.ts';
import { nextMessage, pushHeaders } from './push-message.ts';
import { type PushTarget, PushTargets } from './push-targets.ts';
import type { WrittenLater } from './written-later.ts';

/** What failed is tried again in rounds of this length. */
const ROUND_MS = 950;
/** Who shares the store says so often that it is alive, and sends nothing when it could not for so long. */
const CLAIM_EVERY_MS = 4_000;
const LONGEST_UNCLAIMED_MS = 10_000;
const CLAIMED_AT_ONCE = 1_000;
/** Events of one request in the list form. */
const MOST_IN_LIST = 100;
/** How far one read looks in the single form; more than a session has of events that old clients are not told of. */
const READ_AHEAD = 8;
/** An earlier session's events that were refused so often in a row hold up a later one's no more. */
const REFUSALS_UNTIL_PASSED = 6;
/** Requests under way when the node stops may take so long; the events of others are sent again. */
const LAST_REQUESTS_MS = 2_000;

/** What the operator is told. */
export interface PushReports {
  /** Said once until {@link works} is. */
  failing(receiver: string, why: string): void;
  works(receiver: string): void;
  storeFailed(fault: unknown): void;
}

interface EventPushParts {
  readonly store: Pick<EventPushStore, 'claimPushes' | 'savePushFailures' | 'endPushes' | 'releasePushes'>;
  readonly logs: Pick<AgentLogs, 'rangeOf' | 'read'>;
  readonly positions: Pick<WrittenLater<SessionId, number>, 'put' | 'stop'>;
  readonly post: Pick<OutboundPost, 'post'>;
  /** Name of this process, unlike that of any other. */
  readonly sender: string;
  /** Whether other processes may send for sessions of the same store. */
  readonly hasOtherSenders: boolean;
  /** PU-4 */
  readonly notFoundIsReceived: boolean;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly reports: PushReports;
}

type Step =
  | { readonly kind: 'received' | 'nothingToTell' | 'nothingNew' }
  | { readonly kind: 'refused' | 'unanswered'; readonly why: string }
  | { readonly kind: 'storeFailed'; readonly fault: unknown };

/** Sends sessions' events to where their sign-ins asked for, in order and at least once (docs/spec/push.md). */
export class EventPush {
  readonly #parts: EventPushParts;
  readonly #lanes: PushLanes<PushTarget>;
  readonly #targets = new PushTargets();
  /** Agents that changed while sessions are being claimed: what is claimed may have been read before. */
  #changedMeanwhile: Set<WorkNumber> | null = null;
  /** Written with the next round. */
  #failures = new Map<SessionId, string>();
  #over = new Set<SessionId>();
  readonly #stalled = new Set<PushTarget>();
  /** Receivers of which the operator was told that they fail. */
  readonly #reported = new Set<string>();
  readonly #sending = new Set<Promise<void>>();
  readonly #givingUp = new AbortController();
  #isClaimDue = true;
  #claimedAtMs = Number.NEGATIVE_INFINITY;
  #isRoundDue = false;
  #work: Promise<void> | null = null;
  #cancelRound: Cancel = () => undefined;
  #cancelSoon: Cancel | null = null;
  #isStopped = false;
  #isStoreFailing = false;

  constructor(parts: EventPushParts) {
    this.#parts = parts;
    this.#lanes = new PushLanes(parts.random);
  }

  start(): void {
    if (this.#isStopped) return;
    this.#isRoundDue = true;
    this.#begin();
    this.#cancelRound = this.#parts.clock.after(ROUND_MS, () => this.start());
  }

  /** Resolves when no request is under way any more and what was received is written. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    const { clock, positions, store, sender } = this.#parts;
    this.#isStopped = true;
    this.#cancelRound();
    this.#cancelSoon?.();
    const cancel = clock.after(LAST_REQUESTS_MS, () => this.#givingUp.abort());
    await Promise.all([this.#work, ...this.#sending]);
    cancel();
    try {
      await this.#writeOutcomes();
      await positions.stop();
      await store.releasePushes(sender);
    } catch (fault) {
      this.#noteStoreFault(fault);
    }
  }

  /** A batch was committed on this node. */
  wake({ records, ended, begunPushes }: Changes): void {
    for (const { workNumber, session, head } of records.values()) {
      this.#changedMeanwhile?.add(workNumber);
      const target = session === null ? undefined : this.#targets.find(session.id);
      if (target !== undefined) this.#learn(target, head);
    }
    for (const { id, lastSequence } of ended) {
      const target = this.#targets.find(id);
      if (target === undefined) continue;
      target.mustLook = true;
      this.#learn(target, lastSequence);
    }
    if (begunPushes.length > 0) this.#isClaimDue = true;
    if (this.#isClaimDue) this.#lookSoon();
  }

  /** Other nodes have committed something of these agents. */
  wakeAgents(agents: ReadonlySet<WorkNumber>): void {
    for (const workNumber of agents) {
      this.#changedMeanwhile?.add(workNumber);
      for (const target of this.#targets.ofAgent(workNumber)) {
        target.mustLook = true;
        this.#learn(target, target.upTo);
      }
    }
  }

  #learn(target: PushTarget, upTo: number): void {
    target.upTo = Math.max(target.upTo, upTo);
    this.#offer(target);
    this.#lookSoon();
  }

  /** An earlier session of the agent goes first at the same URL, unless it is what the receiver does not take (PU-6). */
  #offer(target: PushTarget): void {
    if (target.position >= target.upTo && !target.mustLook) return;
    const isBehind = this.#targets
      .earlierThan(target)
      .some((earlier) => this.#lanes.refusalsOf(earlier) < REFUSALS_UNTIL_PASSED);
    if (!isBehind) this.#lanes.offer(target);
  }

  /** Soon, and not at once: whoever waits for the reply to what was committed comes first. */
  #lookSoon(): void {
    if (this.#isStopped) return;
    this.#cancelSoon ??= this.#parts.clock.after(0, () => {
      this.#cancelSoon = null;
      if (this.#isClaimDue) this.#begin();
      this.#pump();
    });
  }

  #begin(): void {
    if (this.#work === null && !this.#isStopped) this.#work = this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isStopped && (this.#isRoundDue || this.#isClaimDue)) {
        this.#isRoundDue = false;
        await this.#claimWhatIsFree();
        await this.#writeOutcomes();
        this.#isStoreFailing = false;
        this.#offerStalled();
        this.#lanes.endRests(this.#parts.clock.monotonicMs());
        this.#pump();
      }
    } catch (fault) {
      this.#noteStoreFault(fault);
    } finally {
      this.#work = null;
    }
  }

  #offerStalled(): void {
    for (const target of this.#stalled) if (this.#targets.has(target)) this.#offer(target);
    this.#stalled.clear();
  }

  #noteStoreFault(fault: unknown): void {
    if (!this.#isStoreFailing) this.#parts.reports.storeFailed(fault);
    this.#isStoreFailing = true;
  }

  async #claimWhatIsFree(): Promise<void> {
    const { store, sender, hasOtherSenders, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    const mustRenew = hasOtherSenders && nowMs - this.#claimedAtMs >= CLAIM_EVERY_MS;
    if (!this.#isClaimDue && !mustRenew) return;
    this.#isClaimDue = false;
    const changed = new Set<WorkNumber>();
    this.#changedMeanwhile = changed;
    try {
      const { taken, hasLapsed } = await store.claimPushes(sender, CLAIMED_AT_ONCE);
      if (hasLapsed) for (const target of this.#targets.all()) this.#drop(target);
      this.#claimedAtMs = nowMs;
      const added = taken.map((push) => this.#targets.add(push));
      // Only now: a later session waits for an earlier one that may stand behind it here.
      for (const target of added) {
        if (changed.has(target.push.workNumber)) target.mustLook = true;
        this.#offer(target);
      }
      // Others may be free now that these are taken.
      this.#isClaimDue = taken.length === CLAIMED_AT_ONCE || (hasOtherSenders && taken.length > 0);
    } catch (fault) {
      this.#isClaimDue = true;
      throw fault;
    } finally {
      this.#changedMeanwhile = null;
    }
  }

  #drop(target: PushTarget): void {
    this.#targets.remove(target);
    this.#lanes.forget(target);
  }

  async #writeOutcomes(): Promise<void> {
    const { store } = this.#parts;
    const [failures, over] = [this.#failures, this.#over];
    this.#failures = new Map();
    this.#over = new Set();
    try {
      if (failures.size > 0) {
        await store.savePushFailures([...failures].map(([sessionId, why]) => ({ sessionId, why })));
      }
      if (over.size > 0) await store.endPushes([...over]);
    } catch (fault) {
      for (const sessionId of over) this.#over.add(sessionId);
      throw fault;
    }
  }

  #pump(): void {
    const { clock, hasOtherSenders } = this.#parts;
    for (;;) {
      const nowMs = clock.monotonicMs();
      // By then another may have taken these sessions for its own.
      if (hasOtherSenders && nowMs - this.#claimedAtMs > LONGEST_UNCLAIMED_MS) return;
      const target = this.#isStopped ? undefined : this.#lanes.take(nowMs);
      if (target === undefined) return;
      const sent = this.#deliver(target).finally(() => this.#sending.delete(sent));
      this.#sending.add(sent);
    }
  }

  async #deliver(target: PushTarget): Promise<void> {
    const step = await this.#sendNext(target).catch(
      (fault: unknown) => ({ kind: 'storeFailed', fault }) as const,
    );
    // The session was dropped meanwhile.
    if (!this.#targets.has(target)) return;
    this.#settle(target, step);
    if (target.isOver && target.position >= target.upTo) {
      this.#drop(target);
      this.#over.add(target.push.sessionId);
    }
    for (const each of this.#targets.ofAgent(target.push.workNumber)) this.#offer(each);
    this.#pump();
  }

  async #sendNext(target: PushTarget): Promise<Step> {
    const { logs, positions } = this.#parts;
    const { push, position } = target;
    const { sessionId, workNumber, form } = push;
    target.mustLook = false;
    const range = await logs.rangeOf(push);
    target.isOver = range.isOver;
    // A commit may have been told of since; the end of what is over is the end, of what is forgotten too.
    target.upTo = range.isOver ? range.upTo : Math.max(target.upTo, range.upTo);
    if (position >= target.upTo) return { kind: 'nothingNew' };
    const limit = form === 'list' ? MOST_IN_LIST : READ_AHEAD;
    const events = await logs.read({ workNumber, after: position, upTo: target.upTo, limit });
    // What is not kept any more is passed over.
    const { upTo, body } = events.length === 0 ? { ...target, body: null } : nextMessage(push, events);
    if (body !== null) {
      const failure = await this.#post(target, body);
      if (failure !== null) return failure;
    }
    target.position = upTo;
    positions.put(sessionId, upTo);
    return { kind: body === null ? 'nothingToTell' : 'received' };
  }

  /** Null: it was received. */
  async #post({ push }: PushTarget, body: string): Promise<Extract<Step, { readonly why: string }> | null> {
    const { url } = push;
    const { signal } = this.#givingUp;
    const outcome = await this.#parts.post.post({ url, headers: pushHeaders(push), body, signal });
    if (outcome.kind === 'failed') return { kind: 'unanswered', why: outcome.why };
    return this.#isReceipt(outcome) ? null : { kind: 'refused', why: `it answered ${outcome.status}` };
  }

  #isReceipt({ status }: Extract<PostOutcome, { kind: 'answered' }>): boolean {
    return (status >= 200 && status < 300) || (status === 404 && this.#parts.notFoundIsReceived);
  }

  #settle(target: PushTarget, step: Step): void {
    const { reports, clock } = this.#parts;
    const { receiver, push } = target;
    const nowMs = clock.monotonicMs();
    switch (step.kind) {
      case 'nothingNew':
      case 'nothingToTell':
        this.#lanes.settle(target, null, nowMs);
        return;
      case 'storeFailed':
        this.#lanes.settle(target, null, nowMs);
        target.mustLook = true;
        this.#stalled.add(target);
        this.#noteStoreFault(step.fault);
        return;
      case 'received':
        this.#lanes.settle(target, 'received', nowMs);
        this.#failures.delete(push.sessionId);
        if (!this.#lanes.isReceiverFailing(receiver) && this.#reported.delete(receiver))
          reports.works(receiver);
        return;
      case 'refused':
      case 'unanswered':
        this.#lanes.settle(target, step.kind, nowMs);
        // What this node's own stop cut off is no failure of the receiver's.
        if (this.#givingUp.signal.aborted) return;
        this.#failures.set(push.sessionId, step.why);
        if (!this.#reported.has(receiver)) reports.failing(receiver, step.why);
        this.#reported.add(receiver);
    }
  }
}
