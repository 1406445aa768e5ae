-- How far trusted peers have read the tenants' feeds.
CREATE TABLE peer_position (
  peer      TEXT NOT NULL,
  tenant_id INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  PRIMARY KEY (peer, tenant_id)
) STRICT, WITHOUT ROWID;

-- The sessions that trusted peers signed in.
CREATE INDEX agent_via_peer ON agent (json_extract(settings, '$.viaPeer'), work_number)
  WHERE session_id IS NOT NULL AND json_extract(settings, '$.viaPeer') IS NOT NULL;
