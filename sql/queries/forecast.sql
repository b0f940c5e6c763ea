-- Future demand for licenses.

-- name: forecast_stopping_count :one
-- in:   organization_id  int64
-- in:   now              int64
-- in:   until            int64
-- out:  count            int64
SELECT count(*)
  FROM sensor
 WHERE organization_id = :organization_id AND NOT auto_renewal AND removed_at IS NULL
   AND coverage_ends_at > :now AND coverage_ends_at <= :until;

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
