-- Alarm rules, and what their evaluation reads inside the transaction of a batch of messages.

-- name: alarm_turn_take :many
-- Makes `node` the one whose memory is good, in those of the organizations that have rules. What
-- the memory of an organization is worth says `before`: another node than `node` has changed it
-- since; no row: `node` has the turn already. PostgreSQL writes the row in any case, because two
-- may ask at once; SQLite has one writer.
-- in:   node             int64
-- in:   organizations    int64[32]
-- out:  organization_id  int64
-- out:  before           int64
-- for: sqlite
UPDATE alarm_turn SET node_before = node, node = :node
 WHERE organization_id IN (:organizations) AND node <> :node
RETURNING organization_id, node_before;
-- for: postgres
UPDATE alarm_turn SET node_before = node, node = :node
 WHERE organization_id IN (:organizations)
RETURNING organization_id, node_before;

-- name: alarm_turn_give_back :exec
-- What anybody remembers of the organization's rules and sensors is good no longer.
-- in:   organization_id  int64
INSERT INTO alarm_turn (organization_id, node, node_before, tell_at) VALUES (:organization_id, 0, 0, 0)
ON CONFLICT (organization_id) DO UPDATE SET node = 0;

-- name: alarm_rules_all :each
-- Rules for all sensors first, then by sensor.
-- in:   organization_id  int64
-- out:  id               int64
-- out:  sensor_id        int64
-- out:  condition        text
-- out:  channel_type     int64
-- out:  threshold        real
-- out:  hysteresis       real
-- out:  for_seconds      int64
-- out:  samples_from     int64
SELECT id, coalesce(sensor_id, 0), condition, channel_type, threshold, hysteresis, for_seconds, samples_from
  FROM alarm_rule
 WHERE organization_id = :organization_id
 ORDER BY coalesce(sensor_id, 0), id;

-- name: alarm_sensors :each
-- What is known of some sensors: the newest samples of what is sealed, and when they were expected.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[32]
-- out:  id               int64
-- out:  alarms_paused    bool
-- out:  alarms_from      int64
-- out:  latest           bytes
-- out:  expected_at      int64
-- out:  look_at          int64?
SELECT sensor.id, sensor.alarms_paused, sensor.alarms_from, sensor_status.latest,
       coalesce(alarm_expectation.expected_at, 0), alarm_expectation.look_at
  FROM sensor
  LEFT JOIN sensor_status ON sensor_status.organization_id = sensor.organization_id
                         AND sensor_status.sensor_id = sensor.id
  LEFT JOIN alarm_expectation ON alarm_expectation.organization_id = sensor.organization_id
                             AND alarm_expectation.sensor_id = sensor.id
 WHERE sensor.organization_id = :organization_id AND sensor.id IN (:sensor_ids);

-- name: alarm_expectation_put :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   expected_at      int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, expected_at, look_at)
VALUES (:organization_id, :sensor_id, :expected_at, :look_at)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET expected_at = excluded.expected_at, look_at = excluded.look_at;

-- name: alarm_expectation_seed :exec
-- For a new rule on one sensor: looked at again then, by what it has said (alarm_lost.c).
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, expected_at, look_at)
SELECT organization_id, id, 0, :look_at
  FROM sensor
 WHERE organization_id = :organization_id AND id = :sensor_id
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET look_at = excluded.look_at;

-- name: alarm_expectation_seed_all :exec
-- The same for a rule on all.
-- in:   organization_id  int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, expected_at, look_at)
SELECT organization_id, id, 0, :look_at
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL AND serial >= ''
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET look_at = excluded.look_at;

-- name: alarm_expectation_look :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   expected_at      int64
-- in:   look_at          int64?
UPDATE alarm_expectation SET expected_at = :expected_at, look_at = :look_at
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: alarm_wake_due :many
-- Organizations with sensors that were changed since. PostgreSQL holds their turns: who looks at
-- sensors of theirs may just put one to sleep.
-- in:   most             int64
-- out:  organization_id  int64
-- out:  seen             int64
-- out:  version          int64
-- for: sqlite
SELECT alarm_turn.organization_id, alarm_turn.woken_version, organization.version
  FROM alarm_turn
  JOIN organization ON organization.id = alarm_turn.organization_id
 WHERE organization.version > alarm_turn.woken_version
 LIMIT :most;
-- for: postgres
SELECT alarm_turn.organization_id, alarm_turn.woken_version, organization.version
  FROM alarm_turn
  JOIN organization ON organization.id = alarm_turn.organization_id
 WHERE organization.version > alarm_turn.woken_version
 ORDER BY alarm_turn.organization_id
 LIMIT :most
   FOR UPDATE OF alarm_turn;

-- name: alarm_expectation_wake :exec
-- Those that slept are looked at again, if they were changed: they may count by now.
-- in:   organization_id  int64
-- in:   seen             int64
-- in:   now              int64
UPDATE alarm_expectation SET look_at = :now
 WHERE organization_id = :organization_id AND look_at IS NULL
   AND sensor_id IN (SELECT id FROM sensor WHERE organization_id = :organization_id AND version > :seen);

-- name: alarm_wake_done :exec
-- in:   organization_id  int64
-- in:   version          int64
UPDATE alarm_turn SET woken_version = :version WHERE organization_id = :organization_id;

-- name: alarm_lost_turns :many
-- Organizations of the next sensors that may be lost. PostgreSQL holds their turns: a message that
-- another process takes meanwhile would be overlooked, and what it says overwritten.
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
-- for: sqlite
SELECT organization_id
  FROM alarm_turn
 WHERE organization_id IN (SELECT due.organization_id
                             FROM (SELECT organization_id FROM alarm_expectation
                                    WHERE look_at <= :now ORDER BY look_at LIMIT :most) AS due)
 ORDER BY organization_id;
-- for: postgres
SELECT organization_id
  FROM alarm_turn
 WHERE organization_id IN (SELECT due.organization_id
                             FROM (SELECT organization_id FROM alarm_expectation
                                    WHERE look_at <= :now ORDER BY look_at LIMIT :most) AS due)
 ORDER BY organization_id
   FOR UPDATE;

-- name: alarm_expectations_due :many
-- Sensors that may be lost, of any organization. counts: they are evaluated now; since the latest of
-- covered_from, alarms_from and added_at. next_starts_at: of a license that waits.
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
-- out:  sensor_id        int64
-- out:  expected_at      int64
-- out:  is_watched       bool
-- out:  is_covered       bool
-- out:  covered_from     int64
-- out:  alarms_from      int64
-- out:  added_at         int64
-- out:  next_starts_at   int64?
SELECT alarm_expectation.organization_id, alarm_expectation.sensor_id, alarm_expectation.expected_at,
       sensor.removed_at IS NULL AND NOT sensor.alarms_paused,
       EXISTS (SELECT 1 FROM license
                WHERE license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
                  AND license.starts_at <= :now AND license.expires_at > :now),
       (SELECT coalesce(max(license.starts_at), 0) FROM license
         WHERE license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
           AND license.starts_at <= :now
           AND NOT EXISTS (SELECT 1 FROM license AS before
                            WHERE before.organization_id = sensor.organization_id AND before.sensor_id = sensor.id
                              AND before.starts_at < license.starts_at
                              AND before.expires_at >= license.starts_at)),
       sensor.alarms_from, sensor.added_at,
       (SELECT min(license.starts_at) FROM license
         WHERE license.organization_id = sensor.organization_id AND license.sensor_id = sensor.id
           AND license.starts_at > :now)
  FROM alarm_expectation
  JOIN sensor ON sensor.organization_id = alarm_expectation.organization_id
             AND sensor.id = alarm_expectation.sensor_id
 WHERE alarm_expectation.look_at <= :now
 ORDER BY alarm_expectation.look_at
 LIMIT :most;

-- name: alarm_expectation_next :one
-- out:  look_at  int64?
SELECT min(look_at) FROM alarm_expectation WHERE look_at IS NOT NULL;

-- name: alarm_rules_lost :many
-- The rules that watch a sensor's connection and have no open alert of it.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  id               int64
-- out:  for_seconds      int64
SELECT id, for_seconds
  FROM alarm_rule
 WHERE organization_id = :organization_id AND condition = 'lost_connection'
   AND (sensor_id = :sensor_id OR sensor_id IS NULL)
   AND NOT EXISTS (SELECT 1 FROM alert
                    WHERE alert.organization_id = alarm_rule.organization_id AND alert.sensor_id = :sensor_id
                      AND alert.ended_at IS NULL AND alert.withdrawn_at IS NULL
                      AND alert.rule_id = alarm_rule.id);

-- name: alarm_next_transmission :maybe
-- As far as the sensor's messages are sealed: when the newest came, and the next one was announced for.
-- in:   organization_id       int64
-- in:   sensor_id             int64
-- out:  last_seen_at          int64
-- out:  next_transmission_at  int64
SELECT last_seen_at, next_transmission_at
  FROM sensor_status
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- fragment: alarm_rule_row
-- out:  id               int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  sensor_name      text
-- out:  condition        text
-- out:  channel_type     int64
-- out:  threshold        real
-- out:  hysteresis       real
-- out:  for_seconds      int64
-- out:  tell_when_over   bool
-- out:  samples_from     int64
-- out:  made_at          int64
-- out:  made_by          text
SELECT alarm_rule.id, coalesce(alarm_rule.sensor_id, 0), sensor.serial, sensor.name, alarm_rule.condition,
       alarm_rule.channel_type, alarm_rule.threshold, alarm_rule.hysteresis, alarm_rule.for_seconds,
       alarm_rule.tell_when_over, alarm_rule.samples_from, alarm_rule.made_at, alarm_rule.made_by
  FROM alarm_rule
  LEFT JOIN sensor ON sensor.organization_id = alarm_rule.organization_id AND sensor.id = alarm_rule.sensor_id

-- name: alarm_rules_page :many
-- By id, after the one before the page.
-- in:   organization_id  int64
-- in:   after            int64
-- in:   most             int64
-- include: alarm_rule_row
 WHERE alarm_rule.organization_id = :organization_id AND alarm_rule.id > :after
 ORDER BY alarm_rule.id
 LIMIT :most;

-- name: alarm_rule_get :maybe
-- like: alarm_rules_page out
-- in:   organization_id  int64
-- in:   id               int64
-- include: alarm_rule_row
 WHERE alarm_rule.organization_id = :organization_id AND alarm_rule.id = :id;

-- name: alarm_rule_counts :one
-- All of the organization, and those that one sensor has to be looked at by; sensor_id 0: of all
-- sensors the one with the most.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  rules            int64
-- out:  of_sensor        int64
SELECT (SELECT count(*) FROM alarm_rule WHERE organization_id = :organization_id),
       (SELECT coalesce(max(own.rules), 0)
          FROM (SELECT count(*) AS rules
                  FROM alarm_rule
                 WHERE organization_id = :organization_id AND sensor_id IS NOT NULL
                   AND (sensor_id = :sensor_id OR :sensor_id = 0)
                 GROUP BY sensor_id) AS own)
     + (SELECT count(*) FROM alarm_rule WHERE organization_id = :organization_id AND sensor_id IS NULL);

-- name: alarm_rule_put :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   sensor_id        int64?
-- in:   condition        text
-- in:   channel_type     int64
-- in:   threshold        real
-- in:   hysteresis       real
-- in:   for_seconds      int64
-- in:   tell_when_over   bool
-- in:   samples_from     int64
-- in:   made_at          int64
-- in:   made_by          text
INSERT INTO alarm_rule (organization_id, id, sensor_id, condition, channel_type, threshold, hysteresis,
                        for_seconds, tell_when_over, samples_from, made_at, made_by)
VALUES (:organization_id, :id, :sensor_id, :condition, :channel_type, :threshold, :hysteresis,
        :for_seconds, :tell_when_over, :samples_from, :made_at, :made_by)
ON CONFLICT (organization_id, id)
DO UPDATE SET condition = excluded.condition, channel_type = excluded.channel_type,
              threshold = excluded.threshold, hysteresis = excluded.hysteresis,
              for_seconds = excluded.for_seconds, tell_when_over = excluded.tell_when_over,
              samples_from = excluded.samples_from;

-- name: alarm_rule_delete :exec
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM alarm_rule WHERE organization_id = :organization_id AND id = :id;

-- name: alarm_recipients :many
-- in:   organization_id  int64
-- in:   rule_id          int64
-- out:  user_id          int64
-- out:  email            text
SELECT alarm_recipient.user_id, user_account.email
  FROM alarm_recipient
  JOIN user_account ON user_account.id = alarm_recipient.user_id
 WHERE alarm_recipient.organization_id = :organization_id AND alarm_recipient.rule_id = :rule_id
 ORDER BY user_account.email;

-- name: alarm_recipients_delete :exec
-- in:   organization_id  int64
-- in:   rule_id          int64
DELETE FROM alarm_recipient WHERE organization_id = :organization_id AND rule_id = :rule_id;

-- name: alarm_recipient_insert :exec
-- No row is changed when the user is no member.
-- in:   organization_id  int64
-- in:   rule_id          int64
-- in:   user_id          int64
INSERT INTO alarm_recipient (organization_id, rule_id, user_id)
SELECT organization_id, :rule_id, user_id
  FROM member
 WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: sensor_alarms_from :exec
-- After a pause.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   at               int64
UPDATE sensor SET alarms_from = :at WHERE organization_id = :organization_id AND id = :id;
