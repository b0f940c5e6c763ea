-- The latest instant acted on.

-- name: clock_mark_get :one
-- out:  latest_at  int64
SELECT coalesce(max(latest_at), 0) FROM clock_mark;

-- name: clock_mark_raise :exec
-- in:   now  int64
INSERT INTO clock_mark (id, latest_at) VALUES (1, :now)
ON CONFLICT (id) DO UPDATE SET latest_at = excluded.latest_at
 WHERE clock_mark.latest_at < excluded.latest_at;
