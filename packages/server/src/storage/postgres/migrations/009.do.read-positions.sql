-- How far each session's client has received its events; goes with the ended session.
CREATE TABLE read_position (
  session_id text PRIMARY KEY,
  sequence   bigint NOT NULL
);

-- The name of this history of the logs: a position of another one cannot be continued here.
CREATE TABLE log_epoch (
  singleton integer PRIMARY KEY CHECK (singleton = 1),
  epoch     text NOT NULL
);
INSERT INTO log_epoch (singleton, epoch) VALUES (1, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12));
