-- Facts about the store itself.

-- name: secret_fingerprint :maybe
-- out:  fingerprint  bytes
SELECT value FROM store_fact WHERE name = 'secret_fingerprint';

-- name: secret_fingerprint_claim :exec
-- No row is changed when the store has one. Somebody who claims at the same moment waits
-- here for the commit.
-- in:   fingerprint  bytes
INSERT INTO store_fact (name, value) VALUES ('secret_fingerprint', :fingerprint)
ON CONFLICT (name) DO NOTHING;

-- name: secret_fingerprint_set :exec
-- in:   fingerprint  bytes
UPDATE store_fact SET value = :fingerprint WHERE name = 'secret_fingerprint';
