import { accountKey } from '@rollcall/contract/identifiers';
import type { Clock } from '../platform/clock.ts';
import type { Attempt, FailureRule, SignInLimitStore } from '../storage/sign-in-limit-store.ts';

const MINUTE_MS = 60_000;
/** LK-3: one subject from one source. */
const PAIR_RULE: FailureRule = {
  locksAt: 10,
  lockMs: 15 * MINUTE_MS,
  countedMs: 15 * MINUTE_MS,
  countedFrom: 'last',
};
/** LK-4: one subject from anywhere. */
const WHOLE_RULE: FailureRule = {
  locksAt: 100,
  lockMs: 15 * MINUTE_MS,
  countedMs: 60 * MINUTE_MS,
  countedFrom: 'first',
};
/** LK-5: a source from which the agent signed in is not locked out by the failures of others for so long. */
const SOURCE_KEPT_MS = 30 * 24 * 60 * MINUTE_MS;
/** A source that was remembered this lately is not written again. */
const SOURCE_WRITTEN_AGAIN_MS = 24 * 60 * MINUTE_MS;
const MOST_REMEMBERED = 50_000;
/** LK-2: of the third failure and those after it, the last one's for all further ones. */
const DELAYS_MS = [1_000, 2_000, 4_000, 8_000] as const;
const UNDELAYED_FAILURES = 2;
/** LK-7 */
const MOST_COUNTS = 100_000;

export type Standing =
  | { readonly kind: 'locked' }
  /** `hasFailures`: a right password has something to clear. */
  | { readonly kind: 'allowed'; readonly hasFailures: boolean };

/** What a failure leads to. */
export interface FailureEffect {
  /** The answer is held back so long. */
  readonly delayMs: number;
  /** This failure locked the pair or the subject. */
  readonly locks: boolean;
}

interface SignInLimitsParts {
  readonly store: SignInLimitStore;
  readonly clock: Clock;
}

/**
 * Slows down and locks out who guesses passwords, whether or not the subject exists (docs/spec/sign-in-limits.md).
 */
export class SignInLimits {
  readonly #parts: SignInLimitsParts;
  /** Pairs that signed in lately, with when that was last written; null: not yet. Oldest first. */
  readonly #sources = new Map<string, { readonly attempt: Attempt; writtenMs: number | null }>();

  constructor(parts: SignInLimitsParts) {
    this.#parts = parts;
  }

  /** Whether the attempt may be looked at. One read, more only where the whole subject is locked. */
  async standingOf(attempt: Attempt): Promise<Standing> {
    const { store } = this.#parts;
    const { pair, whole } = await store.findFailures(attempt);
    if (pair === undefined && whole === undefined) return { kind: 'allowed', hasFailures: false };
    const now = await store.tellTime();
    if ((pair?.lockedUntil ?? 0) > now) return { kind: 'locked' };
    if ((whole?.lockedUntil ?? 0) > now && !(await this.#hasSignedInFrom(attempt, now))) {
      return { kind: 'locked' };
    }
    return { kind: 'allowed', hasFailures: pair !== undefined };
  }

  /** Counts a wrong password. */
  async failed(attempt: Attempt): Promise<FailureEffect> {
    const { store } = this.#parts;
    const pair = await store.countFailure(attempt, PAIR_RULE);
    const whole = await store.countFailure({ ...attempt, source: '' }, WHOLE_RULE);
    const place = pair.failures - UNDELAYED_FAILURES - 1;
    const delayMs = place < 0 ? 0 : (DELAYS_MS[place] ?? DELAYS_MS[DELAYS_MS.length - 1] ?? 0);
    return { delayMs, locks: pair.lockedUntil !== null || whole.lockedUntil !== null };
  }

  /** The password was right: the pair's failures are forgotten. */
  async succeeded(attempt: Attempt, { hasFailures }: { readonly hasFailures: boolean }): Promise<void> {
    if (hasFailures) await this.#parts.store.clearFailures(attempt);
  }

  /** The agent has signed in from there. Written with the next {@link tidyUp}. */
  remember(attempt: Attempt): void {
    const key = keyOf(attempt);
    const known = this.#sources.get(key);
    const writtenMs = known?.writtenMs ?? null;
    const isFresh =
      writtenMs !== null && this.#parts.clock.monotonicMs() - writtenMs < SOURCE_WRITTEN_AGAIN_MS;
    this.#sources.delete(key);
    this.#sources.set(key, { attempt, writtenMs: isFresh ? writtenMs : null });
    const [oldest] = this.#sources.keys();
    if (oldest !== undefined && this.#sources.size > MOST_REMEMBERED) this.#sources.delete(oldest);
  }

  /** Writes the sources that are not written yet and removes counts that are over. */
  async tidyUp(): Promise<void> {
    const { store, clock } = this.#parts;
    const unwritten = [...this.#sources.values()].filter(({ writtenMs }) => writtenMs === null);
    if (unwritten.length > 0) {
      await store.rememberSources(
        unwritten.map(({ attempt }) => attempt),
        SOURCE_KEPT_MS,
      );
      for (const source of unwritten) source.writtenMs = clock.monotonicMs();
    }
    this.#forgetWritten();
    await store.pruneFailures(WHOLE_RULE.countedMs, MOST_COUNTS);
  }

  /** The store knows them, and for how long they count. */
  #forgetWritten(): void {
    const oldestMs = this.#parts.clock.monotonicMs() - SOURCE_WRITTEN_AGAIN_MS;
    for (const [key, { writtenMs }] of this.#sources) {
      if (writtenMs !== null && writtenMs < oldestMs) this.#sources.delete(key);
    }
  }

  async #hasSignedInFrom(attempt: Attempt, now: number): Promise<boolean> {
    if (this.#sources.has(keyOf(attempt))) return true;
    return this.#parts.store.hasSignedInFrom(attempt, now - SOURCE_KEPT_MS);
  }
}

/**
 * Under what the failures of a sign-in are counted. An account has a count of its own beside its agent's, so that the
 * counts do not tell whether it exists (rule LK-12).
 */
export function subjectOf(
  name:
    | { readonly kind: 'workNumber'; readonly workNumber: number }
    | { readonly kind: 'account'; readonly account: string },
): string {
  return name.kind === 'account' ? `account:${accountKey(name.account)}` : String(name.workNumber);
}

function keyOf({ subject, source }: Attempt): string {
  return `${subject} ${source}`;
}

/**
 * The source that a peer's address stands for: an IPv4 address whole, of an IPv6 address the first 64 bits, since one
 * subscriber has all the others.
 */
export function sourceOf(peerAddress: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(peerAddress)?.[1];
  if (mapped !== undefined || !peerAddress.includes(':')) return mapped ?? peerAddress;
  const [head = '', tail] = (peerAddress.split('%', 1)[0] ?? '').split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail?.split(':').filter(Boolean) ?? [];
  const gap = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = tail === undefined ? first : [...first, ...gap, ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
