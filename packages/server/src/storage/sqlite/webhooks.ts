import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../platform/clock.ts';
import type { WebhookStore } from '../webhook-store.ts';
import { type WebhookQuery, webhookStore } from '../webhooks.ts';
import { numberedStatements } from './numbered-statements.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Webhooks on SQLite; the time is the node's, and there is no other node. */
export function sqliteWebhooks(
  database: DatabaseSync,
  { clock, transaction }: { clock: Clock; transaction: WriteTransaction },
): WebhookStore {
  const prepare = numberedStatements(database, () => Math.floor(clock.wallMs()));
  const prepared = new Map<string, ReturnType<typeof prepare>>();
  const run = ({ name, text, values }: WebhookQuery) => {
    const statement = prepared.get(name) ?? prepare(text);
    prepared.set(name, statement);
    return statement(...values);
  };
  return webhookStore({
    now: '@now',
    forUpdate: '',
    hasOtherNodes: false,
    read: async (query) => run(query),
    // The transaction holds the whole database, so that nothing is to be locked.
    change: ({ guard, rest, flush }) =>
      transaction(() => {
        const [row] = run(guard) as Record<string, unknown>[];
        if (row !== undefined) for (const query of rest?.(row) ?? []) run(query);
        return { result: row, keep: row !== undefined };
      }, flush),
  });
}
