-- How far trusted peers have read the tenants' feeds.
CREATE TABLE peer_position (
  peer      text NOT NULL,
  tenant_id integer NOT NULL,
  position  bigint NOT NULL,
  PRIMARY KEY (peer, tenant_id)
);

-- The sessions that trusted peers signed in.
CREATE INDEX agent_via_peer ON agent ((settings::jsonb ->> 'viaPeer'), work_number)
  WHERE session_id IS NOT NULL AND settings::jsonb ->> 'viaPeer' IS NOT NULL;
