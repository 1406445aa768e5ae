/** Who tries to sign in from where. `subject` is a work number, or `account:` and an account name. */
export interface Attempt {
  readonly subject: string;
  readonly source: string;
}

/** Failed sign-ins so far: of one subject from one source, or of one subject from anywhere. */
export interface FailureCount {
  readonly failures: number;
  /** Epoch ms. */
  readonly lastAt: number;
  /** Epoch ms; null: not locked. */
  readonly lockedUntil: number | null;
}

/** Figures by which failures are counted (docs/spec/sign-in-limits.md). */
export interface FailureRule {
  /** So many failures lock. */
  readonly locksAt: number;
  readonly lockMs: number;
  /** The count begins anew so long after the failure that `countedFrom` names. */
  readonly countedMs: number;
  readonly countedFrom: 'last' | 'first';
}

export interface LockedAttempt extends Attempt {
  readonly lockedUntil: number;
}

/**
 * Failed sign-ins and the sources that agents signed in from. None of these writes waits for the disk. Two adapters are
 * held to one suite (test/storage/sign-in-limit-store-contract.ts).
 */
export interface SignInLimitStore {
  /** Counts of the pair and of its subject as a whole. */
  findFailures(attempt: Attempt): Promise<{ readonly pair?: FailureCount; readonly whole?: FailureCount }>;
  /** Counts one failure and gives the count with it. `source` '' stands for the subject as a whole. */
  countFailure(attempt: Attempt, rule: FailureRule): Promise<FailureCount>;
  clearFailures(attempt: Attempt): Promise<void>;
  /** Whether the subject signed in from the source since then (epoch ms). */
  hasSignedInFrom(attempt: Attempt, since: number): Promise<boolean>;
  /** Remembers where subjects signed in from, in one statement, and forgets what is older than `keptMs`. */
  rememberSources(attempts: readonly Attempt[], keptMs: number): Promise<void>;
  /** Ends every lock and count of a subject; gives how many of them were locks. */
  unlock(subject: string): Promise<number>;
  /** What is locked now, at most `limit`. */
  listLocks(limit: number): Promise<readonly LockedAttempt[]>;
  /** Removes counts that are over, then the oldest that are not locked until at most `most` are left. */
  pruneFailures(keptMs: number, most: number): Promise<void>;
  /** The store's time, epoch ms. */
  tellTime(): Promise<number>;
}
