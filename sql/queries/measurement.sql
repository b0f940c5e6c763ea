-- The journal of arrived messages, the daily blocks they are compacted into, the status of each sensor.

-- name: damaged_take_message :batch
-- Copies a row of the journal.
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
-- Whether the sensor has a damaged row of this kind whose place is in [from_place, to_place).
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

-- name: journal_index_load :each
-- The rows for the index in memory, oldest first.
-- in:   before           int64
-- out:  id               int64
-- out:  organization_id  int64
-- out:  sensor_id        int64
-- out:  received_at      int64
SELECT id, organization_id, sensor_id, received_at
  FROM journal
 WHERE id < :before
 ORDER BY id;

-- name: journal_newest_id :one
-- out:  id  int64
SELECT coalesce(max(id), 0) FROM journal;

-- name: journal_rows :each
-- in:   ids              int64[32]
-- out:  id               int64
-- out:  received_at      int64
-- out:  message          bytes
SELECT id, received_at, message
  FROM journal
 WHERE id IN (:ids)
 ORDER BY id;

-- name: journal_of_sensor :many
-- Scans the journal from a row on: for a process without an index of it.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from_id          int64
-- out:  id               int64
SELECT id
  FROM journal
 WHERE id >= :from_id AND organization_id = :organization_id AND sensor_id = :sensor_id
 ORDER BY id;

-- name: journal_append :batch
-- in:   id               int64
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   received_at      int64
-- in:   message          bytes
INSERT INTO journal (id, organization_id, sensor_id, received_at, message)
VALUES (:id, :organization_id, :sensor_id, :received_at, :message);

-- name: journal_delete :batch
-- in:   id  int64
DELETE FROM journal WHERE id = :id;

-- name: block_get :maybe
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   day              int64
-- out:  sample_count     int64
-- out:  samples          bytes
SELECT sample_count, samples
  FROM block
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND day = :day;

-- name: blocks_from :each
-- A sensor's blocks of some days, oldest first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   from_day         int64
-- in:   to_day           int64
-- in:   most             int64
-- out:  day              int64
-- out:  sample_count     int64
-- out:  samples          bytes
SELECT day, sample_count, samples
  FROM block
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id
   AND day >= :from_day AND day <= :to_day
 ORDER BY day
 LIMIT :most;

-- name: block_before :maybe
-- A sensor's newest block before a day.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   before_day       int64
-- out:  day              int64
-- out:  samples          bytes
SELECT day, samples
  FROM block
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND day < :before_day
 ORDER BY day DESC
 LIMIT 1;

-- name: block_put :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   day              int64
-- in:   sample_count     int64
-- in:   samples          bytes
INSERT INTO block (organization_id, sensor_id, day, sample_count, samples)
VALUES (:organization_id, :sensor_id, :day, :sample_count, :samples)
ON CONFLICT (organization_id, sensor_id, day)
DO UPDATE SET sample_count = excluded.sample_count, samples = excluded.samples;

-- name: sensor_status_get :maybe
-- in:   organization_id       int64
-- in:   sensor_id             int64
-- out:  last_seen_at          int64
-- out:  battery_ok            bool
-- out:  battery_level         int64
-- out:  signal                int64
-- out:  next_transmission_at  int64
-- out:  latest                bytes
-- out:  differing_repeats     int64
-- out:  conflicts             bytes
-- out:  clock_wrong_since     int64
-- out:  clock_offset          int64
-- out:  tamper_at             int64
-- out:  tamper_signs          int64
SELECT last_seen_at, battery_ok, battery_level, signal, next_transmission_at, latest, differing_repeats, conflicts,
       clock_wrong_since, clock_offset, tamper_at, tamper_signs
  FROM sensor_status
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: sensor_status_put :batch
-- in:   organization_id       int64
-- in:   sensor_id             int64
-- in:   last_seen_at          int64
-- in:   battery_ok            bool
-- in:   battery_level         int64
-- in:   signal                int64
-- in:   next_transmission_at  int64
-- in:   latest                bytes
-- in:   differing_repeats     int64
-- in:   conflicts             bytes
-- in:   clock_wrong_since     int64
-- in:   clock_offset          int64
-- in:   tamper_at             int64
-- in:   tamper_signs          int64
INSERT INTO sensor_status (organization_id, sensor_id, last_seen_at, battery_ok, battery_level, signal,
                           next_transmission_at, latest, differing_repeats, conflicts,
                           clock_wrong_since, clock_offset, tamper_at, tamper_signs)
VALUES (:organization_id, :sensor_id, :last_seen_at, :battery_ok, :battery_level, :signal,
        :next_transmission_at, :latest, :differing_repeats, :conflicts,
        :clock_wrong_since, :clock_offset, :tamper_at, :tamper_signs)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET last_seen_at = excluded.last_seen_at, battery_ok = excluded.battery_ok,
              battery_level = excluded.battery_level, signal = excluded.signal,
              next_transmission_at = excluded.next_transmission_at, latest = excluded.latest,
              differing_repeats = excluded.differing_repeats, conflicts = excluded.conflicts,
              clock_wrong_since = excluded.clock_wrong_since, clock_offset = excluded.clock_offset,
              tamper_at = excluded.tamper_at, tamper_signs = excluded.tamper_signs;

-- name: conflict_watch_mark :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
INSERT INTO conflict_watch (organization_id, sensor_id, day, total_before, total, emitted_day, is_pending)
VALUES (:organization_id, :sensor_id, 0, 0, 0, 0, true)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET is_pending = true WHERE NOT conflict_watch.is_pending;

-- name: readings_sensor :maybe
-- in:   organization_id  int64
-- in:   serial           text
-- out:  sensor_id        int64
SELECT id
  FROM sensor
 WHERE organization_id = :organization_id AND serial = :serial AND removed_at IS NULL;

-- name: readings_coverage :many
-- When the sensor is licensed, first to start first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT starts_at, expires_at
  FROM license
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id
 ORDER BY starts_at;

-- name: compaction_step :maybe
-- A value that changes with each step of compaction. A process that read the blocks before another
-- one changed them must not write.
-- out:  value  bytes
SELECT value FROM store_fact WHERE name = 'compaction_step';

-- name: compaction_step_claim :exec
-- in:   before  bytes
-- in:   after   bytes
INSERT INTO store_fact (name, value) VALUES ('compaction_step', :after)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE store_fact.value = :before;
