-- Which replica asks Zoho for the next access token, and until when the others leave it to that one.
ALTER TABLE tokens ADD COLUMN lease_holder TEXT NOT NULL DEFAULT '';
ALTER TABLE tokens ADD COLUMN lease_until BIGINT NOT NULL DEFAULT 0;
