import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import {
  type FailureRow,
  failureCountFromRow,
  limitStatements,
  lockFromRow,
  sortOut,
} from '../sign-in-limit-rows.ts';
import type { SignInLimitStore } from '../sign-in-limit-store.ts';
import { numberedStatements } from './numbered-statements.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Failed sign-ins on SQLite; the time is the node's. */
export function sqliteSignInLimits(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): SignInLimitStore {
  const nowMs = () => Math.floor(clock.wallMs());
  const texts = limitStatements('@now');
  const prepare = numberedStatements(database, nowMs);
  const find = prepare(texts.find);
  const count = prepare(texts.count);
  const clear = prepare(texts.clear);
  const signedInFrom = prepare(texts.hasSignedInFrom);
  const forgetSources = prepare(texts.forgetSources);
  const unlock = prepare(texts.unlock);
  const locks = prepare(texts.locks);
  const pruneOver = prepare(texts.pruneOver);
  const pruneOldest = prepare(texts.pruneOldest);
  const countAll = prepare(texts.countAll);
  const remember = database.prepare(
    `INSERT INTO sign_in_source (subject, source, last_at)
     SELECT value ->> 0, value ->> 1, :now FROM json_each(:sources) WHERE true
     ON CONFLICT (subject, source) DO UPDATE SET last_at = excluded.last_at`,
  );
  const write = <Result>(run: () => Result) =>
    transaction(() => ({ result: run(), keep: true }), 'notAwaited');
  const rowsOf = (rows: unknown) => rows as FailureRow[];
  return {
    findFailures: async ({ subject, source }) => sortOut(rowsOf(find(subject, source))),
    countFailure: ({ subject, source }, { locksAt, lockMs, countedMs, countedFrom }) =>
      write(() => {
        const from = countedFrom === 'last' ? 1 : 0;
        const [row] = rowsOf(count(subject, source, locksAt, lockMs, countedMs, from));
        if (row === undefined) throw new TypeError('this cannot happen: a count without a row');
        return failureCountFromRow(row);
      }),
    clearFailures: ({ subject, source }) => write(() => void clear(subject, source)),
    hasSignedInFrom: async ({ subject, source }, since) => signedInFrom(subject, source, since).length > 0,
    rememberSources: (attempts, keptMs) =>
      write(() => {
        const sources = JSON.stringify(attempts.map(({ subject, source }) => [subject, source]));
        remember.run({ sources, now: nowMs() });
        forgetSources(keptMs);
      }),
    unlock: (subject) =>
      write(() => rowsOf(unlock(subject)).filter(({ locked_until: until }) => (until ?? 0) > nowMs()).length),
    listLocks: async (limit) => rowsOf(locks(limit)).map(lockFromRow),
    pruneFailures: (keptMs, most) =>
      write(() => {
        pruneOver(keptMs);
        const [counted] = countAll() as { rows: number }[];
        const surplus = Number(counted?.rows) - most;
        if (surplus > 0) pruneOldest(surplus);
      }),
    tellTime: async () => nowMs(),
  };
}
