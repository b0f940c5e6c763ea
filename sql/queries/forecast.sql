-- Future demand for licenses, and how far the pool reaches.

-- name: forecast_counts :one
-- How many sensors have coverage that ends by :until, with auto renewal on (those
-- without any count too) and off.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   until            int64
-- out:  renewing         int64
-- out:  stopping         int64
SELECT (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at <= :until),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND NOT auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > :now AND coverage_ends_at <= :until);

-- name: forecast_renewing :each
-- The line of auto renewal: sensors whose coverage ends in [from, until].
-- in:   organization_id   int64
-- in:   from              int64
-- in:   until             int64
-- out:  id                int64
-- out:  serial            text
-- out:  coverage_ends_at  int64
SELECT id, serial, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
   AND coverage_ends_at >= :from AND coverage_ends_at <= :until
 ORDER BY coverage_ends_at, serial;

-- name: forecast_stopping :each
-- Sensors without auto renewal whose coverage ends in (now, until].
-- in:   organization_id   int64
-- in:   now               int64
-- in:   until             int64
-- out:  id                int64
-- out:  serial            text
-- out:  coverage_ends_at  int64
SELECT id, serial, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND NOT auto_renewal AND removed_at IS NULL
   AND coverage_ends_at > :now AND coverage_ends_at <= :until
 ORDER BY coverage_ends_at, serial;

-- name: forecast_names :many
-- In no order.
-- in:   organization_id  int64
-- in:   ids              int64[128]
-- out:  id               int64
-- out:  name             text
SELECT id, name FROM sensor WHERE organization_id = :organization_id AND id IN (:ids);

-- name: forecast_latest_term :maybe
-- The term of the key that was redeemed last.
-- in:   organization_id  int64
-- out:  term             text
SELECT term
  FROM license_key
 WHERE organization_id = :organization_id
 ORDER BY redemption DESC
 LIMIT 1;

-- name: reach_state :one
-- The organization's version and the first end in the line of auto renewal, 0 for none.
-- in:   organization_id  int64
-- out:  version          int64
-- out:  licenses_left    int64
-- out:  first_end        int64
SELECT (SELECT version FROM organization WHERE id = :organization_id),
       (SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT) FROM license_key
         WHERE organization_id = :organization_id),
       (SELECT min(coverage_ends_at) FROM sensor
         WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > 0);

-- name: reach_at_rank :maybe
-- Who stands in the line of auto renewal behind :rank others.
-- in:   organization_id   int64
-- in:   rank              int64
-- out:  coverage_ends_at  int64
-- out:  serial            text
SELECT coverage_ends_at, serial
  FROM sensor
 WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
   AND coverage_ends_at > 0
 ORDER BY coverage_ends_at, serial
 LIMIT 1 OFFSET :rank;

-- name: reach_ends_by :one
-- How many in that line end by then; counts no further than :most.
-- in:   organization_id  int64
-- in:   until            int64
-- in:   most             int64
-- out:  count            int64
SELECT count(*)
  FROM (SELECT 1 FROM sensor
         WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > 0 AND coverage_ends_at <= :until
         LIMIT :most) AS ending;

-- name: reach_changed :one
-- How many sensors were touched after a version; counts no further than :most.
-- in:   organization_id  int64
-- in:   version          int64
-- in:   most             int64
-- out:  count            int64
SELECT count(*)
  FROM (SELECT 1 FROM sensor
         WHERE organization_id = :organization_id AND version > :version
         LIMIT :most) AS touched;
