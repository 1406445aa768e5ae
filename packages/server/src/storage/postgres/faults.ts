/** The database does not keep what it says it has committed. Nothing is served from it. */
export class UnsafeDatabaseFault extends Error {
  override readonly name = 'UnsafeDatabaseFault';
}

/** The connection broke around COMMIT and a look-up showed that the batch is not in the database (rule TX-8). */
export class CommitLostFault extends Error {
  override readonly name = 'CommitLostFault';
}

/** The SQLSTATE of a fault that the database reported, or undefined. */
export function sqlStateOf(fault: unknown): string | undefined {
  const code = (fault as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const UNIQUE_VIOLATION = '23505';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

export function isUniqueViolation(fault: unknown): boolean {
  return sqlStateOf(fault) === UNIQUE_VIOLATION;
}

/** The database undid the transaction only because of others; the same transaction may be run again. */
export function mayBeRunAgain(fault: unknown): boolean {
  const state = sqlStateOf(fault);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED;
}
