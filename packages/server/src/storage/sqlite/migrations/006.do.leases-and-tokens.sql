-- Several sessions may share a phone where their tenant says so; one that holds it alone is alone by constraint.
CREATE TABLE phone_hold (
  tenant_id   INTEGER NOT NULL,
  number      TEXT NOT NULL,
  work_number INTEGER PRIMARY KEY,
  shared      INTEGER NOT NULL
) STRICT;
INSERT INTO phone_hold (tenant_id, number, work_number, shared) SELECT tenant_id, number, work_number, 0 FROM phone;
DROP TABLE phone;
ALTER TABLE phone_hold RENAME TO phone;
CREATE UNIQUE INDEX phone_alone ON phone (tenant_id, number) WHERE shared = 0;
CREATE INDEX phone_number ON phone (tenant_id, number);

-- When each live session last showed that its client is there. Narrow: it is written every few seconds.
CREATE TABLE life_sign (
  work_number   INTEGER PRIMARY KEY,
  session_id    TEXT NOT NULL,
  seen_at       INTEGER NOT NULL,
  read_at       INTEGER NOT NULL,
  life_ms       INTEGER NOT NULL,
  attention_ms  INTEGER NOT NULL,
  lease_ends_at INTEGER NOT NULL,
  limit_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX life_sign_lease ON life_sign (lease_ends_at);
CREATE INDEX life_sign_limit ON life_sign (limit_at);
INSERT INTO life_sign (work_number, session_id, seen_at, read_at, life_ms, attention_ms, lease_ends_at, limit_at)
SELECT work_number, session_id, changed_at, changed_at, 120000, 75000, changed_at + 120000, signed_in_at + 86400000
FROM agent WHERE session_id IS NOT NULL;

ALTER TABLE agent ADD COLUMN token_issued_at INTEGER;
UPDATE agent SET token_issued_at = signed_in_at;

-- Tokens that a newer one of the same session has replaced.
CREATE TABLE replaced_token (
  token_hash  TEXT PRIMARY KEY,
  work_number INTEGER NOT NULL,
  session_id  TEXT NOT NULL,
  good_until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX replaced_token_age ON replaced_token (good_until);

-- Policies that were stored before these settings were known.
UPDATE tenant SET policy = json_set(policy, '$.phoneInUse', 'refuse', '$.lease', json('{"lifeS":120,"attentionS":75,"longestS":86400}'));
