-- Taking back an order (rule 9): what the licenses of one key become.

-- name: revocation_key :maybe
-- in:   organization_id  int64
-- in:   id               int64
-- out:  key              text
-- out:  licenses_left    int64
SELECT key, quantity - assigned - withdrawn
  FROM license_key
 WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_sensors :many
-- Sensors that hold a license of the key which runs or waits, in no order.
-- in:   organization_id  int64
-- in:   key_id           int64
-- in:   now              int64
-- out:  sensor_id        int64
SELECT DISTINCT +sensor_id -- not in the order of another index
  FROM license
 WHERE organization_id = :organization_id AND key_id = :key_id AND expires_at > :now;

-- name: revocation_licenses :many
-- What runs and what waits for these sensors, sensor by sensor, first to start first.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[128]
-- in:   now              int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  id               int64
-- out:  key_id           int64
-- out:  term             text
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT license.sensor_id, sensor.serial, license.id, license.key_id, license_key.term,
       license.starts_at, license.expires_at
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id IN (:sensor_ids)
   AND license.expires_at > :now
 ORDER BY license.sensor_id, license.starts_at;

-- name: revocation_end :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   ends_at          int64
UPDATE license SET expires_at = :ends_at, revoked_at = :ends_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_delete :batch
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM license WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_stamp :batch
-- As sensor_licenses_changed, for many.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   version          int64
UPDATE sensor
   SET version = :version,
       coverage_ends_at = coalesce((SELECT expires_at FROM license
                                     WHERE license.organization_id = sensor.organization_id
                                       AND license.sensor_id = sensor.id
                                     ORDER BY starts_at DESC
                                     LIMIT 1), 0),
       last_starts_at = coalesce((SELECT max(starts_at) FROM license
                                   WHERE license.organization_id = sensor.organization_id
                                     AND license.sensor_id = sensor.id), 0)
 WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_withdraw :exec
-- All that is left, and of those that sensors held as many as vanished.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   vanished         int64
UPDATE license_key
   SET withdrawn = withdrawn + :vanished + (quantity - assigned - withdrawn),
       assigned = assigned - :vanished
 WHERE organization_id = :organization_id AND id = :id AND assigned >= :vanished;
