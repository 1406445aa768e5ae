-- Bulletins: each is stored once, and given to its readers one by one.
CREATE TABLE bulletin_board (
  tenant_id   integer PRIMARY KEY REFERENCES tenant,
  -- Place of the newest.
  head        bigint NOT NULL DEFAULT 0,
  -- Up to this place all who were signed in were given them.
  given_up_to bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO bulletin_board (tenant_id) SELECT tenant_id FROM tenant;

CREATE TABLE bulletin (
  tenant_id integer NOT NULL REFERENCES tenant,
  place     bigint NOT NULL,
  target    text NOT NULL,
  -- Number of the group or the skill queue; 0: everyone.
  target_id integer NOT NULL,
  -- Epoch ms.
  posted_at bigint NOT NULL,
  -- The event that tells of it, in the form of the log.
  event     text NOT NULL,
  PRIMARY KEY (tenant_id, place)
);
CREATE INDEX bulletin_age ON bulletin (posted_at);

-- Up to this place the agent was given its tenant's bulletins, or they were not for it.
ALTER TABLE agent ADD COLUMN bulletins_up_to bigint NOT NULL DEFAULT 0;
