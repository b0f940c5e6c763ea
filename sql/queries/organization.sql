-- Organizations and their members.

-- name: organization_insert :exec
-- in:   id            int64
-- in:   name          text
-- in:   name_folded   text
-- in:   time_zone     text
-- in:   pool_order    text
-- in:   notice_time   text
-- in:   device_token  text
-- in:   device_token_required  bool
-- in:   created_at    int64
-- in:   created_by    int64
INSERT INTO organization (id, name, name_folded, time_zone, pool_order, notice_time, device_token,
                          device_token_required, version, created_at, created_by)
VALUES (:id, :name, :name_folded, :time_zone, :pool_order, :notice_time, :device_token,
        :device_token_required, 1, :created_at, :created_by);

-- name: organization_creator_lock :exec
-- Locks the user until the commit, so that servers create organizations of a user one after the other.
-- in:   user_id  int64
UPDATE user_account SET created_at = created_at WHERE id = :user_id;

-- name: organization_count_unredeemed :one
-- Organizations that the user has created and that have not redeemed a code.
-- in:   user_id  int64
-- out:  count    int64
SELECT count(*)
  FROM organization
 WHERE created_by = :user_id AND created_by <> 0
   AND NOT EXISTS (SELECT 1 FROM license_key WHERE license_key.organization_id = organization.id);

-- name: organization_any_key :maybe
-- Has the organization redeemed a code?
-- in:   organization_id  int64
-- out:  any              bool
SELECT true FROM license_key WHERE organization_id = :organization_id LIMIT 1;

-- name: organization_first_recipient :exec
-- in:   organization_id  int64
-- in:   user_id          int64
INSERT INTO notice_recipient (organization_id, user_id, only_what_stops)
VALUES (:organization_id, :user_id, false);

-- name: organization_update :exec
-- With another time zone or notice time the next notices are due at another instant. In another
-- zone a last day may be two days earlier, and the day a month before it five (1 March and 27
-- February). So the last five days are checked again; a member who got a notice gets no second one.
-- like: organization_insert
UPDATE organization
   SET name = :name, name_folded = :name_folded, time_zone = :time_zone, pool_order = :pool_order,
       notice_time = :notice_time, device_token = :device_token, device_token_required = :device_token_required,
       notices_through = notices_through - CASE WHEN time_zone = :time_zone THEN 0 ELSE 5 END,
       notices_last_user = CASE WHEN time_zone = :time_zone THEN notices_last_user ELSE 0 END,
       notices_due_at = CASE WHEN time_zone = :time_zone AND notice_time = :notice_time THEN notices_due_at
                             ELSE 0 END
 WHERE id = :id;

-- name: organization_counts_page :many
-- Newest first, as the operator sees them; the page starts after (:before_at, :before_id). A key with
-- more than 10^9 licenses is broken: it counts as empty, and the list goes on. :q is a LIKE pattern for
-- the folded name.
-- in:   now            int64
-- in:   before_at      int64
-- in:   before_id      int64
-- in:   q              text
-- in:   most           int64
-- out:  id             int64
-- out:  name           text
-- out:  created_at     int64
-- out:  sensors        int64
-- out:  active         int64
-- out:  licenses_left  int64
SELECT id, name, created_at,
       (SELECT count(*) FROM sensor
         WHERE sensor.organization_id = page.id AND sensor.removed_at IS NULL),
       (SELECT count(*) FROM sensor
         WHERE sensor.organization_id = page.id AND sensor.removed_at IS NULL
           AND sensor.coverage_ends_at > :now),
       (SELECT CAST(coalesce(sum(CASE WHEN quantity <= 1000000000 THEN quantity - assigned - withdrawn
                                      ELSE 0 END), 0) AS BIGINT) FROM license_key
         WHERE license_key.organization_id = page.id)
  FROM (SELECT id, name, created_at
          FROM organization
         WHERE (created_at, id) < (:before_at, :before_id) AND name_folded LIKE :q ESCAPE '!'
         ORDER BY created_at DESC, id DESC
         LIMIT :most) AS page
 ORDER BY created_at DESC, id DESC;

-- name: member_insert :exec
-- in:   organization_id  int64
-- in:   user_id          int64
-- in:   role             text
-- in:   added_at         int64
INSERT INTO member (organization_id, user_id, role, added_at)
VALUES (:organization_id, :user_id, :role, :added_at)
ON CONFLICT (organization_id, user_id) DO NOTHING;

-- name: organization_by_id :maybe
-- in:   id                     int64
-- out:  name                   text
-- out:  time_zone              text
-- out:  pool_order             text
-- out:  notice_time            text
-- out:  device_token           text
-- out:  device_token_required  bool
-- out:  created_at             int64
SELECT name, time_zone, pool_order, notice_time, device_token, device_token_required, created_at
  FROM organization
 WHERE id = :id;

-- name: organization_zones :each
-- out:  id         int64
-- out:  name       text
-- out:  time_zone  text
SELECT id, name, time_zone FROM organization ORDER BY time_zone, id;
