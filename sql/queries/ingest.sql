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
-- enclosure_at: since which message the enclosure is as it is.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   kind             text
-- in:   received_at      int64
-- in:   payload          bytes
-- in:   enclosure        int64
INSERT INTO sensor_report (organization_id, sensor_id, kind, received_at, payload, enclosure, enclosure_at)
VALUES (:organization_id, :sensor_id, :kind, :received_at, :payload, :enclosure, :received_at)
ON CONFLICT (organization_id, sensor_id, kind)
DO UPDATE SET received_at = excluded.received_at, payload = excluded.payload, enclosure = excluded.enclosure,
              enclosure_at = CASE WHEN sensor_report.enclosure = excluded.enclosure
                                  THEN sensor_report.enclosure_at ELSE excluded.received_at END;

-- name: transfer_start_claim :exec
-- Changes a row only for the first transaction that announces this time, or a later one.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   starts_at        int64
INSERT INTO transfer_start (organization_id, sensor_id, starts_at)
VALUES (:organization_id, :sensor_id, :starts_at)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET starts_at = excluded.starts_at WHERE transfer_start.starts_at < excluded.starts_at;

-- name: ingest_serial_owners :many
-- The organizations that some serials belong to; no row for an unknown one.
-- in:   serials          text[32]
-- out:  serial           text
-- out:  organization_id  int64
SELECT serial, organization_id FROM serial_owner WHERE serial IN (:serials);
