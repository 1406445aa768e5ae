import type { WorkNumber } from '@rollcall/contract/identifiers';
import {
  BULLETINS_AT_ONCE,
  type BulletinTarget,
  isFor,
  MOST_BULLETINS,
} from '../domain/agent-session/bulletin.ts';
import type { Changes } from '../domain/agent-session/fold.ts';
import type { Cancel, Clock } from '../platform/clock.ts';
import type { BulletinBacklog, BulletinStore } from '../storage/bulletin-store.ts';
import type { ListedAgent } from '../storage/directory-store.ts';
import type { AgentTransactions, SubmitOutcome } from './agent-transactions.ts';

/** Bulletins of other nodes, and what could not be given, are looked for once in this time (rule NB-8). */
const ROUND_MS = 950;
const TENANTS_AT_ONCE = 20;
/** So many a tenant: those of all tenants together never fill the lane. */
const READERS_AT_ONCE = 200;

interface BulletinDistributionParts {
  readonly store: BulletinStore;
  readonly transactions: Pick<AgentTransactions, 'submit'>;
  readonly clock: Clock;
  readonly warn: (message: string, facts: object) => void;
}

/** A reader of whom it is not known that the bulletins reached it: they are given again. */
class BulletinNotGivenFault extends Error {
  override readonly name = 'BulletinNotGivenFault';
}

/**
 * Gives bulletins to their readers that are signed in; the others take them when they sign in (docs/spec/notes.md). Every
 * node does so: whoever comes second to a reader is refused, and how far all were given stands in the store.
 */
export class BulletinDistribution {
  readonly #parts: BulletinDistributionParts;
  #work: Promise<void> | null = null;
  #isDue = false;
  #isStopped = false;
  #isFailing = false;
  #cancelNext: Cancel = () => undefined;

  constructor(parts: BulletinDistributionParts) {
    this.#parts = parts;
  }

  /** Looks at once, and then again and again. */
  start(): void {
    if (this.#isStopped) return;
    this.#look();
    this.#cancelNext = this.#parts.clock.after(ROUND_MS, () => this.start());
  }

  /** Resolves when what was begun is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelNext();
    await this.#work;
  }

  /** A batch was committed on this node. */
  wake({ bulletins }: Pick<Changes, 'bulletins'>): void {
    if (bulletins.length > 0) this.#look();
  }

  #look(): void {
    this.#isDue = true;
    if (this.#work !== null || this.#isStopped) return;
    this.#work = this.#giveAll().finally(() => {
      this.#work = null;
    });
  }

  async #giveAll(): Promise<void> {
    try {
      while (this.#isDue && !this.#isStopped) {
        this.#isDue = false;
        await this.#goRound();
      }
      this.#isFailing = false;
    } catch (fault) {
      const message = 'bulletins cannot be given to all of their readers; they are given later';
      if (!this.#isFailing) this.#parts.warn(message, { err: fault });
      this.#isFailing = true;
    }
  }

  /** Tenants side by side: a large one does not keep the others waiting. */
  async #goRound(): Promise<void> {
    const backlogs = await this.#parts.store.findBulletinBacklogs(TENANTS_AT_ONCE);
    const outcomes = await Promise.allSettled(backlogs.map((backlog) => this.#giveBacklog(backlog)));
    const failed = outcomes.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    if (backlogs.length === TENANTS_AT_ONCE) this.#isDue = true;
  }

  async #giveBacklog({ tenantId, givenUpTo, head }: BulletinBacklog): Promise<void> {
    const { store } = this.#parts;
    let after = Math.max(givenUpTo, head - MOST_BULLETINS);
    while (after < head) {
      // No more than an agent is given at once: a reader that is signed in misses none.
      const upTo = Math.min(head, after + BULLETINS_AT_ONCE);
      const targets = await store.readBulletinTargets(tenantId, after, upTo);
      const isDone = targets.length === 0 || (await this.#giveReaders({ tenantId, upTo }, targets));
      if (!isDone) return;
      await store.saveBulletinsGiven(tenantId, upTo);
      after = upTo;
    }
  }

  /** Gives whether all were given; false: the node stops. */
  async #giveReaders(
    { tenantId, upTo }: Pick<BulletinBacklog, 'tenantId'> & { readonly upTo: number },
    targets: readonly BulletinTarget[],
  ): Promise<boolean> {
    let after: WorkNumber | 0 = 0;
    while (!this.#isStopped) {
      const range = { tenantId, after, limit: READERS_AT_ONCE };
      const readers = await this.#parts.store.listBulletinReaders(range, upTo);
      const last = readers.at(-1);
      await Promise.all(
        readers.filter((reader) => isOneOf(targets, reader)).map((reader) => this.#give(reader, upTo)),
      );
      if (last === undefined || readers.length < READERS_AT_ONCE) return true;
      after = last.record.workNumber;
    }
    return false;
  }

  /** In the lane of those who give many commands, so that nobody's sign-in waits behind thousands of readers. */
  async #give({ record: { workNumber, tenantId } }: ListedAgent, upTo: number): Promise<void> {
    const command = { kind: 'takeBulletins', workNumber, tenantId, upTo } as const;
    const outcome: SubmitOutcome = await this.#parts.transactions.submit(command, 'bulk');
    if (outcome.kind === 'accepted' || outcome.kind === 'refused') return;
    const cause = outcome.kind === 'fault' ? outcome.cause : undefined;
    throw new BulletinNotGivenFault('a bulletin could not be given to a reader', { cause });
  }
}

function isOneOf(targets: readonly BulletinTarget[], { definition }: ListedAgent): boolean {
  const membership = { group: definition.group ?? null, skillQueues: definition.skillQueues };
  return targets.some((target) => isFor(target, membership));
}
