-- Migrations, and the proof that a reading connection shows a commit.

-- name: schema_migration_last :one
-- The number of the newest migration that ran; 0 when none did.
-- out:  number      int64
SELECT coalesce(max(number), 0) FROM schema_migration;

-- name: schema_migration_insert :exec
-- in:   number      int64
-- in:   name        text
-- in:   applied_at  int64
INSERT INTO schema_migration (number, name, applied_at)
VALUES (:number, :name, :applied_at);

-- name: transaction_mark_get :maybe
-- The newest one of a node.
-- in:   node    int64
-- out:  number  int64
SELECT number FROM transaction_mark WHERE node = :node ORDER BY number DESC LIMIT 1;
