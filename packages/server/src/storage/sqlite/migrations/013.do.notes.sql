-- Notes for agents who are signed out; their next sign-ins take them.
CREATE TABLE waiting_note (
  work_number INTEGER NOT NULL REFERENCES agent,
  place       INTEGER NOT NULL,
  from_agent  INTEGER NOT NULL,
  from_name   TEXT NOT NULL,
  text        TEXT NOT NULL,
  sent_at     INTEGER NOT NULL,
  PRIMARY KEY (work_number, place)
) STRICT, WITHOUT ROWID;
