import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/**
 * Prepares texts that are shared with PostgreSQL: `$1` and so on are numbered parameters, and `@now` is bound to the
 * node's time wherever a text names it.
 */
export function numberedStatements(
  database: DatabaseSync,
  nowMs: () => number,
): (text: string) => (...values: SQLInputValue[]) => unknown[] {
  return (text) => {
    const statement = database.prepare(text.replaceAll(/\$(\d)/g, '@p$1'));
    return (...values) => {
      const named = Object.fromEntries(values.map((value, index) => [`p${index + 1}`, value]));
      return statement.all(text.includes('@now') ? { ...named, now: nowMs() } : named);
    };
  };
}
