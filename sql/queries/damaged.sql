-- Rows that could not be read and were moved out of the way.

-- name: damaged_take_message :batch
-- Copies a row of the journal as it stands there.
-- in:   id          int64
-- in:   found_at    int64
-- in:   journal_id  int64
INSERT INTO damaged (organization_id, sensor_id, kind, place, id, received_at, found_at, content)
SELECT organization_id, sensor_id, 'message', id, :id, received_at, :found_at, message
  FROM journal
 WHERE id = :journal_id;

-- name: damaged_take_block :exec
-- in:   id               int64
-- in:   found_at         int64
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   day              int64
INSERT INTO damaged (organization_id, sensor_id, kind, place, id, found_at, content)
SELECT organization_id, sensor_id, 'block', day, :id, :found_at, samples
  FROM block
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND day = :day;

-- name: damaged_take_status :exec
-- in:   id               int64
-- in:   found_at         int64
-- in:   organization_id  int64
-- in:   sensor_id        int64
INSERT INTO damaged (organization_id, sensor_id, kind, place, id, found_at, content)
SELECT organization_id, sensor_id, 'status', 0, :id, :found_at, latest
  FROM sensor_status
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: damaged_in :one
-- Whether the sensor has a damaged row of this kind whose place is from from_place up to, without, to_place.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   kind             text
-- in:   from_place       int64
-- in:   to_place         int64
-- out:  is_there         bool
SELECT EXISTS (SELECT 1
                 FROM damaged
                WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND kind = :kind
                  AND place >= :from_place AND place < :to_place);

-- name: damaged_first :maybe
-- The damaged row that was found first, and the number of all.
-- out:  organization_id  int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  kind             text
-- out:  place            int64
-- out:  received_at      int64
-- out:  found_at         int64
-- out:  count            int64
SELECT damaged.organization_id, damaged.sensor_id, coalesce(sensor.serial, ''), damaged.kind, damaged.place,
       coalesce(damaged.received_at, 0), damaged.found_at, count(*) OVER ()
  FROM damaged
  LEFT JOIN sensor ON sensor.organization_id = damaged.organization_id AND sensor.id = damaged.sensor_id
 ORDER BY damaged.found_at, damaged.id
 LIMIT 1;
