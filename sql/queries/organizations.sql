-- name: organization_insert :exec
-- in:   id            int64
-- in:   name          text
-- in:   time_zone     text
-- in:   pool_order    text
-- in:   notice_time   text
-- in:   device_token  text
-- in:   created_at    int64
INSERT INTO organization (id, name, time_zone, pool_order, notice_time, device_token,
                          device_token_required, version, created_at)
VALUES (:id, :name, :time_zone, :pool_order, :notice_time, :device_token, false, 1, :created_at);

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

-- name: organization_raise_version :maybe
-- The first statement of every change of a ledger: until the commit nobody else
-- changes the same one.
-- in:   id          int64
-- out:  version     int64
-- out:  time_zone   text
-- out:  pool_order  text
UPDATE organization
   SET version = version + 1
 WHERE id = :id
RETURNING version, time_zone, pool_order;

-- name: organization_update :exec
-- in:   id                     int64
-- in:   name                   text
-- in:   time_zone              text
-- in:   pool_order             text
-- in:   notice_time            text
-- in:   device_token           text
-- in:   device_token_required  bool
UPDATE organization
   SET name = :name, time_zone = :time_zone, pool_order = :pool_order, notice_time = :notice_time,
       device_token = :device_token, device_token_required = :device_token_required
 WHERE id = :id;
