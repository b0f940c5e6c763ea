-- name: event_wanted :one
-- in:   organization_id  int64
-- in:   event            text
-- out:  wanted           bool
SELECT EXISTS (SELECT 1 FROM webhook_event
                 JOIN webhook ON webhook.organization_id = webhook_event.organization_id
                             AND webhook.id = webhook_event.webhook_id
                WHERE webhook_event.organization_id = :organization_id AND webhook_event.event = :event
                  AND webhook.gone_at IS NULL);

-- name: event_webhooks :many
-- in:   organization_id  int64
-- in:   event            text
-- out:  webhook_id       int64
SELECT webhook_event.webhook_id
  FROM webhook_event
  JOIN webhook ON webhook.organization_id = webhook_event.organization_id
              AND webhook.id = webhook_event.webhook_id
 WHERE webhook_event.organization_id = :organization_id AND webhook_event.event = :event
   AND webhook.gone_at IS NULL
 ORDER BY webhook_event.webhook_id;

-- name: expiry_watch_get :maybe
-- in:   organization_id  int64
-- out:  told_until       int64
-- out:  told_serial      text
SELECT told_until, told_serial FROM expiry_watch WHERE organization_id = :organization_id;

-- name: expiry_watch_ends :many
-- Sensors whose coverage has ended behind (:told_until, :told_serial) and before :now.
-- in:   organization_id   int64
-- in:   told_until        int64
-- in:   told_serial       text
-- in:   now               int64
-- in:   most              int64
-- out:  id                int64
-- out:  serial            text
-- out:  name              text
-- out:  coverage_ends_at  int64
SELECT id, serial, name, coverage_ends_at
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL
   AND coverage_ends_at >= :told_until AND coverage_ends_at < :now
   AND (coverage_ends_at > :told_until OR serial > :told_serial)
 ORDER BY coverage_ends_at, serial
 LIMIT :most;

-- name: expiry_watch_told :exec
-- in:   organization_id  int64
-- in:   told_until       int64
-- in:   told_serial      text
UPDATE expiry_watch
   SET told_until = :told_until, told_serial = :told_serial
 WHERE organization_id = :organization_id;

-- name: expiry_watch_begin :exec
-- in:   organization_id  int64
-- in:   told_until       int64
INSERT INTO expiry_watch (organization_id, told_until, told_serial)
VALUES (:organization_id, :told_until, '')
ON CONFLICT (organization_id) DO NOTHING;

-- name: expiry_watch_end :exec
-- in:   organization_id  int64
DELETE FROM expiry_watch WHERE organization_id = :organization_id;

-- name: expiry_watch_due :many
-- Organizations that have a coverage to be told of.
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
SELECT organization_id
  FROM expiry_watch
 WHERE EXISTS (SELECT 1 FROM sensor
                WHERE sensor.organization_id = expiry_watch.organization_id AND sensor.removed_at IS NULL
                  AND sensor.coverage_ends_at >= expiry_watch.told_until
                  AND sensor.coverage_ends_at < :now)
 LIMIT :most;

-- name: expiry_watch_next :one
-- The next end that somebody wants to be told of.
-- out:  ends_at  int64?
SELECT min((SELECT min(sensor.coverage_ends_at) FROM sensor
             WHERE sensor.organization_id = expiry_watch.organization_id AND sensor.removed_at IS NULL
               AND sensor.coverage_ends_at >= expiry_watch.told_until))
  FROM expiry_watch;

-- name: refusal_watch_claim :exec
-- Whoever changes the row has met the first refusal since that end.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   covered_until    int64
INSERT INTO refusal_watch (organization_id, sensor_id, covered_until)
VALUES (:organization_id, :sensor_id, :covered_until)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET covered_until = excluded.covered_until
        WHERE refusal_watch.covered_until < excluded.covered_until;

-- name: refusal_watch_sensor :maybe
-- refused_at: when it was last refused for lack of a license, 0 for never.
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
