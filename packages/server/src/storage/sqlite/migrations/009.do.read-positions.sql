-- How far each session's client has received its events; goes with the ended session.
CREATE TABLE read_position (
  session_id TEXT PRIMARY KEY,
  sequence   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The name of this history of the logs: a position of another one cannot be continued here.
CREATE TABLE log_epoch (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  epoch     TEXT NOT NULL
) STRICT;
INSERT INTO log_epoch (singleton, epoch) VALUES (1, lower(hex(randomblob(6))));
