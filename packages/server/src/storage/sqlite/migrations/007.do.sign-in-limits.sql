-- Failed sign-ins: of one subject from one source, and with source '' of the subject from anywhere.
CREATE TABLE sign_in_failure (
  subject      TEXT NOT NULL,
  source       TEXT NOT NULL,
  failures     INTEGER NOT NULL,
  began_at     INTEGER NOT NULL,
  last_at      INTEGER NOT NULL,
  locked_until INTEGER,
  PRIMARY KEY (subject, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failure_age ON sign_in_failure (last_at);

-- Where agents signed in from lately: such a source is never locked out by the failures of others.
CREATE TABLE sign_in_source (
  subject TEXT NOT NULL,
  source  TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (subject, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_source_age ON sign_in_source (last_at);

