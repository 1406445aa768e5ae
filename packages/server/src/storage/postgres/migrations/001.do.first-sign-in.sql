-- Tenants, agents and their credentials: what a site defines.
CREATE TABLE tenant (
  tenant_id  integer PRIMARY KEY,
  definition text NOT NULL,
  -- The definition's policy alone: every sign-in reads it, and a definition may hold thousands of queues.
  policy     text NOT NULL
);

-- One row an agent: definition, credential, and the record that commands change. One row is one lock.
CREATE TABLE agent (
  work_number          integer PRIMARY KEY,
  tenant_id            integer NOT NULL REFERENCES tenant,
  definition           text NOT NULL,
  enabled              integer NOT NULL,
  password_hash        text,
  credential_version   integer NOT NULL,
  must_change_password integer NOT NULL,
  password_valid_until bigint,
  log_head             bigint NOT NULL DEFAULT 0,
  changed_at           bigint NOT NULL DEFAULT 0,
  session_id           text,
  token_hash           text,
  signed_in_at         bigint,
  first_sequence       bigint,
  state                text,
  state_reason         integer,
  pending_reason       integer,
  state_since          bigint,
  seats                text,
  settings             text
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX agent_token ON agent (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX agent_tenant ON agent (tenant_id);

-- A row stands here only while an agent's session holds the phone.
CREATE TABLE phone (
  tenant_id   integer NOT NULL,
  number      text NOT NULL,
  -- Null only inside a transaction that has locked a phone nobody holds.
  work_number integer UNIQUE,
  PRIMARY KEY (tenant_id, number)
);

-- Seats in use; the limits stand in the tenant's definition.
CREATE TABLE licence (
  tenant_id  integer PRIMARY KEY REFERENCES tenant,
  agent_used integer NOT NULL DEFAULT 0 CHECK (agent_used >= 0),
  video_used integer NOT NULL DEFAULT 0 CHECK (video_used >= 0)
) WITH (fillfactor = 50);

-- The tenant's feed: its head is the last lock of every transaction. Room on the page keeps its updates in place.
CREATE TABLE feed (
  tenant_id integer PRIMARY KEY REFERENCES tenant,
  head      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE agent_event (
  tenant_id     integer NOT NULL,
  feed_sequence bigint NOT NULL,
  work_number   integer NOT NULL,
  sequence      bigint NOT NULL,
  at            bigint NOT NULL,
  event         text NOT NULL,
  PRIMARY KEY (tenant_id, feed_sequence)
);
-- Proves that an agent's positions are dense, and makes a read of one agent's log plain.
CREATE UNIQUE INDEX agent_event_position ON agent_event (work_number, sequence);

CREATE TABLE ended_session (
  session_id     text PRIMARY KEY,
  work_number    integer NOT NULL,
  token_hash     text NOT NULL,
  signed_in_at   bigint NOT NULL,
  ended_at       bigint NOT NULL,
  reason         text NOT NULL,
  first_sequence bigint NOT NULL,
  last_sequence  bigint NOT NULL
);
CREATE INDEX ended_session_agent ON ended_session (work_number, token_hash);
CREATE INDEX ended_session_age ON ended_session (ended_at);

CREATE TABLE audit_entry (
  audit_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   integer NOT NULL,
  work_number integer NOT NULL,
  session_id  text NOT NULL,
  at          bigint NOT NULL,
  act         text NOT NULL
);
CREATE INDEX audit_entry_agent ON audit_entry (work_number, at);

CREATE TABLE site_token (
  singleton  integer PRIMARY KEY CHECK (singleton = 1),
  token_hash text NOT NULL
);

-- What the installation is for: demo data are never mixed with a real site's.
CREATE TABLE installation (
  singleton integer PRIMARY KEY CHECK (singleton = 1),
  kind      text NOT NULL
);
