import type { Pool, QueryConfig } from 'pg';
import {
  type FailureRow,
  failureCountFromRow,
  limitStatements,
  lockFromRow,
  sortOut,
} from '../sign-in-limit-rows.ts';
import type { SignInLimitStore } from '../sign-in-limit-store.ts';
import { statement } from './statement.ts';
import { NOW } from './store-time.ts';
import { withoutFlush } from './unflushed.ts';

const TEXTS = limitStatements(NOW);
const FIND = statement('find failures', TEXTS.find);
const COUNT = statement('count failure', TEXTS.count);
const CLEAR = statement('clear failures', TEXTS.clear);
const SIGNED_IN_FROM = statement('signed in from', TEXTS.hasSignedInFrom);
const FORGET_SOURCES = statement('forget sources', TEXTS.forgetSources);
const UNLOCK = statement('unlock', `${TEXTS.unlock}, locked_until > ${NOW} AS is_locked`);
const LOCKS = statement('locks', TEXTS.locks);
const PRUNE_OVER = statement('prune failures that are over', TEXTS.pruneOver);
const PRUNE_OLDEST = statement('prune oldest failures', TEXTS.pruneOldest);
const COUNT_ALL = statement('count of failures', TEXTS.countAll);
const TIME = statement('time of limits', `SELECT ${NOW} AS now`);
const REMEMBER = statement(
  'remember sources',
  `INSERT INTO sign_in_source (subject, source, last_at)
   SELECT subject, source, ${NOW} FROM unnest($1::text[], $2::text[]) AS seen (subject, source) ORDER BY subject, source
   ON CONFLICT (subject, source) DO UPDATE SET last_at = excluded.last_at`,
);

/** Failed sign-ins on PostgreSQL; the time is the database's. */
export function postgresSignInLimits(pool: Pool): SignInLimitStore {
  const rowsOf = async (query: QueryConfig<unknown[]>) => (await pool.query<FailureRow>(query)).rows;
  return {
    findFailures: async ({ subject, source }) => sortOut(await rowsOf(FIND([subject, source]))),
    countFailure: async ({ subject, source }, { locksAt, lockMs, countedMs, countedFrom }) => {
      const from = countedFrom === 'last' ? 1 : 0;
      const { rows } = await withoutFlush(pool, COUNT([subject, source, locksAt, lockMs, countedMs, from]));
      const [row] = rows as FailureRow[];
      if (row === undefined) throw new TypeError('this cannot happen: a count without a row');
      return failureCountFromRow(row);
    },
    clearFailures: async ({ subject, source }) => {
      await withoutFlush(pool, CLEAR([subject, source]));
    },
    hasSignedInFrom: async ({ subject, source }, since) =>
      (await pool.query(SIGNED_IN_FROM([subject, source, since]))).rows.length > 0,
    rememberSources: async (attempts, keptMs) => {
      const subjects = attempts.map(({ subject }) => subject);
      await withoutFlush(pool, REMEMBER([subjects, attempts.map(({ source }) => source)]));
      await withoutFlush(pool, FORGET_SOURCES([keptMs]));
    },
    unlock: async (subject) => {
      const { rows } = await withoutFlush(pool, UNLOCK([subject]));
      return (rows as { is_locked: boolean | null }[]).filter(({ is_locked: isLocked }) => isLocked === true)
        .length;
    },
    listLocks: async (limit) => (await rowsOf(LOCKS([limit]))).map(lockFromRow),
    pruneFailures: async (keptMs, most) => {
      await withoutFlush(pool, PRUNE_OVER([keptMs]));
      const [counted] = (await pool.query<{ rows: number }>(COUNT_ALL([]))).rows;
      const surplus = Number(counted?.rows) - most;
      if (surplus > 0) await withoutFlush(pool, PRUNE_OLDEST([surplus]));
    },
    tellTime: async () => {
      const [row] = (await pool.query<{ now: number }>(TIME([]))).rows;
      return row?.now ?? 0;
    },
  };
}
