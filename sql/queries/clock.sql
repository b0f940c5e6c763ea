-- The latest instant acted on.

-- name: clock_mark_get :one
-- out:  latest_at  int64
SELECT coalesce(max(latest_at), 0) FROM clock_mark;

-- name: clock_mark_raise :exec
-- in:   now  int64
INSERT INTO clock_mark (id, latest_at) VALUES (1, :now)
ON CONFLICT (id) DO UPDATE SET latest_at = excluded.latest_at
 WHERE clock_mark.latest_at < excluded.latest_at;

-- name: clock_newest_end :one
-- The newest end of a coverage in the organization, after one instant and up to another; 0: none.
-- in:   organization_id  int64
-- in:   after            int64
-- in:   until            int64
-- out:  ends_at          int64
SELECT coalesce(max(coverage_ends_at), 0)
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at > :after AND coverage_ends_at <= :until;
