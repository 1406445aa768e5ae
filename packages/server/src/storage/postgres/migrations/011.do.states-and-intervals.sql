-- Rests, limits of wrap-ups, contacts, and what is pending beside them.
ALTER TABLE agent ADD COLUMN state_until bigint;
-- When something is due: the end of a rest that nobody was reminded of yet, or the limit of a wrap-up.
ALTER TABLE agent ADD COLUMN deadline_at bigint;
ALTER TABLE agent ADD COLUMN phase text;
ALTER TABLE agent ADD COLUMN pending text;
ALTER TABLE agent ADD COLUMN pending_for_ms integer;
UPDATE agent SET pending = 'notReady' WHERE pending_reason IS NOT NULL;
CREATE INDEX agent_deadline ON agent (deadline_at) WHERE deadline_at IS NOT NULL;

-- What an agent did with its time: each interval is written once, when it ends. No two of an agent begin together.
CREATE TABLE agent_interval (
  work_number integer NOT NULL,
  -- Epoch ms; an interval of no length is not written.
  began_at    bigint NOT NULL,
  ended_at    bigint NOT NULL CHECK (ended_at > began_at),
  tenant_id   integer NOT NULL,
  session_id  text NOT NULL,
  state       text NOT NULL,
  reason      integer,
  PRIMARY KEY (work_number, began_at)
);

-- Since when intervals are kept: sessions that began before have none of their first ones.
CREATE TABLE interval_start (
  singleton integer PRIMARY KEY CHECK (singleton = 1),
  at        bigint NOT NULL
);
INSERT INTO interval_start (singleton, at) VALUES (1, floor(extract(epoch FROM clock_timestamp()) * 1000)::int8);

-- Sites that were stored before these settings were known.
UPDATE tenant SET
  definition = (definition::jsonb || jsonb_build_object('timeZone', 'UTC', 'policy', (definition::jsonb -> 'policy') ||
    '{"wrapUpLimitS":null,"wrapUpAfterHangUp":"on"}'))::text,
  policy = (policy::jsonb || '{"wrapUpLimitS":null,"wrapUpAfterHangUp":"on"}')::text;

-- Sessions that live meanwhile.
UPDATE agent SET settings = (settings::jsonb || jsonb_build_object('takesContacts', true, 'customState', null,
  'forwardTo', null, 'selfRecording', '{"isOn":false,"beforeTalking":false}'::jsonb,
  'mustChangePassword', must_change_password = 1))::text
WHERE settings IS NOT NULL;
