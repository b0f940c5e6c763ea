-- A batch of messages.

-- name: refusal_watch_claim :exec
-- Changes the row only for the first refusal since that end.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   covered_until    int64
INSERT INTO refusal_watch (organization_id, sensor_id, covered_until)
VALUES (:organization_id, :sensor_id, :covered_until)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET covered_until = excluded.covered_until
        WHERE refusal_watch.covered_until < excluded.covered_until;

-- name: refusal_watch_sensor :maybe
-- refused_at: when the sensor was last refused for lack of a license; 0: never.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  serial           text
-- out:  name             text
-- out:  refused_at       int64
SELECT serial, name,
       (SELECT coalesce(max(last_at), 0) FROM refusal
         WHERE refusal.organization_id = sensor.organization_id AND refusal.sensor_id = sensor.id
           AND refusal.reason IN ('unlicensed', 'expired'))
  FROM sensor
 WHERE organization_id = :organization_id AND id = :sensor_id;

-- name: refusal_add :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   reason           text
-- in:   count            int64
-- in:   at               int64
INSERT INTO refusal (organization_id, sensor_id, reason, count, first_at, last_at)
VALUES (:organization_id, :sensor_id, :reason, :count, :at, :at)
ON CONFLICT (organization_id, sensor_id, reason)
DO UPDATE SET count = refusal.count + excluded.count, last_at = excluded.last_at;

-- name: sensor_report_put :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   kind             text
-- in:   received_at      int64
-- in:   payload          bytes
INSERT INTO sensor_report (organization_id, sensor_id, kind, received_at, payload)
VALUES (:organization_id, :sensor_id, :kind, :received_at, :payload)
ON CONFLICT (organization_id, sensor_id, kind)
DO UPDATE SET received_at = excluded.received_at, payload = excluded.payload;

-- name: transfer_start_claim :exec
-- Changes a row only for the first transaction that announces this time, or a later one.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   starts_at        int64
INSERT INTO transfer_start (organization_id, sensor_id, starts_at)
VALUES (:organization_id, :sensor_id, :starts_at)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET starts_at = excluded.starts_at WHERE transfer_start.starts_at < excluded.starts_at;

-- name: config_part_list :many
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  part             int64
-- out:  is_last          bool
-- out:  received_at      int64
-- out:  message_id       int64
-- out:  is_merged        bool
-- out:  payload          bytes
SELECT part, is_last, received_at, message_id, is_merged, payload FROM config_part
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id
 ORDER BY part;

-- name: config_part_put :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   part             int64
-- in:   is_last          bool
-- in:   received_at      int64
-- in:   message_id       int64
-- in:   payload          bytes
INSERT INTO config_part (organization_id, sensor_id, part, is_last, received_at, message_id, is_merged, payload)
VALUES (:organization_id, :sensor_id, :part, :is_last, :received_at, :message_id, FALSE, :payload)
ON CONFLICT (organization_id, sensor_id, part)
DO UPDATE SET is_last = excluded.is_last, received_at = excluded.received_at, message_id = excluded.message_id,
              is_merged = excluded.is_merged, payload = excluded.payload;

-- name: config_part_set_merged :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
UPDATE config_part SET is_merged = TRUE
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: config_part_forget :exec
-- The parts from from_part on that came before `before`.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from_part        int64
-- in:   before           int64
DELETE FROM config_part
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND part >= :from_part AND received_at < :before;

-- name: ingest_serial_owners :many
-- The organizations that some serials belong to; no row for an unknown one.
-- in:   serials          text[32]
-- out:  serial           text
-- out:  organization_id  int64
SELECT serial, organization_id FROM serial_owner WHERE serial IN (:serials);
