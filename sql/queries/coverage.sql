-- Coverage for the gate, read inside the transaction of a batch of messages.

-- name: ingest_owners :many
-- The organizations that some serials belong to; none for an unknown one.
-- in:   serials          text[32]
-- out:  organization_id  int64
SELECT DISTINCT organization_id
  FROM serial_owner
 WHERE serial IN (:serials);

-- name: ingest_organizations :many
-- due_at: when the next coverage ends that the pool may renew.
-- in:   ids                    int64[32]
-- out:  id                     int64
-- out:  version                int64
-- out:  device_token           text
-- out:  device_token_required  bool
-- out:  has_alarms             bool
-- out:  due_at                 int64?
SELECT id, version, device_token, device_token_required,
       EXISTS (SELECT 1 FROM alarm_cache_owner WHERE alarm_cache_owner.organization_id = organization.id),
       CASE WHEN EXISTS (SELECT 1 FROM license_key
                          WHERE license_key.organization_id = organization.id
                            AND license_key.assigned + license_key.withdrawn < license_key.quantity)
            THEN (SELECT min(sensor.coverage_ends_at) FROM sensor
                   WHERE sensor.organization_id = organization.id
                     AND sensor.auto_renewal AND sensor.removed_at IS NULL
                     AND sensor.coverage_ends_at > 0) END
  FROM organization
 WHERE id IN (:ids);

-- name: ingest_coverage :each
-- The intervals of the sensors that some serials belong to, of whatever organizations, a row
-- each; one row without an interval for a sensor that has none.
-- in:   serials          text[32]
-- out:  organization_id  int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  removed          bool
-- out:  auto_renewal     bool
-- out:  starts_at        int64?
-- out:  expires_at       int64?
SELECT sensor.organization_id, sensor.id, sensor.serial, sensor.removed_at IS NOT NULL,
       sensor.auto_renewal, license.starts_at, license.expires_at
  FROM serial_owner
  JOIN sensor ON sensor.organization_id = serial_owner.organization_id
             AND sensor.id = serial_owner.sensor_id
  LEFT JOIN license ON license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
 WHERE serial_owner.serial IN (:serials)
 ORDER BY sensor.organization_id, sensor.id, license.starts_at;

-- name: ingest_coverage_since :each
-- The same for every sensor touched after a version of its organization, and for
-- each serial that was retired after it, as of a removed sensor.
-- in:   organization_id  int64
-- in:   version          int64
-- like: ingest_coverage out
SELECT sensor.organization_id, sensor.id AS sensor_id, sensor.serial AS serial,
       sensor.removed_at IS NOT NULL, sensor.auto_renewal, license.starts_at AS starts_at,
       license.expires_at
  FROM sensor
  LEFT JOIN license ON license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
 WHERE sensor.organization_id = :organization_id AND sensor.version > :version
 UNION ALL
SELECT organization_id, sensor_id, serial, true, false, NULL, NULL
  FROM retired_serial
 WHERE organization_id = :organization_id AND version > :version
 ORDER BY sensor_id, serial, starts_at;
