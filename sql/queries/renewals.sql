-- Auto renewal: sensors whose coverage ends take licenses from the pool.

-- name: renewal_keys :many
-- Keys with licenses left, of each term the `most` that go first in every order of the pool.
-- place: among those of its term.
-- in:   organization_id  int64
-- in:   most             int64
-- out:  id               int64
-- out:  key              text
-- out:  term             text
-- out:  redemption       int64
-- out:  licenses_left    int64
-- out:  place            int64
SELECT id, key, term, redemption, licenses_left, place
  FROM (SELECT id, key, term, redemption, quantity - assigned - withdrawn AS licenses_left,
               row_number() OVER (PARTITION BY term ORDER BY redemption) AS place
          FROM license_key
         WHERE organization_id = :organization_id AND assigned + withdrawn < quantity) AS free
 WHERE place <= :most;

-- name: renewals_due :many
-- Sensors with auto renewal whose coverage ends in [from, until], in the order in
-- which they are served. A sensor that never had a license ends at 0.
-- in:   organization_id   int64
-- in:   from              int64
-- in:   until             int64
-- in:   most              int64
-- out:  id                int64
-- out:  serial            text
-- out:  coverage_ends_at  int64
SELECT id, serial, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
   AND coverage_ends_at >= :from AND coverage_ends_at <= :until
 ORDER BY coverage_ends_at, serial
 LIMIT :most;

-- name: renewal_insert :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   sensor_id        int64
-- in:   key_id           int64
-- in:   starts_at        int64
-- in:   expires_at       int64
-- in:   assigned_at      int64
-- in:   assigned_by      text
INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, expires_at,
                     assigned_at, assigned_by, cause)
VALUES (:organization_id, :id, :sensor_id, :key_id, :starts_at, :expires_at,
        :assigned_at, :assigned_by, 'auto_renewal');

-- name: renewal_set_end :batch
-- in:   organization_id   int64
-- in:   id                int64
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
UPDATE sensor
   SET coverage_ends_at = :coverage_ends_at, last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: renewal_set_end_together :exec
-- Of sensors whose new licenses begin and end together, as those of a midnight do.
-- in:   organization_id   int64
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
-- in:   ids               int64[128]
UPDATE sensor
   SET coverage_ends_at = :coverage_ends_at, last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id IN (:ids);

-- name: renewal_take :exec
-- No row is changed when the key has fewer left.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   count            int64
UPDATE license_key
   SET assigned = assigned + :count
 WHERE organization_id = :organization_id AND id = :id
   AND assigned + withdrawn + :count <= quantity;

-- name: renewal_organizations :many
-- Organizations with licenses left and a sensor whose coverage has ended. Its first end is asked of
-- each: with EXISTS, PostgreSQL may read all that is due to tell who has some.
-- in:   now   int64
-- in:   most  int64
-- out:  id    int64
SELECT organization.id
  FROM organization
 WHERE EXISTS (SELECT 1 FROM license_key
                WHERE license_key.organization_id = organization.id
                  AND license_key.assigned + license_key.withdrawn < license_key.quantity)
   AND (SELECT min(sensor.coverage_ends_at) FROM sensor
         WHERE sensor.organization_id = organization.id
           AND sensor.auto_renewal AND sensor.removed_at IS NULL
           AND sensor.coverage_ends_at > 0) <= :now
 LIMIT :most;

-- name: renewal_next_end :one
-- When the next coverage ends that a pool may renew; 0 for never.
-- in:   now      int64
-- out:  ends_at  int64
SELECT coalesce(min((SELECT min(sensor.coverage_ends_at) FROM sensor
                      WHERE sensor.organization_id = organization.id
                        AND sensor.auto_renewal AND sensor.removed_at IS NULL
                        AND sensor.coverage_ends_at > :now)), 0)
  FROM organization
 WHERE EXISTS (SELECT 1 FROM license_key
                WHERE license_key.organization_id = organization.id
                  AND license_key.assigned + license_key.withdrawn < license_key.quantity);
