-- Addresses outside that are sent all events of a tenant.
CREATE TABLE webhook (
  webhook_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id            integer NOT NULL REFERENCES tenant,
  url                  text NOT NULL,
  created_at           bigint NOT NULL,
  -- Null: it is sent what there is.
  paused               text,
  dead_letter_after_ms bigint NOT NULL,
  -- The keys of the signatures, as they are.
  secret               text NOT NULL,
  old_secret           text,
  old_secret_until     bigint,
  -- Up to here in the feed everything was received, or is a dead letter.
  position             bigint NOT NULL,
  failing_since        bigint,
  failures             integer NOT NULL DEFAULT 0,
  last_at              bigint,
  last_status          integer,
  last_fault           text,
  -- Another whenever somebody changes the webhook.
  revision             bigint NOT NULL DEFAULT 1,
  -- The node that sends.
  holder               text,
  held_until           bigint NOT NULL DEFAULT 0
);
CREATE INDEX webhook_tenant ON webhook (tenant_id);

-- Parts of the feed that were not received, both ends included.
CREATE TABLE webhook_dead_letter (
  dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id     bigint NOT NULL REFERENCES webhook ON DELETE CASCADE,
  first_position bigint NOT NULL,
  last_position  bigint NOT NULL,
  failures       integer NOT NULL,
  failing_since  bigint NOT NULL,
  made_at        bigint NOT NULL,
  last_status    integer,
  last_fault     text
);
CREATE INDEX webhook_dead_letter_webhook ON webhook_dead_letter (webhook_id, dead_letter_id);

-- Parts of the feed that are to be sent again: behind position, up to up_to.
CREATE TABLE webhook_replay (
  replay_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id     bigint NOT NULL REFERENCES webhook ON DELETE CASCADE,
  dead_letter_id bigint REFERENCES webhook_dead_letter ON DELETE CASCADE,
  position       bigint NOT NULL,
  up_to          bigint NOT NULL
);
CREATE INDEX webhook_replay_webhook ON webhook_replay (webhook_id, replay_id);
CREATE INDEX webhook_replay_dead_letter ON webhook_replay (dead_letter_id);
