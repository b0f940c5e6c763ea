-- The License Manager. One statement finds the sensors of a page, others read the facts about them. The
-- `current` license of a sensor is the last one that has started; those in its queue start later.

-- name: assignment_sensors :many
-- Finds the sensors of the organization that have these serials.
-- in:   organization_id  int64
-- in:   serials          text[128]
-- out:  id               int64
-- out:  serial           text
SELECT sensor_id, serial
  FROM serial_owner
 WHERE serial IN (:serials) AND organization_id = :organization_id;

-- fragment: manager_filter
-- Coverage ends in [ends_from, ends_to] (0: the sensor never had a license). :q_serial and :q_name are
-- LIKE patterns for the serial and the folded name. The current license has the key :key ('' for any)
-- and ends earlier than :before (0 for any). A sample was refused since :refused_since (0 for any). With
-- :stops nothing follows the current license; the pool renews the sensors before (:left_end, :left_serial).
-- The pluses keep SQLite from using a worse index.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   ends_from        int64
-- in:   ends_to          int64
-- in:   q_serial         text
-- in:   q_name           text
-- in:   key              text
-- in:   before           int64
-- in:   refused_since    int64
-- in:   stops            bool
-- in:   left_end         int64
-- in:   left_serial      text
       sensor.organization_id = :organization_id AND sensor.removed_at IS NULL
   AND +sensor.coverage_ends_at >= :ends_from AND +sensor.coverage_ends_at <= :ends_to
   AND (sensor.serial LIKE :q_serial ESCAPE '!' OR sensor.name_folded LIKE :q_name ESCAPE '!')
   AND (:before = 0 OR (SELECT license.expires_at FROM license
                         WHERE license.organization_id = sensor.organization_id
                           AND license.sensor_id = sensor.id AND license.starts_at <= :now
                         ORDER BY license.starts_at DESC
                         LIMIT 1) < :before)
   AND (:key = '' OR (SELECT license_key.key FROM license
                        JOIN license_key ON license_key.organization_id = license.organization_id
                                        AND license_key.id = license.key_id
                       WHERE license.organization_id = sensor.organization_id
                         AND license.sensor_id = sensor.id AND license.starts_at <= :now
                       ORDER BY license.starts_at DESC
                       LIMIT 1) = :key)
   AND (:refused_since = 0 OR EXISTS (SELECT 1 FROM refusal
                                       WHERE refusal.organization_id = sensor.organization_id
                                         AND refusal.sensor_id = sensor.id
                                         AND refusal.last_at >= :refused_since))
   AND (NOT :stops
        OR ((NOT sensor.auto_renewal
             OR +sensor.coverage_ends_at > :left_end
             OR (+sensor.coverage_ends_at = :left_end AND sensor.serial >= :left_serial))
            AND NOT EXISTS (SELECT 1 FROM license AS queued
                             WHERE queued.organization_id = sensor.organization_id
                               AND queued.sensor_id = sensor.id AND queued.starts_at > :now)))

-- name: manager_page_by_serial :many
-- The page starts after :after_serial and, in the other orders, after :after_name or :after_instant.
-- An order sets only its own columns. :never is the instant of a sensor without one.
-- in:   after_serial     text
-- in:   after_name       text
-- in:   after_instant    int64
-- in:   never            int64
-- in:   most             int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  name_folded      text
-- out:  instant          int64
SELECT sensor.id, sensor.serial, NULL, NULL
  FROM sensor
 WHERE
-- include: manager_filter
   AND sensor.serial > :after_serial
 ORDER BY sensor.serial
 LIMIT :most;

-- name: manager_page_by_name :many
-- like: manager_page_by_serial
SELECT sensor.id, sensor.serial, sensor.name_folded, NULL
  FROM sensor
 WHERE
-- include: manager_filter
   AND (sensor.name_folded, sensor.serial) > (:after_name, :after_serial)
 ORDER BY sensor.name_folded, sensor.serial
 LIMIT :most;

-- name: manager_page_by_end :many
-- By the end of the current license; sensors without a license come last. The coverage of a sensor
-- without a queue ends with its current license, so the index by that end gives expired sensors and
-- running ones with an empty queue. The waiting licenses, which people gave by hand, give the running
-- sensors with a queue: few, all read each time.
-- like: manager_page_by_serial
SELECT sensor_id, serial, NULL, instant
  FROM (SELECT sensor_id, serial, instant
          FROM (SELECT sensor.id AS sensor_id, sensor.serial AS serial, sensor.coverage_ends_at AS instant
                  FROM sensor
                 WHERE
-- include: manager_filter
                   AND +sensor.coverage_ends_at > 0 AND sensor.coverage_ends_at <= :ends_to
                   AND (sensor.coverage_ends_at, sensor.serial) > (:after_instant, :after_serial)
                   AND (sensor.coverage_ends_at <= :now
                        OR NOT EXISTS (SELECT 1 FROM license AS waiting
                                        WHERE waiting.organization_id = sensor.organization_id
                                          AND waiting.sensor_id = sensor.id
                                          AND waiting.starts_at > :now))
                 ORDER BY sensor.coverage_ends_at, sensor.serial
                 LIMIT :most) AS alone
         UNION ALL
        SELECT sensor.id, sensor.serial, current.expires_at
          FROM license AS waiting
         CROSS JOIN license AS current
         CROSS JOIN sensor
         WHERE waiting.organization_id = :organization_id AND waiting.cause = 'by_hand'
           AND waiting.starts_at > :now
           AND current.organization_id = :organization_id AND current.sensor_id = waiting.sensor_id
           AND current.expires_at = waiting.starts_at AND current.starts_at <= :now
           AND sensor.id = waiting.sensor_id AND
-- include: manager_filter
           AND (current.expires_at, sensor.serial) > (:after_instant, :after_serial)
         UNION ALL
        SELECT sensor_id, serial, instant
          FROM (SELECT sensor.id AS sensor_id, sensor.serial AS serial, :never AS instant
                  FROM sensor
                 WHERE
-- include: manager_filter
                   AND sensor.coverage_ends_at = 0
                   AND (:after_instant < :never OR sensor.serial > :after_serial)
                 ORDER BY sensor.serial
                 LIMIT :most) AS without) AS found
 ORDER BY instant, serial
 LIMIT :most;

-- name: manager_page_by_start :many
-- By the beginning of the current license; sensors without a license come last. Without a queue it
-- is the beginning of the last license, and an index gives the order. Sensors with a queue are all
-- read each time, as in the order by end.
-- like: manager_page_by_serial
SELECT sensor_id, serial, NULL, instant
  FROM (SELECT sensor_id, serial, instant
          FROM (SELECT sensor.id AS sensor_id, sensor.serial AS serial, sensor.last_starts_at AS instant
                  FROM sensor
                 WHERE
-- include: manager_filter
                   AND +sensor.last_starts_at > 0 AND sensor.last_starts_at <= :now
                   AND (sensor.last_starts_at, sensor.serial) > (:after_instant, :after_serial)
                 ORDER BY sensor.last_starts_at, sensor.serial
                 LIMIT :most) AS alone
         UNION ALL
        SELECT sensor_id, serial, instant
          FROM (SELECT sensor.id AS sensor_id, sensor.serial AS serial,
                       coalesce((SELECT max(license.starts_at) FROM license
                                  WHERE license.organization_id = sensor.organization_id
                                    AND license.sensor_id = sensor.id
                                    AND license.starts_at <= :now), :never) AS instant
                  FROM sensor
                 WHERE
-- include: manager_filter
                   AND sensor.last_starts_at > :now) AS waiting
         WHERE (instant, serial) > (:after_instant, :after_serial)
         UNION ALL
        SELECT sensor_id, serial, instant
          FROM (SELECT sensor.id AS sensor_id, sensor.serial AS serial, :never AS instant
                  FROM sensor
                 WHERE
-- include: manager_filter
                   AND sensor.last_starts_at = 0
                   AND (:after_instant < :never OR sensor.serial > :after_serial)
                 ORDER BY sensor.serial
                 LIMIT :most) AS without) AS found
 ORDER BY instant, serial
 LIMIT :most;

-- name: manager_rows :many
-- In no order.
-- in:   organization_id   int64
-- in:   now               int64
-- in:   ids               int64[32]
-- out:  sensor_id         int64
-- out:  serial            text
-- out:  name              text
-- out:  auto_renewal      bool
-- out:  license_id        int64?
-- out:  starts_at         int64
-- out:  expires_at        int64
-- out:  key               text
-- out:  key_assigned      int64
-- out:  key_quantity      int64
SELECT sensor.id, sensor.serial, sensor.name, sensor.auto_renewal,
       current.id, current.starts_at, current.expires_at,
       license_key.key, license_key.assigned, license_key.quantity
  FROM sensor
  LEFT JOIN license AS current
         ON current.organization_id = sensor.organization_id AND current.sensor_id = sensor.id
        AND current.starts_at = (SELECT max(starts_at) FROM license
                                  WHERE license.organization_id = sensor.organization_id
                                    AND license.sensor_id = sensor.id
                                    AND license.starts_at <= :now)
  LEFT JOIN license_key
         ON license_key.organization_id = current.organization_id AND license_key.id = current.key_id
 WHERE sensor.organization_id = :organization_id AND sensor.id IN (:ids);

-- name: manager_refusals :many
-- The refused samples of these sensors, by their reasons.
-- in:   organization_id  int64
-- in:   ids              int64[32]
-- out:  sensor_id        int64
-- out:  reason           text
-- out:  count            int64
-- out:  first_at         int64
-- out:  last_at          int64
SELECT sensor_id, reason, count, first_at, last_at
  FROM refusal
 WHERE organization_id = :organization_id AND sensor_id IN (:ids);

-- name: manager_queues :many
-- The waiting licenses of these sensors, first to start first.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   ids              int64[32]
-- out:  sensor_id        int64
-- out:  id               int64
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  assigned_by      text
-- out:  key              text
-- out:  term             text
SELECT license.sensor_id, license.id, license.starts_at, license.expires_at, license.assigned_at,
       license.assigned_by, license_key.key, license_key.term
  FROM license
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id IN (:ids)
   AND license.starts_at > :now
 ORDER BY license.starts_at;

-- name: manager_counts :one
-- next_end: when a coverage ends next; 0 for never.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   soon             int64
-- out:  licenses_left    int64
-- out:  active           int64
-- out:  expiring         int64
-- out:  expired          int64
-- out:  unlicensed       int64
-- out:  next_end         int64
SELECT (SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT) FROM license_key
         WHERE organization_id = :organization_id),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL AND coverage_ends_at > :now),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL
           AND coverage_ends_at > :now AND coverage_ends_at <= :soon),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL
           AND coverage_ends_at > 0 AND coverage_ends_at <= :now),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL AND coverage_ends_at = 0),
       (SELECT min(coverage_ends_at) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL AND coverage_ends_at > :now);

-- name: manager_stopping :one
-- How many sensors stop by :soon: their coverage ends, and no queue and no pool continues it, as in
-- manager_filter.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   soon             int64
-- in:   left_end         int64
-- in:   left_serial      text
-- out:  count            int64
SELECT count(*)
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at > :now AND coverage_ends_at <= :soon
   AND (NOT auto_renewal OR +coverage_ends_at > :left_end
        OR (+coverage_ends_at = :left_end AND serial >= :left_serial))
   AND NOT EXISTS (SELECT 1 FROM license AS queued
                    WHERE queued.organization_id = sensor.organization_id
                      AND queued.sensor_id = sensor.id AND queued.starts_at > :now);

-- name: manager_not_saving :one
-- How many sensors are not covered, and had samples refused since :refused_since.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   refused_since    int64
-- out:  count            int64
SELECT count(*)
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at >= 0 AND coverage_ends_at <= :now
   AND EXISTS (SELECT 1 FROM refusal
                WHERE refusal.organization_id = sensor.organization_id
                  AND refusal.sensor_id = sensor.id AND refusal.last_at >= :refused_since);
