-- Since when keys expire, and when one was last used: 0 where nobody has.
ALTER TABLE api_keys ADD COLUMN expire_time BIGINT NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE api_keys ADD COLUMN last_use_time BIGINT NOT NULL DEFAULT 0;
CREATE INDEX api_keys_in_order ON api_keys (create_time, id);
