/** What differs between the stores. */
export interface WebhookDialect {
  /** Expression of the store's time in epoch ms. */
  readonly now: string;
  /** Behind a select: locks its rows. */
  readonly forUpdate: string;
  /** Whether other nodes may hold claims. */
  readonly hasOtherNodes: boolean;
}

const IS_KEY = 'tenant_id = $1 AND webhook_id = $2';
const IS_CLAIM = 'webhook_id = $1 AND holder = $2';

/** What of a webhook is read for whoever asks; the secrets are not in it. */
function shownColumns(now: string): string {
  const countOf = (table: string) => `(SELECT count(*) FROM ${table} WHERE webhook_id = webhook.webhook_id)`;
  return `webhook.webhook_id, webhook.tenant_id, url, created_at, paused, dead_letter_after_ms, position,
    CASE WHEN old_secret_until > ${now} THEN old_secret_until END AS old_secret_until, feed.head AS feed_head,
    last_at, last_status, last_fault, failing_since, failures,
    ${countOf('webhook_dead_letter')} AS dead_letters, ${countOf('webhook_replay')} AS replays`;
}

/** Statements of administrators. Parameters 1 and 2 are the tenant and the webhook. */
export function webhookAdministrationStatements({ now, forUpdate }: WebhookDialect) {
  return {
    list: `SELECT ${shownColumns(now)} FROM webhook JOIN feed USING (tenant_id) WHERE tenant_id = $1
      ORDER BY webhook_id`,
    lockTenant: `SELECT tenant_id FROM tenant WHERE tenant_id = $1${forUpdate}`,
    lockWebhook: `SELECT webhook_id FROM webhook WHERE ${IS_KEY}${forUpdate}`,
    /** Tenant, url, paused, time until dead, secret, position, most. */
    add: `INSERT INTO webhook (tenant_id, url, created_at, paused, dead_letter_after_ms, secret, position)
      SELECT tenant_id, CAST($2 AS text), ${now}, CAST($3 AS text), CAST($4 AS bigint), CAST($5 AS text),
        coalesce(CAST($6 AS bigint), head)
      FROM feed WHERE tenant_id = $1 AND (SELECT count(*) FROM webhook WHERE tenant_id = $1) < $7
      RETURNING webhook_id`,
    /** Url, time until dead, paused as 1 or 0; null: as it is. */
    change: `UPDATE webhook SET revision = revision + 1, url = coalesce(CAST($3 AS text), url),
        dead_letter_after_ms = coalesce(CAST($4 AS bigint), dead_letter_after_ms),
        paused = CASE CAST($5 AS bigint) WHEN 1 THEN 'asked' WHEN 0 THEN NULL ELSE paused END,
        failing_since = CASE WHEN CAST($3 AS text) IS NULL AND coalesce(CAST($5 AS bigint), 1) = 1 THEN failing_since END,
        failures = CASE WHEN CAST($3 AS text) IS NULL AND coalesce(CAST($5 AS bigint), 1) = 1 THEN failures ELSE 0 END
      WHERE ${IS_KEY} RETURNING webhook_id`,
    remove: `DELETE FROM webhook WHERE ${IS_KEY} RETURNING webhook_id`,
    /** The new secret, how long the old one is good. */
    rotate: `UPDATE webhook SET secret = CAST($3 AS text), old_secret = secret,
        old_secret_until = ${now} + CAST($4 AS bigint)
      WHERE ${IS_KEY} RETURNING webhook_id`,
    /** Webhook, after, limit. */
    listDead: `SELECT * FROM webhook_dead_letter WHERE webhook_id = $1 AND dead_letter_id > $2
      ORDER BY dead_letter_id LIMIT $3`,
    findDead: 'SELECT * FROM webhook_dead_letter WHERE webhook_id = $1 AND dead_letter_id = $2',
    /** Dead letter, position, up to, most. */
    addReplay: `INSERT INTO webhook_replay (webhook_id, dead_letter_id, position, up_to)
      SELECT webhook_id, CAST($3 AS bigint), CAST($4 AS bigint), CAST($5 AS bigint) FROM webhook
      WHERE ${IS_KEY} AND (SELECT count(*) FROM webhook_replay WHERE webhook_id = $2) < $6
      RETURNING webhook_id`,
    /** Agent 0 stands for the site itself. */
    audit: `INSERT INTO audit_entry (tenant_id, work_number, session_id, at, act) VALUES ($1, 0, '', ${now}, $2)`,
  };
}

/** Statements of the node that sends. Parameters 1 and 2 are the webhook and the holder. */
export function webhookClaimStatements({ now, hasOtherNodes }: WebhookDialect) {
  const outcome = `last_at = ${now}, last_status = CAST($3 AS bigint), last_fault = CAST($4 AS text)`;
  const isFree = hasOtherNodes
    ? `(holder IS NULL OR held_until <= ${now})`
    : '(holder IS NULL OR holder <> $1)';
  const isClaimable = `paused IS NULL AND (${isFree} OR (holder = $1 AND held_until < ${now} + $2))`;
  return {
    /** Holder, and how long a claim must last at least. */
    claimable: `SELECT webhook_id FROM webhook WHERE ${isClaimable} LIMIT 1`,
    /** The same, and how long it lasts. */
    claim: `UPDATE webhook SET holder = $1, held_until = ${now} + $3 WHERE ${isClaimable} RETURNING webhook_id`,
    claimed: `SELECT ${shownColumns(now)}, secret, CASE WHEN old_secret_until > ${now} THEN old_secret END AS old_secret,
        revision, held_until - ${now} AS held_for_ms
      FROM webhook JOIN feed USING (tenant_id) WHERE holder = $1 AND paused IS NULL AND held_until > ${now}`,
    release: 'UPDATE webhook SET held_until = 0 WHERE holder = $1 RETURNING webhook_id',
    /** Status, fault. */
    attempted: `UPDATE webhook SET ${outcome} WHERE ${IS_CLAIM} RETURNING webhook_id`,
    /** Status, fault, up to. */
    received: `UPDATE webhook SET ${outcome}, position = $5, failing_since = NULL, failures = 0
      WHERE ${IS_CLAIM} RETURNING webhook_id`,
    /** Status, fault. */
    failed: `UPDATE webhook SET ${outcome}, failing_since = coalesce(failing_since, ${now}), failures = failures + 1
      WHERE ${IS_CLAIM} RETURNING failures, ${now} - failing_since AS failing_for_ms`,
    pauseGone: `UPDATE webhook SET paused = 'gone', revision = revision + 1 WHERE ${IS_CLAIM} RETURNING webhook_id`,
    lockClaim: `UPDATE webhook SET holder = holder WHERE ${IS_CLAIM} RETURNING webhook_id`,
    /** Up to. Before the position moves. */
    bury: `INSERT INTO webhook_dead_letter (webhook_id, first_position, last_position, failures, failing_since, made_at,
        last_status, last_fault)
      SELECT webhook_id, position + 1, CAST($3 AS bigint), failures, coalesce(failing_since, ${now}), ${now}, last_status,
        last_fault
      FROM webhook WHERE ${IS_CLAIM}`,
    passOver: `UPDATE webhook SET position = $3, failing_since = NULL, failures = 0 WHERE ${IS_CLAIM}`,
    nextReplay: 'SELECT * FROM webhook_replay WHERE webhook_id = $1 ORDER BY replay_id LIMIT 1',
    /** Replay, position. */
    moveReplay: 'UPDATE webhook_replay SET position = $2 WHERE replay_id = $1',
    /** Replay. Takes the replay along. */
    removeReplayed: `DELETE FROM webhook_dead_letter WHERE dead_letter_id =
      (SELECT dead_letter_id FROM webhook_replay WHERE replay_id = $1)`,
    /** Replay, position, status, fault. */
    shortenDead: `UPDATE webhook_dead_letter SET first_position = CAST($2 AS bigint) + 1, failures = failures + 1,
        made_at = ${now}, last_status = CAST($3 AS bigint), last_fault = CAST($4 AS text)
      WHERE dead_letter_id = (SELECT dead_letter_id FROM webhook_replay WHERE replay_id = $1)`,
    buryReplay: `INSERT INTO webhook_dead_letter (webhook_id, first_position, last_position, failures, failing_since, made_at,
        last_status, last_fault)
      SELECT webhook_id, CAST($2 AS bigint) + 1, up_to, 1, ${now}, ${now}, CAST($3 AS bigint), CAST($4 AS text)
      FROM webhook_replay WHERE replay_id = $1 AND dead_letter_id IS NULL`,
    removeReplay: 'DELETE FROM webhook_replay WHERE replay_id = $1',
  };
}
