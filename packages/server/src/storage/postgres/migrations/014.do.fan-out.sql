-- How far in the feed a session was told of other agents.
ALTER TABLE agent ADD COLUMN told_up_to bigint NOT NULL DEFAULT 0;

-- How far the feed of each tenant has been followed. What was there before is not told any more.
CREATE TABLE fan_out (
  tenant_id integer PRIMARY KEY REFERENCES tenant,
  position  bigint NOT NULL
);
INSERT INTO fan_out (tenant_id, position) SELECT tenant_id, head FROM feed;

-- Inspectors that want to be told when others sign in and out.
CREATE INDEX agent_listening ON agent (tenant_id, work_number) WHERE session_id IS NOT NULL
  AND settings::jsonb ->> 'watchSignIns' = 'true' AND definition::jsonb ->> 'role' = 'supervisor';
