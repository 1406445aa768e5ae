-- Tenants, agents and their credentials: what a site defines.
CREATE TABLE tenant (
  tenant_id  INTEGER PRIMARY KEY,
  definition TEXT NOT NULL,
  -- The definition's policy alone: every sign-in reads it, and a definition may hold thousands of queues.
  policy     TEXT NOT NULL
) STRICT;

-- One row an agent: definition, credential, and the record that commands change. One row is one lock.
CREATE TABLE agent (
  work_number          INTEGER PRIMARY KEY,
  tenant_id            INTEGER NOT NULL REFERENCES tenant,
  definition           TEXT NOT NULL,
  enabled              INTEGER NOT NULL,
  password_hash        TEXT,
  credential_version   INTEGER NOT NULL,
  must_change_password INTEGER NOT NULL,
  password_valid_until INTEGER,
  log_head             INTEGER NOT NULL DEFAULT 0,
  changed_at           INTEGER NOT NULL DEFAULT 0,
  session_id           TEXT,
  token_hash           TEXT,
  signed_in_at         INTEGER,
  first_sequence       INTEGER,
  state                TEXT,
  state_reason         INTEGER,
  pending_reason       INTEGER,
  state_since          INTEGER,
  seats                TEXT,
  settings             TEXT
) STRICT;
CREATE UNIQUE INDEX agent_token ON agent (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX agent_tenant ON agent (tenant_id);

-- A row stands here only while an agent's session holds the phone.
CREATE TABLE phone (
  tenant_id   INTEGER NOT NULL,
  number      TEXT NOT NULL,
  work_number INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (tenant_id, number)
) STRICT, WITHOUT ROWID;

-- Seats in use; the limits stand in the tenant's definition.
CREATE TABLE licence (
  tenant_id  INTEGER PRIMARY KEY REFERENCES tenant,
  agent_used INTEGER NOT NULL DEFAULT 0 CHECK (agent_used >= 0),
  video_used INTEGER NOT NULL DEFAULT 0 CHECK (video_used >= 0)
) STRICT;

-- The tenant's feed: its head is the last lock of every transaction.
CREATE TABLE feed (
  tenant_id INTEGER PRIMARY KEY REFERENCES tenant,
  head      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE agent_event (
  tenant_id     INTEGER NOT NULL,
  feed_sequence INTEGER NOT NULL,
  work_number   INTEGER NOT NULL,
  sequence      INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  event         TEXT NOT NULL,
  PRIMARY KEY (tenant_id, feed_sequence)
) STRICT, WITHOUT ROWID;
-- Proves that an agent's positions are dense, and makes a read of one agent's log plain.
CREATE UNIQUE INDEX agent_event_position ON agent_event (work_number, sequence);

CREATE TABLE ended_session (
  session_id     TEXT PRIMARY KEY,
  work_number    INTEGER NOT NULL,
  token_hash     TEXT NOT NULL,
  signed_in_at   INTEGER NOT NULL,
  ended_at       INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_session_agent ON ended_session (work_number, token_hash);
CREATE INDEX ended_session_age ON ended_session (ended_at);

CREATE TABLE audit_entry (
  audit_id    INTEGER PRIMARY KEY,
  tenant_id   INTEGER NOT NULL,
  work_number INTEGER NOT NULL,
  session_id  TEXT NOT NULL,
  at          INTEGER NOT NULL,
  act         TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entry_agent ON audit_entry (work_number, at);

CREATE TABLE site_token (
  singleton  INTEGER PRIMARY KEY CHECK (singleton = 1),
  token_hash TEXT NOT NULL
) STRICT;

-- What the installation is for: demo data are never mixed with a real site's.
CREATE TABLE installation (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  kind      TEXT NOT NULL
) STRICT;
