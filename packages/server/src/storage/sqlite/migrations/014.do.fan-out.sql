-- How far in the feed a session was told of other agents.
ALTER TABLE agent ADD COLUMN told_up_to INTEGER NOT NULL DEFAULT 0;

-- How far the feed of each tenant has been followed. What was there before is not told any more.
CREATE TABLE fan_out (
  tenant_id INTEGER PRIMARY KEY REFERENCES tenant,
  position  INTEGER NOT NULL
) STRICT;
INSERT INTO fan_out (tenant_id, position) SELECT tenant_id, head FROM feed;

-- Inspectors that want to be told when others sign in and out.
CREATE INDEX agent_listening ON agent (tenant_id, work_number) WHERE session_id IS NOT NULL
  AND json_extract(settings, '$.watchSignIns') = 1 AND json_extract(definition, '$.role') = 'supervisor';
