-- The clients of each MCP server. `list_time` is 0 where a client was given no list of tools.
CREATE TABLE mcp_clients (
  mcp_server TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
  era TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  introduced INTEGER NOT NULL,
  revision TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  list_digest TEXT NOT NULL,
  list_time BIGINT NOT NULL,
  first_seen_time BIGINT NOT NULL,
  last_seen_time BIGINT NOT NULL,
  PRIMARY KEY (mcp_server, era, name, version, introduced)
);
