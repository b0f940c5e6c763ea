-- What becomes of licenses and sensors: taken back, put in another order, removed,
-- replaced, imported, and licenses given to many at once.

-- name: license_by_id :maybe
-- revoked: the operator has ended it, or will at an instant to come.
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
-- Licenses come back into the pool; from an order that the operator took back they are
-- withdrawn. No row is changed when more come than were taken.
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

-- name: licenses_lift :exec
-- Out of the way, before time: no two licenses of a sensor may start at one instant,
-- and what is put in another order changes places. license_place puts them back.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from             int64
UPDATE license
   SET starts_at = -starts_at
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND starts_at >= :from;

-- name: license_place :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   starts_at        int64
-- in:   expires_at       int64
UPDATE license
   SET starts_at = :starts_at, expires_at = :expires_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_waiting :many
-- First to start first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   now              int64
-- out:  id               int64
-- out:  key_id           int64
-- out:  key              text
-- out:  term             text
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  assigned_by      text
SELECT license.id, license.key_id, license_key.key, license_key.term, license.starts_at,
       license.expires_at, license.assigned_at, license.assigned_by
  FROM license
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id = :sensor_id
   AND license.starts_at > :now
 ORDER BY license.starts_at;

-- name: licenses_waiting_delete :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   now              int64
DELETE FROM license
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND starts_at > :now;

-- name: journal_of_sensor :many
-- Reads all of the journal from a row on: for whoever has no index of it.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from_id          int64
-- out:  id               int64
SELECT id
  FROM journal
 WHERE id >= :from_id AND organization_id = :organization_id AND sensor_id = :sensor_id
 ORDER BY id;

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

-- name: serial_owners :many
-- in:   serials          text[128]
-- out:  serial           text
-- out:  organization_id  int64
SELECT serial, organization_id FROM serial_owner WHERE serial IN (:serials);

-- name: serials_claim :batch
-- Those that nobody has: fewer rows are changed where somebody was faster.
-- in:   serial           text
-- in:   organization_id  int64
-- in:   sensor_id        int64
INSERT INTO serial_owner (serial, organization_id, sensor_id)
VALUES (:serial, :organization_id, :sensor_id)
ON CONFLICT (serial) DO NOTHING;

-- name: sensors_removed :many
-- Sensors that had these serials here and were removed, the latest first. (A plus keeps
-- SQLite from the wrong index: here and below.)
-- in:   organization_id   int64
-- in:   serials           text[128]
-- in:   now               int64
-- out:  id                int64
-- out:  serial            text
-- out:  name              text
-- out:  auto_renewal      bool
-- out:  coverage_ends_at  int64
-- out:  last_starts_at    int64
-- out:  covered           bool
SELECT id, serial, name, auto_renewal, coverage_ends_at, last_starts_at,
       EXISTS (SELECT 1 FROM license
                WHERE license.organization_id = sensor.organization_id
                  AND license.sensor_id = sensor.id
                  AND license.starts_at <= :now AND +license.expires_at > :now)
  FROM sensor
 WHERE +organization_id = :organization_id AND serial IN (:serials) AND removed_at IS NOT NULL
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
-- in:   organization_id   int64
-- in:   id                int64
-- in:   name              text
-- in:   name_folded       text
-- in:   auto_renewal      bool
-- in:   added_at          int64
-- in:   added_by          text
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
UPDATE sensor
   SET removed_at = NULL, name = :name, name_folded = :name_folded, auto_renewal = :auto_renewal,
       added_at = :added_at, added_by = :added_by, coverage_ends_at = :coverage_ends_at,
       last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_insert :batch
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

-- name: pool_stock_keys :many
-- Every key of the organization, by its text.
-- in:   organization_id  int64
-- out:  id               int64
-- out:  key              text
-- out:  term             text
-- out:  redemption       int64
-- out:  licenses_left    int64
SELECT id, key, term, redemption, quantity - assigned - withdrawn
  FROM license_key
 WHERE organization_id = :organization_id
 ORDER BY key;

-- name: assignment_sensors :many
-- Of these serials those that the organization has.
-- in:   organization_id  int64
-- in:   serials          text[128]
-- out:  id               int64
-- out:  serial           text
SELECT sensor_id, serial
  FROM serial_owner
 WHERE serial IN (:serials) AND organization_id = :organization_id;

-- name: licenses_standing :many
-- What runs and what waits, sensor by sensor, first to start first.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[128]
-- in:   now              int64
-- out:  sensor_id        int64
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT sensor.id, license.starts_at, license.expires_at
  FROM sensor
 CROSS JOIN license
 WHERE sensor.organization_id = :organization_id AND sensor.id IN (:sensor_ids)
   AND license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
   AND +license.expires_at > :now
 ORDER BY sensor.id, license.starts_at;
