-- Sessions whose events are sent to a receiver, with what is secret for that: until all is received, or for a day.
CREATE TABLE event_push (
  session_id     TEXT PRIMARY KEY,
  work_number    INTEGER NOT NULL,
  tenant_id      INTEGER NOT NULL,
  form           TEXT NOT NULL,
  url            TEXT NOT NULL,
  receiver       TEXT NOT NULL,
  receiver_token TEXT,
  session_token  TEXT,
  -- Sequence of the newest event that was received.
  position       INTEGER NOT NULL,
  -- The process that sends; empty: none does yet.
  sender         TEXT NOT NULL DEFAULT '',
  failed_at      INTEGER,
  failure        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX event_push_sender ON event_push (sender);
CREATE INDEX event_push_agent ON event_push (work_number);
CREATE INDEX event_push_tenant ON event_push (tenant_id, receiver);

UPDATE tenant SET
  definition = json_set(definition, '$.policy.lease.pushAttentionS', 130),
  policy = json_set(policy, '$.lease.pushAttentionS', 130);
