import type { AttemptOutcome, WebhookAct } from '../domain/webhook/webhook.ts';
import {
  type ClaimedRow,
  claimedFromRow,
  type DeadLetterRow,
  deadLetterFromRow,
  outcomeColumns,
  type ReplayRow,
  replayFromRow,
  type WebhookRow,
  webhookFromRow,
} from './webhook-rows.ts';
import {
  type WebhookDialect,
  webhookAdministrationStatements,
  webhookClaimStatements,
} from './webhook-statements.ts';
import type { Claim, WebhookAdministrationStore, WebhookKey, WebhookStore } from './webhook-store.ts';

/** One statement with its values. */
export interface WebhookQuery {
  /** Unique in the whole program. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly (number | string | null)[];
}

/** One transaction. Where `guard` gives no row, it is rolled back and nothing else is run. */
export interface GuardedChange {
  /** Locks what the guard's own statement counts. */
  readonly lock?: WebhookQuery;
  readonly guard: WebhookQuery;
  readonly rest?: (row: GuardRow) => readonly WebhookQuery[];
  readonly flush: 'awaited' | 'notAwaited';
}
type GuardRow = Readonly<Record<string, unknown>>;

/** How a store runs the statements that both share. */
export interface WebhookRowAccess extends WebhookDialect {
  readonly read: (query: WebhookQuery) => Promise<readonly unknown[]>;
  /** Gives the guard's first row; undefined: it gave none. */
  readonly change: (change: GuardedChange) => Promise<GuardRow | undefined>;
}

type Values = WebhookQuery['values'];

function queriesFrom<Name extends string>(
  texts: Readonly<Record<Name, string>>,
): (name: Name, values: Values) => WebhookQuery {
  return (name, values) => ({ name: `webhooks: ${name}`, text: texts[name], values });
}

/** Webhooks on either store. */
export function webhookStore(access: WebhookRowAccess): WebhookStore {
  return { ...administration(access), ...reception(access), ...failures(access), ...replays(access) };
}

interface Change {
  readonly act: WebhookAct;
  readonly values: Values;
}

function administration(access: WebhookRowAccess): WebhookAdministrationStore {
  const query = queriesFrom(webhookAdministrationStatements(access));
  const { read } = access;
  const audit = ({ tenantId, webhookId }: WebhookKey, act: WebhookAct) => [
    query('audit', [tenantId, JSON.stringify({ ...act, webhook: webhookId })]),
  ];
  /** One statement about a webhook, its key first. */
  const change = async (name: 'change' | 'remove' | 'rotate', key: WebhookKey, { act, values }: Change) => {
    const guard = query(name, [key.tenantId, key.webhookId, ...values]);
    return (await access.change({ guard, rest: () => audit(key, act), flush: 'awaited' })) !== undefined;
  };
  return {
    listWebhooks: async (tenantId) =>
      ((await read(query('list', [tenantId]))) as WebhookRow[]).map(webhookFromRow),
    addWebhook: async ({ tenantId, url, secret, position, deadLetterAfterMs, paused }, most, act) => {
      const cause = paused ? 'asked' : null;
      const row = await access.change({
        lock: query('lockTenant', [tenantId]),
        guard: query('add', [tenantId, url, cause, deadLetterAfterMs, secret, position, most]),
        rest: ({ webhook_id: added }) => audit({ tenantId, webhookId: added as number }, act),
        flush: 'awaited',
      });
      return row?.webhook_id as number | undefined;
    },
    changeWebhook: (key, { url, deadLetterAfterMs, paused }, act) => {
      const pauses = paused === undefined ? null : Number(paused);
      return change('change', key, { act, values: [url ?? null, deadLetterAfterMs ?? null, pauses] });
    },
    removeWebhook: (key, act) => change('remove', key, { act, values: [] }),
    rotateSecret: (key, { secret, oldSecretForMs }, act) =>
      change('rotate', key, { act, values: [secret, oldSecretForMs] }),
    listDeadLetters: async (webhookId, after, limit) => {
      const rows = await read(query('listDead', [webhookId, after, limit]));
      return (rows as DeadLetterRow[]).map(deadLetterFromRow);
    },
    findDeadLetter: async (webhookId, deadLetterId) => {
      const [row] = (await read(query('findDead', [webhookId, deadLetterId]))) as DeadLetterRow[];
      return row === undefined ? undefined : deadLetterFromRow(row);
    },
    addReplay: async (key, { deadLetterId, after, upTo, most }, act) => {
      const ids = [key.tenantId, key.webhookId];
      const row = await access.change({
        lock: query('lockWebhook', ids),
        guard: query('addReplay', [...ids, deadLetterId, after, upTo, most]),
        rest: () => audit(key, act),
        flush: 'awaited',
      });
      return row !== undefined;
    },
  };
}

type Part<Name extends keyof WebhookStore> = Pick<WebhookStore, Name>;

function keyValues({ webhookId, holder }: Claim): readonly [number, string] {
  return [webhookId, holder];
}

function reception(access: WebhookRowAccess): Part<'claimWebhooks' | 'releaseWebhooks' | 'noteReceived'> {
  const query = queriesFrom(webhookClaimStatements(access));
  const { read, change } = access;
  return {
    claimWebhooks: async (holder, leaseMs) => {
      // A claim is renewed when half of it is over: most rounds write nothing.
      const claimable = [holder, leaseMs / 2];
      if ((await read(query('claimable', claimable))).length > 0) {
        await change({ guard: query('claim', [...claimable, leaseMs]), flush: 'notAwaited' });
      }
      return ((await read(query('claimed', [holder]))) as ClaimedRow[]).map(claimedFromRow);
    },
    releaseWebhooks: async (holder) => {
      await change({ guard: query('release', [holder]), flush: 'notAwaited' });
    },
    noteReceived: async (claim, upTo, outcome) => {
      const values = [...keyValues(claim), ...outcomeColumns(outcome), upTo];
      return (await change({ guard: query('received', values), flush: 'notAwaited' })) !== undefined;
    },
  };
}

function failures(access: WebhookRowAccess): Part<'noteFailed' | 'giveUp' | 'pauseGone'> {
  const query = queriesFrom(webhookClaimStatements(access));
  const { change } = access;
  return {
    noteFailed: async (claim, outcome) => {
      const guard = query('failed', [...keyValues(claim), ...outcomeColumns(outcome)]);
      const row = await change({ guard, flush: 'notAwaited' });
      if (row === undefined) return undefined;
      return { failures: row.failures as number, failingForMs: row.failing_for_ms as number };
    },
    giveUp: async (claim, upTo) => {
      const values = [...keyValues(claim), upTo];
      const row = await change({
        guard: query('lockClaim', keyValues(claim)),
        rest: () => [query('bury', values), query('passOver', values)],
        flush: 'notAwaited',
      });
      return row !== undefined;
    },
    pauseGone: async (claim) =>
      (await change({ guard: query('pauseGone', keyValues(claim)), flush: 'notAwaited' })) !== undefined,
  };
}

function replays(access: WebhookRowAccess): Part<'findNextReplay' | 'noteReplayed' | 'endReplay'> {
  const query = queriesFrom(webhookClaimStatements(access));
  const attempted = (claim: Claim, outcome: AttemptOutcome) =>
    query('attempted', [...keyValues(claim), ...outcomeColumns(outcome)]);
  return {
    findNextReplay: async (webhookId) => {
      const [row] = (await access.read(query('nextReplay', [webhookId]))) as ReplayRow[];
      return row === undefined ? undefined : replayFromRow(row);
    },
    noteReplayed: async (claim, { replayId, after, upTo }, outcome) => {
      const done = [query('removeReplayed', [replayId]), query('removeReplay', [replayId])];
      const row = await access.change({
        guard: attempted(claim, outcome),
        rest: () => (after < upTo ? [query('moveReplay', [replayId, after])] : done),
        flush: 'notAwaited',
      });
      return row !== undefined;
    },
    endReplay: async (claim, { replayId, after }, outcome) => {
      const left = [replayId, after, ...outcomeColumns(outcome)];
      const row = await access.change({
        guard: attempted(claim, outcome),
        rest: () => [
          query('shortenDead', left),
          query('buryReplay', left),
          query('removeReplay', [replayId]),
        ],
        flush: 'notAwaited',
      });
      return row !== undefined;
    },
  };
}
