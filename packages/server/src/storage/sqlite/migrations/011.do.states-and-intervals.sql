-- Rests, limits of wrap-ups, contacts, and what is pending beside them.
ALTER TABLE agent ADD COLUMN state_until INTEGER;
-- When something is due: the end of a rest that nobody was reminded of yet, or the limit of a wrap-up.
ALTER TABLE agent ADD COLUMN deadline_at INTEGER;
ALTER TABLE agent ADD COLUMN phase TEXT;
ALTER TABLE agent ADD COLUMN pending TEXT;
ALTER TABLE agent ADD COLUMN pending_for_ms INTEGER;
UPDATE agent SET pending = 'notReady' WHERE pending_reason IS NOT NULL;
CREATE INDEX agent_deadline ON agent (deadline_at) WHERE deadline_at IS NOT NULL;

-- What an agent did with its time: each interval is written once, when it ends. No two of an agent begin together.
CREATE TABLE agent_interval (
  work_number INTEGER NOT NULL,
  -- Epoch ms; an interval of no length is not written.
  began_at    INTEGER NOT NULL,
  ended_at    INTEGER NOT NULL CHECK (ended_at > began_at),
  tenant_id   INTEGER NOT NULL,
  session_id  TEXT NOT NULL,
  state       TEXT NOT NULL,
  reason      INTEGER,
  PRIMARY KEY (work_number, began_at)
) STRICT, WITHOUT ROWID;

-- Since when intervals are kept: sessions that began before have none of their first ones.
CREATE TABLE interval_start (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  at        INTEGER NOT NULL
) STRICT;
INSERT INTO interval_start (singleton, at) VALUES (1, CAST(unixepoch('subsec') * 1000 AS INTEGER));

-- Sites that were stored before these settings were known.
UPDATE tenant SET
  definition = json_set(definition, '$.timeZone', 'UTC', '$.policy.wrapUpLimitS', NULL, '$.policy.wrapUpAfterHangUp', 'on'),
  policy = json_set(policy, '$.wrapUpLimitS', NULL, '$.wrapUpAfterHangUp', 'on');

-- Sessions that live meanwhile.
UPDATE agent SET settings = json_set(settings, '$.takesContacts', json('true'), '$.customState', NULL, '$.forwardTo', NULL,
  '$.selfRecording', json('{"isOn":false,"beforeTalking":false}'),
  '$.mustChangePassword', json(iif(must_change_password = 1, 'true', 'false')))
WHERE settings IS NOT NULL;
