-- Is the pool of an organization low? It is told once, and again only after it was good.

-- name: pool_watch_due :many
-- Organizations whose ledger has changed since the last look, or that must be looked at
-- again because time went by. Reads the row of every organization, but not their sensors.
-- in:   now      int64
-- in:   most     int64
-- out:  id       int64
-- out:  name     text
-- out:  version  int64
-- out:  low      bool
SELECT organization.id, organization.name, organization.version, coalesce(pool_watch.low, false)
  FROM organization
  LEFT JOIN pool_watch ON pool_watch.organization_id = organization.id
 WHERE pool_watch.version IS NULL OR pool_watch.version <> organization.version
    OR pool_watch.look_again_at <= :now
 LIMIT :most;

-- name: pool_watch_next :one
-- out:  look_again_at  int64?
SELECT min(look_again_at) FROM pool_watch;

-- name: pool_watch_look :exec
-- in:   organization_id  int64
-- in:   version          int64
-- in:   look_again_at    int64
INSERT INTO pool_watch (organization_id, version, look_again_at, low)
VALUES (:organization_id, :version, :look_again_at, false)
ON CONFLICT (organization_id) DO UPDATE SET version = :version, look_again_at = :look_again_at;

-- name: pool_watch_turn :exec
-- No row is changed when it was so already: of several that notice it at once one tells.
-- in:   organization_id  int64
-- in:   low              bool
UPDATE pool_watch SET low = :low WHERE organization_id = :organization_id AND low <> :low;
