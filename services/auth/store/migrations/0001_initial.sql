-- Times are microseconds since 1970, 9223372036854775807 for never; booleans are 0 and 1; lists are
-- separated by spaces; digests are hexadecimal and sealed values base64. SQLite and PostgreSQL both
-- read this file.

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state INTEGER NOT NULL,
  region TEXT NOT NULL,
  organization_id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  user_email TEXT NOT NULL,
  organization_admin INTEGER NOT NULL,
  scopes TEXT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL
);
CREATE INDEX accounts_in_order ON accounts (create_time, id);

-- What Zoho granted: one row an account. `region` is whose accounts host issued it. `grant_number`
-- rises when the account is connected again, `generation` with each access token.
CREATE TABLE tokens (
  account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  region TEXT NOT NULL,
  grant_number BIGINT NOT NULL,
  refresh_token TEXT NOT NULL,
  generation BIGINT NOT NULL,
  access_token TEXT NOT NULL,
  issue_time BIGINT NOT NULL,
  expire_time BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);

-- Token requests of late, which Zoho counts.
CREATE TABLE token_requests (
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  grant_number BIGINT NOT NULL,
  request_time BIGINT NOT NULL
);
CREATE INDEX token_requests_by_account ON token_requests (account, grant_number, request_time);
CREATE INDEX token_requests_by_time ON token_requests (request_time);

CREATE TABLE mcp_servers (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  methods TEXT NOT NULL,
  tags TEXT NOT NULL,
  require_api_token_auth INTEGER NOT NULL,
  reveal_secrets INTEGER NOT NULL,
  expire_time BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL
);
CREATE INDEX mcp_servers_of_account ON mcp_servers (account, create_time, id);
CREATE INDEX mcp_servers_by_expire_time ON mcp_servers (expire_time);

-- The URLs of an MCP server: usually one.
CREATE TABLE mcp_tokens (
  sha256 TEXT PRIMARY KEY,
  mcp_server TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
  expire_time BIGINT NOT NULL
);
CREATE INDEX mcp_tokens_of_server ON mcp_tokens (mcp_server);
CREATE INDEX mcp_tokens_by_expire_time ON mcp_tokens (expire_time);

-- `origin` is empty for a key that was made through the API.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role INTEGER NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL,
  create_time BIGINT NOT NULL
);
