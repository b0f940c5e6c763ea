-- name: license_insert :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   sensor_id        int64
-- in:   key_id           int64
-- in:   starts_at        int64
-- in:   expires_at       int64
-- in:   assigned_at      int64
-- in:   assigned_by      text
-- in:   cause            text
INSERT INTO license (organization_id, id, sensor_id, key_id, starts_at, expires_at,
                     assigned_at, assigned_by, cause)
VALUES (:organization_id, :id, :sensor_id, :key_id, :starts_at, :expires_at,
        :assigned_at, :assigned_by, :cause);

-- name: license_set_interval :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   starts_at        int64
-- in:   expires_at       int64
UPDATE license
   SET starts_at = :starts_at, expires_at = :expires_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_of_sensor :many
-- Oldest first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  id               int64
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  assigned_by      text
-- out:  revoked_at       int64
-- out:  key              text
-- out:  term             text
SELECT license.id, license.starts_at, license.expires_at, license.assigned_at,
       license.assigned_by, license.revoked_at, license_key.key, license_key.term
  FROM license
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id = :sensor_id
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
