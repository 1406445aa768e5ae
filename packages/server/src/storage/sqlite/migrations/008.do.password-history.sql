-- Passwords before the present one, by the version of the credential that they belonged to.
CREATE TABLE password_history (
  work_number        INTEGER NOT NULL,
  credential_version INTEGER NOT NULL,
  password_hash      TEXT NOT NULL,
  PRIMARY KEY (work_number, credential_version)
) STRICT, WITHOUT ROWID;
