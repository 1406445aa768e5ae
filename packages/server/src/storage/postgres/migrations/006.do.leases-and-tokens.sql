-- Several sessions may share a phone where their tenant says so; one that holds it alone is alone by constraint.
-- What a batch asks for or holds is locked by an advisory lock: a phone nobody holds has no row.
CREATE TABLE phone_hold (
  tenant_id   integer NOT NULL,
  number      text NOT NULL,
  work_number integer PRIMARY KEY,
  shared      integer NOT NULL
);
INSERT INTO phone_hold (tenant_id, number, work_number, shared)
SELECT tenant_id, number, work_number, 0 FROM phone WHERE work_number IS NOT NULL;
DROP TABLE phone;
ALTER TABLE phone_hold RENAME TO phone;
CREATE UNIQUE INDEX phone_alone ON phone (tenant_id, number) WHERE shared = 0;
CREATE INDEX phone_number ON phone (tenant_id, number);

-- When each live session last showed that its client is there. Narrow: it is written every few seconds.
CREATE TABLE life_sign (
  work_number   integer PRIMARY KEY,
  session_id    text NOT NULL,
  seen_at       bigint NOT NULL,
  read_at       bigint NOT NULL,
  life_ms       integer NOT NULL,
  attention_ms  integer NOT NULL,
  lease_ends_at bigint NOT NULL,
  limit_at      bigint NOT NULL
) WITH (fillfactor = 60);
CREATE INDEX life_sign_lease ON life_sign (lease_ends_at);
CREATE INDEX life_sign_limit ON life_sign (limit_at);
INSERT INTO life_sign (work_number, session_id, seen_at, read_at, life_ms, attention_ms, lease_ends_at, limit_at)
SELECT work_number, session_id, changed_at, changed_at, 120000, 75000, changed_at + 120000, signed_in_at + 86400000
FROM agent WHERE session_id IS NOT NULL;

ALTER TABLE agent ADD COLUMN token_issued_at bigint;
UPDATE agent SET token_issued_at = signed_in_at;

-- Tokens that a newer one of the same session has replaced.
CREATE TABLE replaced_token (
  token_hash  text PRIMARY KEY,
  work_number integer NOT NULL,
  session_id  text NOT NULL,
  good_until  bigint NOT NULL
);
CREATE INDEX replaced_token_age ON replaced_token (good_until);

-- Policies that were stored before these settings were known.
UPDATE tenant SET policy = (policy::jsonb || '{"phoneInUse":"refuse","lease":{"lifeS":120,"attentionS":75,"longestS":86400}}')::text;
