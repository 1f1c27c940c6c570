-- What was created, changed or deleted of late, for replicas that hold parts of it in memory. `kind`
-- is a mesh.auth.v1.Change.Kind. The one row of `change_counter` has the sequence of the newest
-- change: whoever raises it holds it until the commit, so that sequences are in the order of commits.
CREATE TABLE changes (
  sequence BIGINT PRIMARY KEY,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  change_time BIGINT NOT NULL
);

CREATE TABLE change_counter (
  newest BIGINT NOT NULL
);
INSERT INTO change_counter (newest) VALUES (0);
