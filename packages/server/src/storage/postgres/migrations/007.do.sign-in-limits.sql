-- Failed sign-ins: of one subject from one source, and with source '' of the subject from anywhere.
CREATE TABLE sign_in_failure (
  subject      text NOT NULL,
  source       text NOT NULL,
  failures     integer NOT NULL,
  began_at     bigint NOT NULL,
  last_at      bigint NOT NULL,
  locked_until bigint,
  PRIMARY KEY (subject, source)
);
CREATE INDEX sign_in_failure_age ON sign_in_failure (last_at);

-- Where agents signed in from lately: such a source is never locked out by the failures of others.
CREATE TABLE sign_in_source (
  subject text NOT NULL,
  source  text NOT NULL,
  last_at bigint NOT NULL,
  PRIMARY KEY (subject, source)
);
CREATE INDEX sign_in_source_age ON sign_in_source (last_at);

