-- The audit log. `hash` is over the event and the hash before; details are a JSON object.
CREATE TABLE audit_events (
  sequence BIGINT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  event_time BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  account TEXT NOT NULL,
  mcp_server TEXT NOT NULL,
  tool TEXT NOT NULL,
  outcome TEXT NOT NULL,
  request_id TEXT NOT NULL,
  duration BIGINT NOT NULL,
  details TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_events_by_time ON audit_events (event_time);

-- Where the log ends, and behind what it begins: the newest event, and the newest of those that were
-- removed for their age.
CREATE TABLE audit_ends (
  name TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_ends (name, sequence, hash) VALUES ('newest', 0, '');
INSERT INTO audit_ends (name, sequence, hash) VALUES ('removed', 0, '');

-- Tool calls, counted. `day` counts days since 1970.
CREATE TABLE tool_usage (
  day BIGINT NOT NULL,
  mcp_server TEXT NOT NULL,
  tool TEXT NOT NULL,
  account TEXT NOT NULL,
  calls BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  PRIMARY KEY (day, mcp_server, tool, account)
);
