-- Values that work once and were used: states of Zoho's consent page, and connect links.
CREATE TABLE used_ids (
  id TEXT PRIMARY KEY,
  keep_until BIGINT NOT NULL
);
CREATE INDEX used_ids_by_keep_until ON used_ids (keep_until);

-- Refresh tokens that Zoho holds for the users and clients of this mesh, of which it keeps few. They
-- outlive their account where Zoho did not answer when it was deleted.
CREATE TABLE issued_grants (
  sha256 TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  account TEXT NOT NULL,
  create_time BIGINT NOT NULL
);
CREATE INDEX issued_grants_of_user ON issued_grants (user_id, client_id, create_time);
CREATE INDEX issued_grants_of_account ON issued_grants (account, create_time);
