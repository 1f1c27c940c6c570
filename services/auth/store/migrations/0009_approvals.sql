-- Which tools of an MCP server have to be approved: a mesh.auth.v1.McpServerConfig.Approval.
ALTER TABLE mcp_servers ADD COLUMN approval INTEGER NOT NULL DEFAULT 0;

-- Calls that wait to be approved, and those that did. `state` is a mesh.auth.v1.Approval.State, never
-- EXPIRED, which `expire_time` tells. Times that have not come are 0.
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  mcp_server TEXT NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
  tool TEXT NOT NULL,
  arguments_sha256 TEXT NOT NULL,
  arguments TEXT NOT NULL,
  state INTEGER NOT NULL,
  expire_time BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  decide_time BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  use_time BIGINT NOT NULL
);
CREATE INDEX approvals_of_call ON approvals (mcp_server, tool, arguments_sha256, expire_time);
CREATE INDEX approvals_in_order ON approvals (create_time, id);
CREATE INDEX approvals_by_expire_time ON approvals (expire_time);
