-- Notes for agents who are signed out; their next sign-ins take them.
CREATE TABLE waiting_note (
  work_number integer NOT NULL REFERENCES agent,
  place       bigint NOT NULL,
  -- The event that will tell of it, in the form of the log.
  event       text NOT NULL,
  PRIMARY KEY (work_number, place)
);
