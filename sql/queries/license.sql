-- Licenses: give, queue, take back.

-- name: licenses_of_sensor :many
-- Those that start later than :after, first to start first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   after            int64
-- out:  id               int64
-- out:  key_id           int64
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  assigned_by      text
-- out:  revoked_at       int64
-- out:  key              text
-- out:  term             text
SELECT license.id, license.key_id, license.starts_at, license.expires_at, license.assigned_at,
       license.assigned_by, license.revoked_at, license_key.key, license_key.term
  FROM license
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id = :sensor_id
   AND license.starts_at > :after
 ORDER BY license.starts_at;

-- name: licenses_not_ended :many
-- The running and the waiting licenses of a sensor, first to start first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   now              int64
-- out:  id               int64
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  term             text
SELECT license.id, license.starts_at, license.expires_at, license_key.term
  FROM license
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id = :sensor_id
   AND license.expires_at > :now
   AND license.starts_at >= coalesce((SELECT max(begun.starts_at) FROM license AS begun
                                       WHERE begun.organization_id = :organization_id
                                         AND begun.sensor_id = :sensor_id
                                         AND begun.starts_at <= :now), 0)
 ORDER BY license.starts_at;

-- name: licenses_standing :many
-- The running and waiting licenses of these sensors, sensor by sensor, first to start first.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[128]
-- in:   sensor_id        int64       (of licenses_standing_one)
-- in:   now              int64
-- out:  sensor_id        int64
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT sensor_id, starts_at, expires_at
  FROM license
 WHERE organization_id = :organization_id AND sensor_id IN (:sensor_ids) AND +expires_at > :now
 ORDER BY sensor_id, starts_at;

-- name: licenses_standing_one :many
-- The same for one sensor.
-- like: licenses_standing
SELECT sensor_id, starts_at, expires_at
  FROM license
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND +expires_at > :now
 ORDER BY starts_at;

-- name: sensors_set_end :batch
-- in:   organization_id   int64
-- in:   id                int64
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
UPDATE sensor
   SET coverage_ends_at = :coverage_ends_at, last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: license_by_id :maybe
-- revoked: the operator has revoked it, with effect now or later.
-- in:   organization_id  int64
-- in:   id               int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  auto_renewal     bool
-- out:  key_id           int64
-- out:  key              text
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  assigned_by      text
-- out:  revoked          bool
SELECT license.sensor_id, sensor.serial, sensor.auto_renewal, license.key_id, license_key.key,
       license.starts_at, license.expires_at, license.assigned_at, license.assigned_by,
       license.revoked_at IS NOT NULL
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.id = :id;

-- name: license_delete :exec
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM license WHERE organization_id = :organization_id AND id = :id;

-- name: key_give_back :batch
-- Puts licenses back into the pool; those of a revoked code are withdrawn instead. Changes no row
-- if the key has given out fewer.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   count            int64
UPDATE license_key
   SET assigned = assigned - :count,
       withdrawn = withdrawn + CASE WHEN EXISTS (SELECT 1 FROM activation_code
                                                  WHERE activation_code.id = license_key.id
                                                    AND activation_code.revoked_at IS NOT NULL)
                                    THEN :count ELSE 0 END
 WHERE organization_id = :organization_id AND id = :id AND assigned >= :count;

-- name: sensor_stop_renewal :exec
-- in:   organization_id  int64
-- in:   id               int64
UPDATE sensor SET auto_renewal = false
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_park :exec
-- Moves licenses to negative instants, out of the way of their new ones: no two licenses of a sensor
-- may start at the same instant. license_reschedule moves them back.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from             int64
UPDATE license
   SET starts_at = -starts_at
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND starts_at >= :from;

-- name: license_reschedule :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   starts_at        int64
-- in:   expires_at       int64
UPDATE license
   SET starts_at = :starts_at, expires_at = :expires_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_waiting_delete :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   now              int64
DELETE FROM license
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND starts_at > :now;
