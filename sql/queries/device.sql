-- The operator's device list, and who has a serial.

-- name: devices_by_serials :many
-- claim_hash: empty when the device has no claim code.
-- in:   serials          text[128]
-- in:   serial           text       (of device_by_serial)
-- out:  serial           text
-- out:  claim_hash       bytes
-- out:  organization_id  int64?
SELECT serial, claim_hash, organization_id
  FROM device
 WHERE serial IN (:serials);

-- name: device_by_serial :many
-- The same for one serial.
-- like: devices_by_serials
SELECT serial, claim_hash, organization_id
  FROM device
 WHERE serial = :serial;

-- name: devices_put :batch
-- in:   serial           text
-- in:   claim_hash       bytes
-- in:   organization_id  int64?
-- in:   listed_at        int64
-- in:   listed_by        text
INSERT INTO device (serial, claim_hash, organization_id, listed_at, listed_by)
VALUES (:serial, :claim_hash, :organization_id, :listed_at, :listed_by)
ON CONFLICT (serial) DO UPDATE SET claim_hash = excluded.claim_hash,
                                   organization_id = excluded.organization_id,
                                   listed_at = excluded.listed_at, listed_by = excluded.listed_by;

-- name: device_delete :exec
-- in:   serial  text
DELETE FROM device WHERE serial = :serial;

-- name: device_free :exec
-- Any organization may add the serial, if the list named this one.
-- in:   serial           text
-- in:   organization_id  int64
UPDATE device SET organization_id = NULL
 WHERE serial = :serial AND organization_id = :organization_id;

-- name: device_organizations :each
-- Those that a device may be bound to.
-- out:  id  int64
SELECT id FROM organization;

-- name: device_list_page :many
-- By serial, from :first_serial through :last_serial. The owner has a sensor with this serial.
-- in:   first_serial     text
-- in:   last_serial      text
-- in:   most             int64
-- out:  serial           text
-- out:  has_claim_code   bool
-- out:  organization_id  int64?
-- out:  organization     text
-- out:  owner_id         int64?
-- out:  owner            text
-- out:  listed_at        int64
-- out:  listed_by        text
SELECT device.serial, length(device.claim_hash) > 0, device.organization_id,
       coalesce(bound.name, ''), serial_owner.organization_id, coalesce(owning.name, ''),
       device.listed_at, device.listed_by
  FROM device
  LEFT JOIN organization AS bound ON bound.id = device.organization_id
  LEFT JOIN serial_owner ON serial_owner.serial = device.serial
  LEFT JOIN organization AS owning ON owning.id = serial_owner.organization_id
 WHERE device.serial >= :first_serial AND device.serial <= :last_serial
 ORDER BY device.serial
 LIMIT :most;
