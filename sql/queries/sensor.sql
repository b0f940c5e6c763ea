-- Sensors: add, change, import, remove, replace.

-- name: sensor_set_removed :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   removed_at       int64
UPDATE sensor SET removed_at = :removed_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: serial_free :exec
-- in:   serial           text
-- in:   organization_id  int64
-- in:   sensor_id        int64
DELETE FROM serial_owner
 WHERE serial = :serial AND organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: sensor_set_serial :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   serial           text
-- in:   version          int64
UPDATE sensor SET serial = :serial, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: serial_retire :exec
-- in:   organization_id  int64
-- in:   serial           text
-- in:   sensor_id        int64
-- in:   version          int64
INSERT INTO retired_serial (organization_id, serial, sensor_id, version)
VALUES (:organization_id, :serial, :sensor_id, :version)
ON CONFLICT (organization_id, serial, sensor_id) DO UPDATE SET version = excluded.version;

-- name: serial_unretire :exec
-- The sensor has this serial again.
-- in:   organization_id  int64
-- in:   serial           text
-- in:   sensor_id        int64
DELETE FROM retired_serial
 WHERE organization_id = :organization_id AND serial = :serial AND sensor_id = :sensor_id;

-- name: serials_claim :batch
-- Gives the serial to the sensor unless another one has it: then no row is changed. Waits for
-- transactions that claim it.
-- in:   serial           text
-- in:   organization_id  int64
-- in:   sensor_id        int64
INSERT INTO serial_owner (serial, organization_id, sensor_id)
VALUES (:serial, :organization_id, :sensor_id)
ON CONFLICT (serial) DO NOTHING;

-- name: serial_owners :many
-- in:   serials          text[128]
-- in:   serial           text       (of serial_owner_one)
-- out:  serial           text
-- out:  organization_id  int64
-- out:  sensor_id        int64
SELECT serial, organization_id, sensor_id
  FROM serial_owner
 WHERE serial IN (:serials);

-- name: serial_owner_one :many
-- The same for one serial: 128 parameters would cost more than the rest of the statement.
-- like: serial_owners
SELECT serial, organization_id, sensor_id
  FROM serial_owner
 WHERE serial = :serial;

-- fragment: removed_sensor
SELECT id, serial, name, auto_renewal, coverage_ends_at, last_starts_at,
       EXISTS (SELECT 1 FROM license
                WHERE license.organization_id = sensor.organization_id
                  AND license.sensor_id = sensor.id
                  AND license.starts_at <= :now AND +license.expires_at > :now)
  FROM sensor
 WHERE +organization_id = :organization_id AND removed_at IS NOT NULL

-- name: sensors_removed :many
-- Removed sensors of the organization that had these serials, the latest first. The pluses keep
-- SQLite from using a worse index.
-- in:   organization_id   int64
-- in:   serials           text[128]
-- in:   serial            text       (of sensors_removed_one)
-- in:   now               int64
-- out:  id                int64
-- out:  serial            text
-- out:  name              text
-- out:  auto_renewal      bool
-- out:  coverage_ends_at  int64
-- out:  last_starts_at    int64
-- out:  covered           bool
-- include: removed_sensor
   AND serial IN (:serials)
 ORDER BY removed_at DESC, id;

-- name: sensors_removed_one :many
-- The same for one serial.
-- like: sensors_removed
-- include: removed_sensor
   AND serial = :serial
 ORDER BY removed_at DESC, id;

-- name: sensors_insert :batch
-- in:   organization_id   int64
-- in:   id                int64
-- in:   serial            text
-- in:   name              text
-- in:   name_folded       text
-- in:   auto_renewal      bool
-- in:   added_at          int64
-- in:   added_by          text
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
INSERT INTO sensor (organization_id, id, serial, name, name_folded, auto_renewal, alarms_paused,
                    added_at, added_by, coverage_ends_at, last_starts_at, version)
VALUES (:organization_id, :id, :serial, :name, :name_folded, :auto_renewal, false,
        :added_at, :added_by, :coverage_ends_at, :last_starts_at, :version);

-- name: sensors_resume :batch
-- Removed sensors come back, with their history.
-- like: sensors_insert
UPDATE sensor
   SET removed_at = NULL, name = :name, name_folded = :name_folded, auto_renewal = :auto_renewal,
       added_at = :added_at, added_by = :added_by, coverage_ends_at = :coverage_ends_at,
       last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: sensor_update :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   name             text
-- in:   name_folded      text
-- in:   auto_renewal     bool
-- in:   alarms_paused    bool
-- in:   version          int64
UPDATE sensor
   SET name = :name, name_folded = :name_folded, auto_renewal = :auto_renewal,
       alarms_paused = :alarms_paused, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: sensor_list_page :many
-- By serial, from :first_serial through :last_serial.
-- in:   organization_id  int64
-- in:   first_serial     text
-- in:   last_serial      text
-- in:   most             int64
-- in:   now              int64
-- out:  id               int64
-- out:  serial           text
-- out:  name             text
-- out:  auto_renewal     bool
-- out:  alarms_paused    bool
-- out:  covered          bool
-- out:  had_license      bool
-- out:  reported_at      int64
-- out:  enclosure        int64
-- out:  enclosure_at     int64
SELECT id, serial, name, auto_renewal, alarms_paused,
       EXISTS (SELECT 1 FROM license
                WHERE license.organization_id = sensor.organization_id
                  AND license.sensor_id = sensor.id
                  AND license.starts_at <= :now AND license.expires_at > :now),
       EXISTS (SELECT 1 FROM license
                WHERE license.organization_id = sensor.organization_id
                  AND license.sensor_id = sensor.id
                  AND license.starts_at <= :now),
       (SELECT coalesce(max(received_at), 0) FROM sensor_report
         WHERE sensor_report.organization_id = sensor.organization_id
           AND sensor_report.sensor_id = sensor.id),
       (SELECT coalesce(max(enclosure), 0) FROM sensor_report
         WHERE sensor_report.organization_id = sensor.organization_id
           AND sensor_report.sensor_id = sensor.id AND sensor_report.kind = 'device_info'),
       (SELECT coalesce(max(enclosure_at), 0) FROM sensor_report
         WHERE sensor_report.organization_id = sensor.organization_id
           AND sensor_report.sensor_id = sensor.id AND sensor_report.kind = 'device_info')
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND serial >= :first_serial AND serial <= :last_serial
 ORDER BY serial
 LIMIT :most;
