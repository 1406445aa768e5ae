-- Notes for agents who are signed out; their next sign-ins take them.
CREATE TABLE waiting_note (
  work_number integer NOT NULL REFERENCES agent,
  place       bigint NOT NULL,
  from_agent  integer NOT NULL,
  from_name   text NOT NULL,
  text        text NOT NULL,
  sent_at     bigint NOT NULL,
  PRIMARY KEY (work_number, place)
);
