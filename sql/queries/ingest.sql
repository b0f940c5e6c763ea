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
-- enclosure_at: arrival of the first message that reported this state of the enclosure.
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

-- name: refused_message_rows :many
-- in:   organization_id  int64
-- in:   sensor_ids       int64[32]
-- out:  sensor_id        int64
-- out:  digests          bytes
SELECT sensor_id, digests
  FROM refused_message
 WHERE organization_id = :organization_id AND sensor_id IN (:sensor_ids)
 ORDER BY sensor_id;

-- name: refused_message_put :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   digests          bytes
-- in:   last_hour        int64
INSERT INTO refused_message (organization_id, sensor_id, digests, last_hour)
VALUES (:organization_id, :sensor_id, :digests, :last_hour)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET digests = excluded.digests, last_hour = excluded.last_hour;

-- name: refused_messages_trim :exec
-- Waits for no other transaction, which may make a row new or wait for one of ours.
-- in:   before_hour  int64
-- in:   most         int64
-- for: sqlite
DELETE FROM refused_message
 WHERE (organization_id, sensor_id) IN (SELECT organization_id, sensor_id
                                          FROM refused_message
                                         WHERE last_hour < :before_hour
                                         ORDER BY last_hour
                                         LIMIT :most);
-- for: postgres
DELETE FROM refused_message
 WHERE (organization_id, sensor_id) IN (SELECT organization_id, sensor_id
                                          FROM refused_message
                                         WHERE last_hour < :before_hour
                                         ORDER BY last_hour
                                         LIMIT :most
                                           FOR UPDATE SKIP LOCKED);

-- name: refused_messages_first :one
-- out:  last_hour  int64?
SELECT min(last_hour) FROM refused_message;

-- name: conflict_watch_next :many
-- Sensors whose conflicts must be counted.
-- in:   job              text
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  name             text
-- out:  day              int64
-- out:  total_before     int64
-- out:  total            int64
SELECT conflict_watch.organization_id, conflict_watch.sensor_id, coalesce(sensor.serial, ''),
       coalesce(sensor.name, ''), conflict_watch.day, conflict_watch.total_before, conflict_watch.total
  FROM conflict_watch
  LEFT JOIN sensor ON sensor.organization_id = conflict_watch.organization_id
                  AND sensor.id = conflict_watch.sensor_id
 WHERE conflict_watch.is_pending
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = conflict_watch.organization_id
                      AND job_failure.retry_at > :now)
 ORDER BY conflict_watch.organization_id, conflict_watch.sensor_id
 LIMIT :most;

-- name: conflict_watch_next_at :one
-- Now, if conflicts must be counted.
-- like: job_failure_next
SELECT max(:now)
  FROM conflict_watch
 WHERE is_pending
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = conflict_watch.organization_id
                      AND job_failure.retry_at > :now);

-- name: conflict_watch_count :exec
-- A day begins with the total of the day before.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   day              int64
-- in:   total            int64
UPDATE conflict_watch
   SET total_before = CASE WHEN day < :day THEN total ELSE total_before END,
       day = CASE WHEN day < :day THEN :day ELSE day END,
       total = CASE WHEN total < :total THEN :total ELSE total END,
       is_pending = false
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: conflict_watch_claim :exec
-- Changes the row only for the first event of the day.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   day              int64
-- in:   least            int64
UPDATE conflict_watch
   SET emitted_day = :day
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id
   AND day = :day AND emitted_day < :day AND total - total_before >= :least;

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
