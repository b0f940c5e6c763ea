-- A page of the License Manager is made in two steps: which sensors, then what
-- there is to say of each. A sensor's `current` license is the one that began
-- last; what it waits for begins later. The filters of the first step:
--   :state   '' any, 'active', 'expiring', 'expired', 'unlicensed'
--   :soon    until when coverage must end to be expiring
--   :q       LIKE pattern for the serial and the folded name, '%' for any
--   :key     of the current license, '' for any
--   :before  the current license ends earlier
-- Coverage ends by then when a license, from the current one on, ends with no other
-- beginning. (The plus keeps SQLite from looking for it among all that end by then.)

-- name: manager_page_by_serial :many
-- in:   organization_id  int64
-- in:   now              int64
-- in:   state            text
-- in:   soon             int64
-- in:   q_serial         text
-- in:   q_name           text
-- in:   key              text
-- in:   before           int64
-- in:   after_serial     text
-- in:   most             int64
-- out:  sensor_id        int64
-- out:  serial           text
SELECT sensor.id, sensor.serial
  FROM sensor
  LEFT JOIN license AS current
         ON current.organization_id = sensor.organization_id AND current.sensor_id = sensor.id
        AND current.starts_at = (SELECT max(starts_at) FROM license
                                  WHERE license.organization_id = sensor.organization_id
                                    AND license.sensor_id = sensor.id
                                    AND license.starts_at <= :now)
  LEFT JOIN license_key
         ON license_key.organization_id = current.organization_id AND license_key.id = current.key_id
 WHERE sensor.organization_id = :organization_id AND sensor.removed_at IS NULL
   AND (sensor.serial LIKE :q_serial ESCAPE '!' OR sensor.name_folded LIKE :q_name ESCAPE '!')
   AND (:key = '' OR license_key.key = :key)
   AND (:before = 0 OR current.expires_at < :before)
   AND CASE :state
       WHEN 'active'     THEN current.expires_at > :now
       WHEN 'expired'    THEN current.expires_at <= :now
       WHEN 'unlicensed' THEN current.id IS NULL
       WHEN 'expiring'   THEN current.expires_at > :now AND current.expires_at <= :soon
                          AND EXISTS (SELECT 1 FROM license AS ending
                                      WHERE ending.organization_id = sensor.organization_id
                                        AND ending.sensor_id = sensor.id
                                        AND ending.starts_at >= current.starts_at
                                        AND +ending.expires_at <= :soon
                                        AND NOT EXISTS (SELECT 1 FROM license AS following
                                                         WHERE following.organization_id = ending.organization_id
                                                           AND following.sensor_id = ending.sensor_id
                                                           AND following.starts_at = ending.expires_at))
       ELSE true END
   AND sensor.serial > :after_serial
 ORDER BY sensor.serial
 LIMIT :most;

-- name: manager_page_by_name :many
-- in:   organization_id  int64
-- in:   now              int64
-- in:   state            text
-- in:   soon             int64
-- in:   q_serial         text
-- in:   q_name           text
-- in:   key              text
-- in:   before           int64
-- in:   after_name       text
-- in:   after_serial     text
-- in:   most             int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  name_folded      text
SELECT sensor.id, sensor.serial, sensor.name_folded
  FROM sensor
  LEFT JOIN license AS current
         ON current.organization_id = sensor.organization_id AND current.sensor_id = sensor.id
        AND current.starts_at = (SELECT max(starts_at) FROM license
                                  WHERE license.organization_id = sensor.organization_id
                                    AND license.sensor_id = sensor.id
                                    AND license.starts_at <= :now)
  LEFT JOIN license_key
         ON license_key.organization_id = current.organization_id AND license_key.id = current.key_id
 WHERE sensor.organization_id = :organization_id AND sensor.removed_at IS NULL
   AND (sensor.serial LIKE :q_serial ESCAPE '!' OR sensor.name_folded LIKE :q_name ESCAPE '!')
   AND (:key = '' OR license_key.key = :key)
   AND (:before = 0 OR current.expires_at < :before)
   AND CASE :state
       WHEN 'active'     THEN current.expires_at > :now
       WHEN 'expired'    THEN current.expires_at <= :now
       WHEN 'unlicensed' THEN current.id IS NULL
       WHEN 'expiring'   THEN current.expires_at > :now AND current.expires_at <= :soon
                          AND EXISTS (SELECT 1 FROM license AS ending
                                      WHERE ending.organization_id = sensor.organization_id
                                        AND ending.sensor_id = sensor.id
                                        AND ending.starts_at >= current.starts_at
                                        AND +ending.expires_at <= :soon
                                        AND NOT EXISTS (SELECT 1 FROM license AS following
                                                         WHERE following.organization_id = ending.organization_id
                                                           AND following.sensor_id = ending.sensor_id
                                                           AND following.starts_at = ending.expires_at))
       ELSE true END
   AND (sensor.name_folded, sensor.serial) > (:after_name, :after_serial)
 ORDER BY sensor.name_folded, sensor.serial
 LIMIT :most;

-- name: manager_page_by_instant :many
-- By the end of the current license or (:by_start) its beginning; without one
-- last. This looks at every sensor of the organization: to read no more than the
-- page, the current interval would have to stand in the sensor's row, kept by
-- every verb and by the passing of time.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   state            text
-- in:   soon             int64
-- in:   q_serial         text
-- in:   q_name           text
-- in:   key              text
-- in:   before           int64
-- in:   by_start         bool
-- in:   never            int64
-- in:   after_instant    int64
-- in:   after_serial     text
-- in:   most             int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  instant          int64
SELECT sensor_id, serial, instant
  FROM (
SELECT sensor.id AS sensor_id, sensor.serial AS serial,
       coalesce(CASE WHEN :by_start THEN current.starts_at ELSE current.expires_at END, :never) AS instant
  FROM sensor
  LEFT JOIN license AS current
         ON current.organization_id = sensor.organization_id AND current.sensor_id = sensor.id
        AND current.starts_at = (SELECT max(starts_at) FROM license
                                  WHERE license.organization_id = sensor.organization_id
                                    AND license.sensor_id = sensor.id
                                    AND license.starts_at <= :now)
  LEFT JOIN license_key
         ON license_key.organization_id = current.organization_id AND license_key.id = current.key_id
 WHERE sensor.organization_id = :organization_id AND sensor.removed_at IS NULL
   AND (sensor.serial LIKE :q_serial ESCAPE '!' OR sensor.name_folded LIKE :q_name ESCAPE '!')
   AND (:key = '' OR license_key.key = :key)
   AND (:before = 0 OR current.expires_at < :before)
   AND CASE :state
       WHEN 'active'     THEN current.expires_at > :now
       WHEN 'expired'    THEN current.expires_at <= :now
       WHEN 'unlicensed' THEN current.id IS NULL
       WHEN 'expiring'   THEN current.expires_at > :now AND current.expires_at <= :soon
                          AND EXISTS (SELECT 1 FROM license AS ending
                                      WHERE ending.organization_id = sensor.organization_id
                                        AND ending.sensor_id = sensor.id
                                        AND ending.starts_at >= current.starts_at
                                        AND +ending.expires_at <= :soon
                                        AND NOT EXISTS (SELECT 1 FROM license AS following
                                                         WHERE following.organization_id = ending.organization_id
                                                           AND following.sensor_id = ending.sensor_id
                                                           AND following.starts_at = ending.expires_at))
       ELSE true END) AS found
 WHERE (instant, serial) > (:after_instant, :after_serial)
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
-- out:  refused_count     int64
-- out:  refused_first_at  int64
-- out:  refused_last_at   int64
SELECT sensor.id, sensor.serial, sensor.name, sensor.auto_renewal,
       current.id, current.starts_at, current.expires_at,
       license_key.key, license_key.assigned, license_key.quantity,
       (SELECT CAST(sum(count) AS BIGINT) FROM refusal
         WHERE refusal.organization_id = sensor.organization_id AND refusal.sensor_id = sensor.id),
       (SELECT min(first_at) FROM refusal
         WHERE refusal.organization_id = sensor.organization_id AND refusal.sensor_id = sensor.id),
       (SELECT max(last_at) FROM refusal
         WHERE refusal.organization_id = sensor.organization_id AND refusal.sensor_id = sensor.id)
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

-- name: manager_queues :many
-- What waits for the sensors' turn, first to start first.
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
-- Active and expiring are read from the licenses that run or end soon, so that
-- only the sensors without a license are looked for one by one.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   soon             int64
-- out:  sensors          int64
-- out:  active           int64
-- out:  expiring         int64
-- out:  unlicensed       int64
SELECT (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL),
       (SELECT count(*) FROM license AS current
          JOIN sensor ON sensor.organization_id = current.organization_id
                     AND sensor.id = current.sensor_id AND sensor.removed_at IS NULL
         WHERE current.organization_id = :organization_id
           AND current.expires_at > :now AND current.starts_at <= :now),
       (SELECT count(*) FROM license AS current
          JOIN sensor ON sensor.organization_id = current.organization_id
                     AND sensor.id = current.sensor_id AND sensor.removed_at IS NULL
         WHERE current.organization_id = :organization_id
           AND current.expires_at > :now AND current.expires_at <= :soon
           AND current.starts_at <= :now
           AND EXISTS (SELECT 1 FROM license AS ending
                       WHERE ending.organization_id = sensor.organization_id
                         AND ending.sensor_id = sensor.id
                         AND ending.starts_at >= current.starts_at
                         AND +ending.expires_at <= :soon
                         AND NOT EXISTS (SELECT 1 FROM license AS following
                                          WHERE following.organization_id = ending.organization_id
                                            AND following.sensor_id = ending.sensor_id
                                            AND following.starts_at = ending.expires_at))),
       (SELECT count(*) FROM sensor
         WHERE organization_id = :organization_id AND removed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM license
                            WHERE license.organization_id = sensor.organization_id
                              AND license.sensor_id = sensor.id
                              AND license.starts_at <= :now));

-- name: manager_first_left_out :maybe
-- If the pool were given out by the order of auto-renewal, earliest end first,
-- then serial: the first sensor that it is too small for. :left is its size. Walks
-- the ends in order, as far as the pool reaches.
-- in:   organization_id  int64
-- in:   left             int64
-- out:  ends_at          int64
-- out:  serial           text
SELECT license.expires_at, sensor.serial
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
 WHERE license.organization_id = :organization_id AND license.expires_at > 0
   AND sensor.removed_at IS NULL AND sensor.auto_renewal
   AND NOT EXISTS (SELECT 1 FROM license AS later
                    WHERE later.organization_id = license.organization_id
                      AND later.sensor_id = license.sensor_id
                      AND later.starts_at > license.starts_at)
 ORDER BY license.expires_at, sensor.serial
 LIMIT 1 OFFSET :left;
