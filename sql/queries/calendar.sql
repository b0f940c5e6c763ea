-- The calendar feed: last days of licenses, under a secret link.

-- name: calendar_feed_get :maybe
-- in:   organization_id  int64
-- out:  made_at          int64
-- out:  made_by          text
SELECT made_at, made_by FROM calendar_feed WHERE organization_id = :organization_id;

-- name: calendar_feed_set :exec
-- in:   organization_id  int64
-- in:   token_hash       bytes
-- in:   made_at          int64
-- in:   made_by          text
INSERT INTO calendar_feed (organization_id, token_hash, made_at, made_by)
VALUES (:organization_id, :token_hash, :made_at, :made_by)
ON CONFLICT (organization_id) DO UPDATE
   SET token_hash = :token_hash, made_at = :made_at, made_by = :made_by;

-- name: calendar_feed_delete :exec
-- in:   organization_id  int64
DELETE FROM calendar_feed WHERE organization_id = :organization_id;

-- name: calendar_feed_by_token :maybe
-- in:   token_hash       bytes
-- out:  organization_id  int64
-- out:  name             text
-- out:  version          int64
SELECT organization.id, organization.name, organization.version
  FROM calendar_feed
  JOIN organization ON organization.id = calendar_feed.organization_id
 WHERE calendar_feed.token_hash = :token_hash;

-- name: calendar_ends :each
-- Licenses that end after an instant, in their order, of sensors that are not removed.
-- `followed_by`: how the license behind it came to be, '' for none.
-- in:   organization_id  int64
-- in:   after            int64
-- in:   most             int64
-- out:  expires_at       int64
-- out:  serial           text
-- out:  name             text
-- out:  auto_renewal     bool
-- out:  followed_by      text
SELECT license.expires_at, sensor.serial, sensor.name, sensor.auto_renewal,
       coalesce((SELECT behind.cause FROM license AS behind
                  WHERE behind.organization_id = license.organization_id
                    AND behind.sensor_id = license.sensor_id
                    AND behind.starts_at = license.expires_at), '')
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
 WHERE license.organization_id = :organization_id AND license.expires_at > :after
   AND sensor.removed_at IS NULL
 ORDER BY license.expires_at, sensor.serial
 LIMIT :most;
