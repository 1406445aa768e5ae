-- Passwords before the present one, by the version of the credential that they belonged to.
CREATE TABLE password_history (
  work_number        integer NOT NULL,
  credential_version integer NOT NULL,
  password_hash      text NOT NULL,
  PRIMARY KEY (work_number, credential_version)
);
