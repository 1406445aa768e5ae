import type { Pool } from 'pg';
import type { WebhookStore } from '../webhook-store.ts';
import { type GuardedChange, type WebhookQuery, webhookStore } from '../webhooks.ts';
import { inOneTrip, statement } from './statement.ts';

const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::int8';

/** Webhooks on PostgreSQL; the time is the database's. */
export function postgresWebhooks(pool: Pool): WebhookStore {
  return webhookStore({
    now: NOW,
    forUpdate: ' FOR UPDATE',
    hasOtherNodes: true,
    read: async (query) => (await pool.query<Record<string, unknown>>(prepared(query))).rows,
    change: (change) => runChange(pool, change),
  });
}

function prepared({ name, text, values }: WebhookQuery) {
  return statement(name, text)(values);
}

async function runChange(pool: Pool, { lock, guard, rest, flush }: GuardedChange) {
  const client = await pool.connect();
  let failed = true;
  try {
    const begin = flush === 'awaited' ? ['BEGIN'] : ['BEGIN', 'SET LOCAL synchronous_commit = off'];
    const first = lock === undefined ? [guard] : [lock, guard];
    const guarded = (await inOneTrip(client, [...begin, ...first.map(prepared)])).at(-1);
    const row = guarded?.rows[0] as Record<string, unknown> | undefined;
    const last = row === undefined ? ['ROLLBACK'] : [...(rest?.(row) ?? []).map(prepared), 'COMMIT'];
    await inOneTrip(client, last);
    failed = false;
    return row;
  } finally {
    client.release(failed);
  }
}
