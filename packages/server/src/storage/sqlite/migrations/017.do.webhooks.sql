-- Addresses outside that are sent all events of a tenant.
CREATE TABLE webhook (
  webhook_id           INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id            INTEGER NOT NULL REFERENCES tenant,
  url                  TEXT NOT NULL,
  created_at           INTEGER NOT NULL,
  -- Null: it is sent what there is.
  paused               TEXT,
  dead_letter_after_ms INTEGER NOT NULL,
  -- The keys of the signatures, as they are.
  secret               TEXT NOT NULL,
  old_secret           TEXT,
  old_secret_until     INTEGER,
  -- Up to here in the feed everything was received, or is a dead letter.
  position             INTEGER NOT NULL,
  failing_since        INTEGER,
  failures             INTEGER NOT NULL DEFAULT 0,
  last_at              INTEGER,
  last_status          INTEGER,
  last_fault           TEXT,
  -- Another whenever somebody changes the webhook.
  revision             INTEGER NOT NULL DEFAULT 1,
  -- The node that sends.
  holder               TEXT,
  held_until           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX webhook_tenant ON webhook (tenant_id);

-- Parts of the feed that were not received, both ends included.
CREATE TABLE webhook_dead_letter (
  dead_letter_id INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id     INTEGER NOT NULL REFERENCES webhook ON DELETE CASCADE,
  first_position INTEGER NOT NULL,
  last_position  INTEGER NOT NULL,
  failures       INTEGER NOT NULL,
  failing_since  INTEGER NOT NULL,
  made_at        INTEGER NOT NULL,
  last_status    INTEGER,
  last_fault     TEXT
) STRICT;
CREATE INDEX webhook_dead_letter_webhook ON webhook_dead_letter (webhook_id, dead_letter_id);

-- Parts of the feed that are to be sent again: behind position, up to up_to.
CREATE TABLE webhook_replay (
  replay_id      INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id     INTEGER NOT NULL REFERENCES webhook ON DELETE CASCADE,
  dead_letter_id INTEGER REFERENCES webhook_dead_letter ON DELETE CASCADE,
  position       INTEGER NOT NULL,
  up_to          INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_replay_webhook ON webhook_replay (webhook_id, replay_id);
CREATE INDEX webhook_replay_dead_letter ON webhook_replay (dead_letter_id);
