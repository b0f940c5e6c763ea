-- Keys, licenses and renewals of an organization, read and changed under its lock.

-- name: clock_newest_end :one
-- The newest end of a coverage in the organization, after one instant and up to another; 0: none.
-- in:   organization_id  int64
-- in:   after            int64
-- in:   until            int64
-- out:  ends_at          int64
SELECT coalesce(max(coverage_ends_at), 0)
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at > :after AND coverage_ends_at <= :until;

-- name: expiry_watch_get :maybe
-- in:   organization_id  int64
-- out:  emitted_until    int64
-- out:  emitted_serial   text
SELECT emitted_until, emitted_serial FROM expiry_watch WHERE organization_id = :organization_id;

-- name: expiry_watch_ends :many
-- Sensors whose coverage has ended behind (:emitted_until, :emitted_serial) and before :now.
-- in:   organization_id   int64
-- in:   emitted_until     int64
-- in:   emitted_serial    text
-- in:   now               int64
-- in:   most              int64
-- out:  id                int64
-- out:  serial            text
-- out:  name              text
-- out:  coverage_ends_at  int64
SELECT id, serial, name, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at >= :emitted_until AND coverage_ends_at < :now
   AND (coverage_ends_at > :emitted_until OR serial > :emitted_serial)
 ORDER BY coverage_ends_at, serial
 LIMIT :most;

-- name: expiry_watch_advance :exec
-- in:   organization_id  int64
-- in:   emitted_until    int64
-- in:   emitted_serial   text
UPDATE expiry_watch
   SET emitted_until = :emitted_until, emitted_serial = :emitted_serial
 WHERE organization_id = :organization_id;

-- name: expiry_watch_begin :exec
-- in:   organization_id  int64
-- in:   emitted_until    int64
INSERT INTO expiry_watch (organization_id, emitted_until, emitted_serial)
VALUES (:organization_id, :emitted_until, '')
ON CONFLICT (organization_id) DO NOTHING;

-- name: expiry_watch_end :exec
-- in:   organization_id  int64
DELETE FROM expiry_watch WHERE organization_id = :organization_id;

-- name: expiry_watch_next :one
-- The instant after the next end that gives an event.
-- like: job_failure_next
SELECT min((SELECT min(sensor.coverage_ends_at) + 1 FROM sensor
             WHERE sensor.organization_id = expiry_watch.organization_id AND sensor.removed_at IS NULL
               AND sensor.coverage_ends_at >= expiry_watch.emitted_until
               AND sensor.coverage_ends_at < 9223372036854775807))
  FROM expiry_watch
 WHERE NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = expiry_watch.organization_id
                      AND job_failure.retry_at > :now);

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

-- name: organization_ledger :maybe
-- in:   id          int64
-- out:  version     int64
-- out:  time_zone   text
-- out:  pool_order  text
SELECT version, time_zone, pool_order FROM organization WHERE id = :id;

-- name: organization_raise_version :maybe
-- The first statement of every change of a ledger: until the commit no other transaction
-- changes the same ledger.
-- like: organization_ledger
UPDATE organization
   SET version = version + 1
 WHERE id = :id
RETURNING version, time_zone, pool_order;

-- name: renewal_keys :many
-- Keys with licenses left, of each term the `most` that go first in every order of the pool.
-- place: among those of its term.
-- in:   organization_id  int64
-- in:   most             int64
-- out:  id               int64
-- out:  key              text
-- out:  term             text
-- out:  redemption       int64
-- out:  licenses_left    int64
-- out:  place            int64
SELECT id, key, term, redemption, licenses_left, place
  FROM (SELECT id, key, term, redemption, quantity - assigned - withdrawn AS licenses_left,
               row_number() OVER (PARTITION BY term ORDER BY redemption) AS place
          FROM license_key
         WHERE organization_id = :organization_id AND assigned + withdrawn < quantity) AS free
 WHERE place <= :most;

-- name: pool_withdrawal_keys :many
-- The organization's keys from one text up to another, by text.
-- in:   organization_id  int64
-- in:   first_key        text
-- in:   last_key         text
-- like: renewal_keys out
SELECT id, key, term, redemption, quantity - assigned - withdrawn AS licenses_left, 0 AS place
  FROM license_key
 WHERE organization_id = :organization_id AND key >= :first_key AND key <= :last_key
 ORDER BY key;

-- name: renewal_queue_sensors :each
-- The renewal queue: sensors with auto renewal whose coverage ends in [from, until], in the order
-- in which they are served. A sensor that never had a license ends at 0.
-- in:   organization_id   int64
-- in:   from              int64
-- in:   until             int64
-- in:   most              int64
-- out:  id                int64
-- out:  serial            text
-- out:  coverage_ends_at  int64
SELECT id, serial, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
   AND coverage_ends_at >= :from AND coverage_ends_at <= :until
 ORDER BY coverage_ends_at, serial
 LIMIT :most;

-- name: renewal_queue_size :one
-- in:   organization_id  int64
-- in:   from             int64
-- in:   until            int64
-- out:  count            int64
SELECT count(*)
  FROM sensor
 WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
   AND coverage_ends_at >= :from AND coverage_ends_at <= :until;

-- name: pool_horizon_at :maybe
-- The pool, the first end in the renewal queue (a late instant: the queue is empty), and the sensor
-- that stands in the queue behind as many others as the pool holds licenses; none by :until.
-- in:   organization_id  int64
-- in:   until            int64
-- out:  version          int64
-- out:  licenses_left    int64
-- out:  first_end        int64
-- out:  left_out_at      int64?
-- out:  left_out_serial  text
SELECT organization.version,
       (SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT) FROM license_key
         WHERE organization_id = :organization_id),
       (SELECT coalesce(min(coverage_ends_at), 9223372036854775807) FROM sensor
         WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > 0),
       left_out.coverage_ends_at, left_out.serial
  FROM organization
  LEFT JOIN (SELECT coverage_ends_at, serial
               FROM sensor
              WHERE organization_id = :organization_id AND auto_renewal AND removed_at IS NULL
                AND coverage_ends_at > 0 AND coverage_ends_at <= :until
              ORDER BY coverage_ends_at, serial
              LIMIT 1
             OFFSET (SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT)
                       FROM license_key
                      WHERE organization_id = :organization_id)) AS left_out ON true
 WHERE organization.id = :organization_id;

-- name: pool_horizon_near :many
-- The same of several organizations, with how many sensors of the queue end by :until.
-- in:   ids            int64[32]
-- in:   until          int64
-- out:  id             int64
-- out:  version        int64
-- out:  licenses_left  int64
-- out:  first_end      int64
-- out:  ending         int64
SELECT id, version,
       (SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT) FROM license_key
         WHERE license_key.organization_id = organization.id),
       (SELECT coalesce(min(coverage_ends_at), 9223372036854775807) FROM sensor
         WHERE sensor.organization_id = organization.id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > 0),
       (SELECT count(*) FROM sensor
         WHERE sensor.organization_id = organization.id AND auto_renewal AND removed_at IS NULL
           AND coverage_ends_at > 0 AND coverage_ends_at <= :until)
  FROM organization
 WHERE id IN (:ids);

-- name: renewal_set_end_together :exec
-- Of sensors whose new licenses begin and end together, as those of a midnight do.
-- in:   organization_id   int64
-- in:   coverage_ends_at  int64
-- in:   last_starts_at    int64
-- in:   version           int64
-- in:   ids               int64[128]
UPDATE sensor
   SET coverage_ends_at = :coverage_ends_at, last_starts_at = :last_starts_at, version = :version
 WHERE organization_id = :organization_id AND id IN (:ids);

-- name: renewal_take :exec
-- No row is changed when the key has fewer left.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   count            int64
UPDATE license_key
   SET assigned = assigned + :count
 WHERE organization_id = :organization_id AND id = :id
   AND assigned + withdrawn + :count <= quantity;

-- name: renewal_organization :maybe
-- The first organization after :after, by id, with licenses left and a sensor whose coverage has
-- ended. The statement compares the first end of each organization: with EXISTS, PostgreSQL may read
-- every due sensor.
-- in:   job    text
-- in:   now    int64
-- in:   after  int64
-- out:  id     int64
SELECT organization.id
  FROM organization
 WHERE organization.id > :after
   AND EXISTS (SELECT 1 FROM license_key
                WHERE license_key.organization_id = organization.id
                  AND license_key.assigned + license_key.withdrawn < license_key.quantity)
   AND (SELECT min(sensor.coverage_ends_at) FROM sensor
         WHERE sensor.organization_id = organization.id
           AND sensor.auto_renewal AND sensor.removed_at IS NULL
           AND sensor.coverage_ends_at > 0) <= :now
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                      AND job_failure.retry_at > :now)
 ORDER BY organization.id
 LIMIT 1;

-- name: renewals_are_due :one
-- Has the organization licenses left, and a sensor whose coverage has ended?
-- in:   organization_id  int64
-- in:   now              int64
-- out:  are              bool
SELECT EXISTS (SELECT 1 FROM license_key
                WHERE license_key.organization_id = :organization_id
                  AND license_key.assigned + license_key.withdrawn < license_key.quantity)
       AND coalesce((SELECT min(sensor.coverage_ends_at) FROM sensor
                      WHERE sensor.organization_id = :organization_id
                        AND sensor.auto_renewal AND sensor.removed_at IS NULL
                        AND sensor.coverage_ends_at > 0), :now + 1) <= :now;

-- name: renewal_next_end :one
-- When the next coverage ends that a pool may renew.
-- like: job_failure_next
SELECT min((SELECT min(sensor.coverage_ends_at) FROM sensor
             WHERE sensor.organization_id = organization.id
               AND sensor.auto_renewal AND sensor.removed_at IS NULL
               AND sensor.coverage_ends_at > :now))
  FROM organization
 WHERE EXISTS (SELECT 1 FROM license_key
                WHERE license_key.organization_id = organization.id
                  AND license_key.assigned + license_key.withdrawn < license_key.quantity);

-- name: expiry_watch_due :maybe
-- The first organization after :after, by id, with a due event.
-- like: renewal_organization
SELECT expiry_watch.organization_id
  FROM expiry_watch
 WHERE expiry_watch.organization_id > :after
   AND EXISTS (SELECT 1 FROM sensor
                WHERE sensor.organization_id = expiry_watch.organization_id AND sensor.removed_at IS NULL
                  AND sensor.coverage_ends_at >= expiry_watch.emitted_until
                  AND sensor.coverage_ends_at < :now)
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = expiry_watch.organization_id
                      AND job_failure.retry_at > :now)
 ORDER BY expiry_watch.organization_id
 LIMIT 1;

-- name: sensor_by_serial :maybe
-- in:   organization_id  int64
-- in:   serial           text
-- out:  id               int64
-- out:  name             text
-- out:  auto_renewal     bool
-- out:  alarms_paused    bool
SELECT id, name, auto_renewal, alarms_paused
  FROM sensor
 WHERE organization_id = :organization_id AND serial = :serial AND removed_at IS NULL;

-- name: sensor_licenses_changed :batch
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
