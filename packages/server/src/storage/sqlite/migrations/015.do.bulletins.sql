-- Bulletins: each is stored once, and given to its readers one by one.
CREATE TABLE bulletin_board (
  tenant_id   INTEGER PRIMARY KEY REFERENCES tenant,
  -- Place of the newest.
  head        INTEGER NOT NULL DEFAULT 0,
  -- Up to this place all who were signed in were given them.
  given_up_to INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO bulletin_board (tenant_id) SELECT tenant_id FROM tenant;

CREATE TABLE bulletin (
  tenant_id INTEGER NOT NULL REFERENCES tenant,
  place     INTEGER NOT NULL,
  target    TEXT NOT NULL,
  -- Number of the group or the skill queue; 0: everyone.
  target_id INTEGER NOT NULL,
  -- Epoch ms.
  posted_at INTEGER NOT NULL,
  -- The event that tells of it, in the form of the log.
  event     TEXT NOT NULL,
  PRIMARY KEY (tenant_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulletin_age ON bulletin (posted_at);

-- Up to this place the agent was given its tenant's bulletins, or they were not for it.
ALTER TABLE agent ADD COLUMN bulletins_up_to INTEGER NOT NULL DEFAULT 0;
