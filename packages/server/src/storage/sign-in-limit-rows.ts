import type { FailureCount, LockedAttempt } from './sign-in-limit-store.ts';

export interface FailureRow {
  readonly subject: string;
  readonly source: string;
  readonly failures: number;
  readonly last_at: number;
  readonly locked_until: number | null;
}

export function failureCountFromRow(row: FailureRow): FailureCount {
  return { failures: row.failures, lastAt: row.last_at, lockedUntil: row.locked_until };
}

export function lockFromRow({ subject, source, locked_until: lockedUntil }: FailureRow): LockedAttempt {
  return { subject, source, lockedUntil: lockedUntil ?? 0 };
}

/** The count of the pair and that of its subject as a whole, which has no source. */
export function sortOut(rows: readonly FailureRow[]) {
  const pair = rows.find(({ source }) => source !== '');
  const whole = rows.find(({ source }) => source === '');
  return {
    ...(pair === undefined ? {} : { pair: failureCountFromRow(pair) }),
    ...(whole === undefined ? {} : { whole: failureCountFromRow(whole) }),
  };
}

/** Statements of both stores. Parameters are written `$1`; `now` is how the store tells its time, in epoch ms. */
export function limitStatements(now: string) {
  // A count whose time is over, or whose lock has ended, begins anew.
  const isOver = `(sign_in_failure.locked_until <= ${now}
    OR CASE WHEN $6 = 1 THEN sign_in_failure.last_at ELSE sign_in_failure.began_at END <= ${now} - $5)`;
  const failures = `CASE WHEN ${isOver} THEN 1 ELSE sign_in_failure.failures + 1 END`;
  return {
    find: "SELECT subject, source, failures, last_at, locked_until FROM sign_in_failure WHERE subject = $1 AND source IN ($2, '')",
    count: `INSERT INTO sign_in_failure (subject, source, failures, began_at, last_at, locked_until)
      VALUES ($1, $2, 1, ${now}, ${now}, CASE WHEN $3 <= 1 THEN ${now} + $4 END)
      ON CONFLICT (subject, source) DO UPDATE SET
        failures = ${failures},
        began_at = CASE WHEN ${isOver} THEN ${now} ELSE sign_in_failure.began_at END,
        last_at = ${now},
        locked_until = CASE WHEN ${failures} >= $3 THEN ${now} + $4 END
      RETURNING subject, source, failures, last_at, locked_until`,
    clear: 'DELETE FROM sign_in_failure WHERE subject = $1 AND source = $2',
    hasSignedInFrom:
      'SELECT 1 AS found FROM sign_in_source WHERE subject = $1 AND source = $2 AND last_at >= $3',
    forgetSources: `DELETE FROM sign_in_source WHERE last_at < ${now} - $1`,
    unlock: 'DELETE FROM sign_in_failure WHERE subject = $1 RETURNING locked_until',
    locks: `SELECT subject, source, failures, last_at, locked_until FROM sign_in_failure WHERE locked_until > ${now}
      ORDER BY locked_until DESC, subject, source LIMIT $1`,
    pruneOver: `DELETE FROM sign_in_failure WHERE last_at < ${now} - $1 AND coalesce(locked_until, 0) <= ${now}`,
    pruneOldest: `DELETE FROM sign_in_failure WHERE (subject, source) IN (
      SELECT subject, source FROM sign_in_failure WHERE coalesce(locked_until, 0) <= ${now} ORDER BY last_at LIMIT $1)`,
    countAll: 'SELECT count(*) AS rows FROM sign_in_failure',
  } as const;
}
