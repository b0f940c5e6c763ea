-- Alarm rules, their evaluation in the transaction that saves a batch, and alerts.

-- name: alarm_cache_owner_claim :many
-- Makes `node` the owner of the caches of these organizations, where they have rules. before: the
-- owner until now; if it is another node, the cache of `node` is stale. No row: `node` is the owner
-- already. PostgreSQL always writes the row, because two nodes may claim it at the same time; SQLite
-- has one writer.
-- in:   node             int64
-- in:   organizations    int64[32]
-- out:  organization_id  int64
-- out:  before           int64
-- out:  evaluated_at     int64
-- for: sqlite
UPDATE alarm_cache_owner SET node_before = node, node = :node
 WHERE organization_id IN (:organizations) AND node <> :node
RETURNING organization_id, node_before, evaluated_at;
-- for: postgres
UPDATE alarm_cache_owner SET node_before = node, node = :node
 WHERE organization_id IN (:organizations)
RETURNING organization_id, node_before, evaluated_at;

-- name: alarm_cache_owner_invalidate :exec
-- Makes every node's cache of the organization stale.
-- in:   organization_id  int64
INSERT INTO alarm_cache_owner (organization_id, node, node_before, mail_at) VALUES (:organization_id, 0, 0, 0)
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
-- The newest compacted samples of some sensors, what alarm_expectation keeps of them, and when they are
-- evaluated again.
-- in:   organization_id    int64
-- in:   sensor_ids         int64[32]
-- out:  id                 int64
-- out:  alarms_paused      bool
-- out:  alarms_from        int64
-- out:  latest             bytes
-- out:  heard_at           int64
-- out:  announced          int64
-- out:  gaps               bytes
-- out:  clock_wrong_since  int64
-- out:  enclosure          int64
-- out:  due_at             int64?
SELECT sensor.id, sensor.alarms_paused, sensor.alarms_from, sensor_status.latest,
       coalesce(alarm_expectation.heard_at, 0), coalesce(alarm_expectation.announced, 0), alarm_expectation.gaps,
       coalesce(alarm_expectation.clock_wrong_since, 0), coalesce(alarm_expectation.enclosure, 0),
       alarm_due.due_at
  FROM sensor
  LEFT JOIN sensor_status ON sensor_status.organization_id = sensor.organization_id
                         AND sensor_status.sensor_id = sensor.id
  LEFT JOIN alarm_expectation ON alarm_expectation.organization_id = sensor.organization_id
                             AND alarm_expectation.sensor_id = sensor.id
  LEFT JOIN alarm_due ON alarm_due.organization_id = sensor.organization_id
                     AND alarm_due.sensor_id = sensor.id
 WHERE sensor.organization_id = :organization_id AND sensor.id IN (:sensor_ids);

-- name: alarm_due_put :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   due_at           int64
INSERT INTO alarm_due (organization_id, sensor_id, due_at)
VALUES (:organization_id, :sensor_id, :due_at)
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET due_at = excluded.due_at;

-- name: alarm_due_delete :batch
-- in:   organization_id  int64
-- in:   sensor_id        int64
DELETE FROM alarm_due WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: alarm_due_seed :batch
-- The sensor is evaluated again at due_at, or before.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   due_at           int64
INSERT INTO alarm_due (organization_id, sensor_id, due_at)
VALUES (:organization_id, :sensor_id, :due_at)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < alarm_due.due_at;

-- name: alarm_due_seed_all :exec
-- The same for all sensors.
-- in:   organization_id  int64
-- in:   due_at           int64
INSERT INTO alarm_due (organization_id, sensor_id, due_at)
SELECT organization_id, id, :due_at
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL AND serial >= ''
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < alarm_due.due_at;

-- name: alarm_due_next :one
-- like: job_failure_next
SELECT min((SELECT min(alarm_due.due_at) FROM alarm_due
             WHERE alarm_due.organization_id = alarm_cache_owner.organization_id))
  FROM alarm_cache_owner
 WHERE NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_cache_owner.organization_id
                      AND job_failure.retry_at > :now);

-- name: alarm_due_organization :maybe
-- The first organization after :after, by id, with a sensor that is due.
-- in:   job              text
-- in:   now              int64
-- in:   after            int64
-- out:  organization_id  int64
SELECT alarm_cache_owner.organization_id
  FROM alarm_cache_owner
 WHERE alarm_cache_owner.organization_id > :after
   AND (SELECT min(alarm_due.due_at) FROM alarm_due
         WHERE alarm_due.organization_id = alarm_cache_owner.organization_id) <= :now
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_cache_owner.organization_id
                      AND job_failure.retry_at > :now)
 ORDER BY alarm_cache_owner.organization_id
 LIMIT 1;

-- name: alarm_due_owner_lock :maybe
-- PostgreSQL locks the row: until the commit no other process evaluates samples of the organization.
-- in:   organization_id  int64
-- out:  evaluated_at     int64
-- for: sqlite
SELECT evaluated_at FROM alarm_cache_owner WHERE organization_id = :organization_id;
-- for: postgres
SELECT evaluated_at FROM alarm_cache_owner WHERE organization_id = :organization_id FOR UPDATE;

-- name: alarm_due_sensors :many
-- is_watched: the sensor is not removed, and its alarms are not paused.
-- in:   organization_id  int64
-- in:   now              int64
-- in:   most             int64
-- out:  sensor_id        int64
-- out:  due_at           int64
-- out:  is_watched       bool
SELECT alarm_due.sensor_id, alarm_due.due_at,
       sensor.id IS NOT NULL AND sensor.removed_at IS NULL AND NOT sensor.alarms_paused
  FROM alarm_due
  LEFT JOIN sensor ON sensor.organization_id = alarm_due.organization_id AND sensor.id = alarm_due.sensor_id
 WHERE alarm_due.organization_id = :organization_id AND alarm_due.due_at <= :now
 ORDER BY alarm_due.due_at
 LIMIT :most;

-- name: alarm_due_evaluated :exec
-- in:   organization_id  int64
-- in:   evaluated_at     int64
UPDATE alarm_cache_owner SET evaluated_at = :evaluated_at WHERE organization_id = :organization_id;

-- name: alarm_coverage :each
-- The license intervals of some sensors.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[32]
-- out:  sensor_id        int64
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT sensor_id, starts_at, expires_at
  FROM license
 WHERE organization_id = :organization_id AND sensor_id IN (:sensor_ids)
 ORDER BY sensor_id, starts_at;

-- name: alarm_expectation_put :batch
-- in:   organization_id    int64
-- in:   sensor_id          int64
-- in:   heard_at           int64
-- in:   announced          int64
-- in:   gaps               bytes
-- in:   clock_wrong_since  int64
-- in:   enclosure          int64
-- in:   look_at            int64?
INSERT INTO alarm_expectation (organization_id, sensor_id, heard_at, announced, gaps, clock_wrong_since, enclosure,
                               look_at)
VALUES (:organization_id, :sensor_id, :heard_at, :announced, :gaps, :clock_wrong_since, :enclosure, :look_at)
ON CONFLICT (organization_id, sensor_id)
DO UPDATE SET heard_at = excluded.heard_at, announced = excluded.announced, gaps = excluded.gaps,
              clock_wrong_since = excluded.clock_wrong_since, enclosure = excluded.enclosure,
              look_at = excluded.look_at;

-- name: alarm_expectation_seed :exec
-- For a new rule on one sensor: it is checked at look_at (alarm_lost.c).
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, look_at)
SELECT organization_id, id, :look_at
  FROM sensor
 WHERE organization_id = :organization_id AND id = :sensor_id
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET look_at = excluded.look_at;

-- name: alarm_expectation_seed_all :exec
-- The same for a rule on all sensors.
-- in:   organization_id  int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, look_at)
SELECT organization_id, id, :look_at
  FROM sensor
 WHERE organization_id = :organization_id AND removed_at IS NULL AND serial >= ''
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET look_at = excluded.look_at;

-- name: alarm_expectation_seed_changed :exec
-- The same for sensors that changed since a version: one that was added may never send.
-- in:   organization_id  int64
-- in:   seen             int64
-- in:   look_at          int64
INSERT INTO alarm_expectation (organization_id, sensor_id, look_at)
SELECT organization_id, id, :look_at
  FROM sensor
 WHERE organization_id = :organization_id AND version > :seen AND removed_at IS NULL
   AND EXISTS (SELECT 1 FROM alarm_rule
                WHERE alarm_rule.organization_id = :organization_id AND alarm_rule.condition = 'lost_connection'
                  AND (alarm_rule.sensor_id IS NULL OR alarm_rule.sensor_id = sensor.id))
ON CONFLICT (organization_id, sensor_id) DO NOTHING;

-- name: alarm_expectation_update :exec
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   look_at          int64?
UPDATE alarm_expectation SET look_at = :look_at
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id;

-- name: alarm_expectation_forget :exec
-- The sensor is not heard any more: the gap to its next message is not one between two messages.
-- in:   organization_id  int64
-- in:   sensor_id        int64
UPDATE alarm_expectation SET heard_at = 0
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND heard_at <> 0;

-- name: alarm_wake_due :many
-- Organizations with sensors that changed since seen_version. PostgreSQL locks their rows: another
-- process may be about to put a sensor to sleep.
-- in:   job              text
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
-- out:  seen             int64
-- out:  version          int64
-- for: sqlite
SELECT alarm_cache_owner.organization_id, alarm_cache_owner.seen_version, organization.version
  FROM alarm_cache_owner
  JOIN organization ON organization.id = alarm_cache_owner.organization_id
 WHERE organization.version > alarm_cache_owner.seen_version
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                      AND job_failure.retry_at > :now)
 LIMIT :most;
-- for: postgres
SELECT alarm_cache_owner.organization_id, alarm_cache_owner.seen_version, organization.version
  FROM alarm_cache_owner
  JOIN organization ON organization.id = alarm_cache_owner.organization_id
 WHERE organization.version > alarm_cache_owner.seen_version
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                      AND job_failure.retry_at > :now)
 ORDER BY alarm_cache_owner.organization_id
 LIMIT :most
   FOR UPDATE OF alarm_cache_owner;

-- name: alarm_expectation_wake :exec
-- Wakes the sleeping sensors that changed: they may count by now.
-- in:   organization_id  int64
-- in:   seen             int64
-- in:   now              int64
UPDATE alarm_expectation SET look_at = :now
 WHERE organization_id = :organization_id AND look_at IS NULL
   AND sensor_id IN (SELECT id FROM sensor WHERE organization_id = :organization_id AND version > :seen);

-- name: alarm_wake_done :exec
-- in:   organization_id  int64
-- in:   version          int64
UPDATE alarm_cache_owner SET seen_version = :version WHERE organization_id = :organization_id;

-- name: alarm_lost_owners_lock :many
-- The organizations of the next sensors that may be lost. PostgreSQL locks their rows: else a message
-- that another process saves meanwhile would be overlooked, and its expectation overwritten.
-- in:   job              text
-- in:   now              int64
-- in:   most             int64
-- out:  organization_id  int64
-- for: sqlite
SELECT organization_id
  FROM alarm_cache_owner
 WHERE organization_id IN (SELECT due.organization_id
                             FROM (SELECT organization_id FROM alarm_expectation
                                    WHERE look_at <= :now
                                      AND NOT EXISTS (SELECT 1 FROM job_failure
                                                       WHERE job_failure.job = :job
                                                         AND job_failure.organization_id
                                                           = alarm_expectation.organization_id
                                                         AND job_failure.retry_at > :now)
                                    ORDER BY look_at LIMIT :most) AS due)
 ORDER BY organization_id;
-- for: postgres
SELECT organization_id
  FROM alarm_cache_owner
 WHERE organization_id IN (SELECT due.organization_id
                             FROM (SELECT organization_id FROM alarm_expectation
                                    WHERE look_at <= :now
                                      AND NOT EXISTS (SELECT 1 FROM job_failure
                                                       WHERE job_failure.job = :job
                                                         AND job_failure.organization_id
                                                           = alarm_expectation.organization_id
                                                         AND job_failure.retry_at > :now)
                                    ORDER BY look_at LIMIT :most) AS due)
 ORDER BY organization_id
   FOR UPDATE;

-- name: alarm_expectations_due :many
-- Sensors that may be lost, of any organization. A covered one that is not removed or paused counts,
-- since the latest of covered_from, alarms_from and added_at. next_starts_at: when its next license
-- begins. reported_at: when its newest DeviceInfo or Config came. upgraded_at: when the store learned
-- that a sensor that never sent is a case for a rule.
-- in:   job                text
-- in:   now                int64
-- in:   most               int64
-- out:  organization_id    int64
-- out:  sensor_id          int64
-- out:  heard_at           int64
-- out:  announced          int64
-- out:  gaps               bytes
-- out:  clock_wrong_since  int64
-- out:  reported_at        int64
-- out:  upgraded_at        int64
-- out:  is_removed         bool
-- out:  is_paused          bool
-- out:  is_covered         bool
-- out:  covered_from       int64
-- out:  alarms_from        int64
-- out:  added_at           int64
-- out:  next_starts_at     int64?
SELECT alarm_expectation.organization_id, alarm_expectation.sensor_id, alarm_expectation.heard_at,
       alarm_expectation.announced, alarm_expectation.gaps, alarm_expectation.clock_wrong_since,
       (SELECT coalesce(max(sensor_report.received_at), 0) FROM sensor_report
         WHERE sensor_report.organization_id = sensor.organization_id AND sensor_report.sensor_id = sensor.id),
       (SELECT coalesce(max(applied_at), 0) FROM schema_migration WHERE number = 17),
       sensor.removed_at IS NOT NULL, sensor.alarms_paused,
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
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_expectation.organization_id
                      AND job_failure.retry_at > :now)
 ORDER BY alarm_expectation.look_at
 LIMIT :most;

-- name: alarm_expectation_next :one
-- like: job_failure_next
SELECT (SELECT look_at
          FROM alarm_expectation
         WHERE look_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM job_failure
                            WHERE job_failure.job = :job
                              AND job_failure.organization_id = alarm_expectation.organization_id
                              AND job_failure.retry_at > :now)
         ORDER BY look_at
         LIMIT 1);

-- name: alarm_rules_by_time :many
-- The rules whose alerts on a sensor begin by time alone, without an open alert on it.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- out:  id               int64
-- out:  condition        text
-- out:  for_seconds      int64
-- out:  samples_from     int64
-- out:  made_at          int64
SELECT id, condition, for_seconds, samples_from, made_at
  FROM alarm_rule
 WHERE organization_id = :organization_id AND condition IN ('lost_connection', 'clock_wrong')
   AND (sensor_id = :sensor_id OR sensor_id IS NULL)
   AND NOT EXISTS (SELECT 1 FROM alert
                    WHERE alert.organization_id = alarm_rule.organization_id AND alert.sensor_id = :sensor_id
                      AND alert.ended_at IS NULL AND alert.withdrawn_at IS NULL
                      AND alert.rule_id = alarm_rule.id);

-- name: alarm_status :maybe
-- The newest compacted message of a sensor.
-- in:   organization_id       int64
-- in:   sensor_id             int64
-- out:  last_seen_at          int64
-- out:  next_transmission_at  int64
-- out:  latest                bytes
SELECT last_seen_at, next_transmission_at, latest
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
-- By id, from the rule after `after` on.
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
-- The rules of the organization, and those on one sensor; sensor_id 0: on the sensor with the most.
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
-- Changes no row if the user is not a member.
-- in:   organization_id  int64
-- in:   rule_id          int64
-- in:   user_id          int64
INSERT INTO alarm_recipient (organization_id, rule_id, user_id)
SELECT organization_id, :rule_id, user_id
  FROM member
 WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: alert_insert :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   rule_id          int64
-- in:   sensor_id        int64
-- in:   channel          int64
-- in:   condition        text
-- in:   channel_type     int64
-- in:   threshold        real
-- in:   hysteresis       real
-- in:   for_seconds      int64
-- in:   started_at       int64
-- in:   ended_at         int64?
-- in:   peak             real
-- in:   noticed_at       int64
-- in:   never_seen       bool
INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, channel_type, threshold,
                   hysteresis, for_seconds, started_at, ended_at, peak, noticed_at, mail_pending, begin_mailed,
                   never_seen)
VALUES (:organization_id, :id, :rule_id, :sensor_id, :channel, :condition, :channel_type, :threshold,
        :hysteresis, :for_seconds, :started_at, :ended_at, :peak, :noticed_at, true, false,
        :never_seen);

-- name: alert_update :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   started_at       int64
-- in:   ended_at         int64?
-- in:   peak             real
-- in:   withdrawn_at     int64?
-- in:   over             bool
UPDATE alert
   SET started_at = :started_at, ended_at = :ended_at, peak = :peak, withdrawn_at = :withdrawn_at,
       mail_pending = mail_pending OR :over
 WHERE organization_id = :organization_id AND id = :id;

-- name: alerts_open :each
-- in:   organization_id  int64
-- in:   sensor_ids       int64[32]
-- out:  id               int64
-- out:  rule_id          int64
-- out:  sensor_id        int64
-- out:  channel          int64
-- out:  started_at       int64
-- out:  peak             real
SELECT id, rule_id, sensor_id, channel, started_at, peak
  FROM alert
 WHERE organization_id = :organization_id AND sensor_id IN (:sensor_ids)
   AND ended_at IS NULL AND withdrawn_at IS NULL;

-- name: alerts_of_course :many
-- The alerts of a rule and channel that last beyond `after`, oldest first.
-- in:   organization_id  int64
-- in:   sensor_id        int64
-- in:   rule_id          int64
-- in:   channel          int64
-- in:   after            int64
-- out:  id               int64
-- out:  started_at       int64
-- out:  ended_at         int64?
-- out:  peak             real
SELECT id, started_at, ended_at, peak
  FROM alert
 WHERE organization_id = :organization_id AND sensor_id = :sensor_id AND withdrawn_at IS NULL
   AND rule_id = :rule_id AND channel = :channel AND (ended_at IS NULL OR ended_at > :after)
 ORDER BY started_at, id;

-- name: alerts_end_of_rule :exec
-- Ends the open alerts of a rule that is changed or deleted.
-- in:   organization_id  int64
-- in:   rule_id          int64
-- in:   now              int64
UPDATE alert
   SET ended_at = CASE WHEN started_at > :now THEN started_at ELSE :now END, mail_pending = true
 WHERE organization_id = :organization_id AND rule_id = :rule_id AND ended_at IS NULL AND withdrawn_at IS NULL
   AND sensor_id <> 0;

-- fragment: alert_row
-- evaluated: the rule exists and applies to the sensor now.
-- in:   now              int64
-- out:  id               int64
-- out:  rule_id          int64
-- out:  serial           text
-- out:  sensor_name      text
-- out:  channel          int64
-- out:  condition        text
-- out:  channel_type     int64
-- out:  threshold        real
-- out:  hysteresis       real
-- out:  for_seconds      int64
-- out:  started_at       int64
-- out:  ended_at         int64?
-- out:  peak             real
-- out:  noticed_at       int64
-- out:  withdrawn_at     int64?
-- out:  never_seen       bool
-- out:  evaluated        bool
SELECT alert.id, alert.rule_id, sensor.serial, sensor.name, alert.channel, alert.condition, alert.channel_type,
       alert.threshold, alert.hysteresis, alert.for_seconds, alert.started_at, alert.ended_at, alert.peak,
       alert.noticed_at, alert.withdrawn_at, alert.never_seen,
       sensor.removed_at IS NULL AND NOT sensor.alarms_paused
       AND EXISTS (SELECT 1 FROM license
                    WHERE license.organization_id = alert.organization_id AND license.sensor_id = alert.sensor_id
                      AND license.starts_at <= :now AND license.expires_at > :now)
       AND EXISTS (SELECT 1 FROM alarm_rule
                    WHERE alarm_rule.organization_id = alert.organization_id AND alarm_rule.id = alert.rule_id)
  FROM alert
  JOIN sensor ON sensor.organization_id = alert.organization_id AND sensor.id = alert.sensor_id

-- fragment: alerts_before
-- in:   organization_id  int64
-- in:   before_at        int64
-- in:   before_id        int64
-- in:   most             int64
       alert.organization_id = :organization_id AND alert.withdrawn_at IS NULL
   AND (alert.started_at < :before_at OR (alert.started_at = :before_at AND alert.id < :before_id))
 ORDER BY alert.started_at DESC, alert.id DESC
 LIMIT :most;

-- name: alerts_page :many
-- Newest first, from the alert after (:before_at, :before_id) on. `serial` and `open` are for
-- alerts_page_of_sensor.
-- in:   serial           text
-- in:   open             int64
-- include: alert_row
 WHERE alert.started_at <= :before_at AND
-- include: alerts_before

-- name: alerts_page_ended :many
-- like: alerts_page
-- include: alert_row
 WHERE alert.started_at <= :before_at AND alert.ended_at IS NOT NULL AND
-- include: alerts_before

-- name: alerts_page_open :many
-- like: alerts_page
-- include: alert_row
 WHERE alert.ended_at IS NULL AND alert.sensor_id <> 0 AND
-- include: alerts_before

-- name: alerts_page_of_sensor :many
-- The alerts of the sensors that have, or had, this serial here. open: 0 ended, 1 open, 2 all.
-- like: alerts_page
-- include: alert_row
 WHERE alert.sensor_id IN (SELECT found.id FROM sensor AS found
                            WHERE found.organization_id = :organization_id AND found.serial = :serial
                              AND found.removed_at IS NULL
                            UNION ALL
                           SELECT gone.id FROM sensor AS gone
                            WHERE gone.serial = :serial AND gone.organization_id = :organization_id
                              AND gone.removed_at IS NOT NULL)
   AND (:open = 2 OR (alert.ended_at IS NULL) = (:open = 1)) AND
-- include: alerts_before

-- name: alert_get :maybe
-- like: alerts_page out
-- in:   organization_id  int64
-- in:   id               int64
-- include: alert_row
 WHERE alert.organization_id = :organization_id AND alert.id = :id;

-- fragment: alert_mail_gathers
-- Sensors that never sent are alerted one after the other, and mailed about together. After ten
-- minutes the mail no longer waits for the rest. The plus keeps SQLite from reading all sensors.
       (EXISTS (SELECT 1 FROM alert
                 WHERE alert.organization_id = alarm_cache_owner.organization_id AND alert.mail_pending
                   AND alert.never_seen AND alert.ended_at IS NULL)
        AND EXISTS (SELECT 1 FROM alarm_expectation
                     WHERE +alarm_expectation.organization_id = alarm_cache_owner.organization_id
                       AND alarm_expectation.look_at <= :now AND alarm_expectation.look_at > :now - 600))

-- name: alert_mail_due :maybe
-- The organization with alerts to mail that has waited longest. PostgreSQL locks its row: until the
-- commit no other process mails the same alerts, and no alert begins or ends that would count as
-- mailed.
-- in:   job              text
-- in:   now              int64
-- out:  organization_id  int64
-- out:  name             text
-- out:  time_zone        text
-- for: sqlite
SELECT alarm_cache_owner.organization_id, organization.name, organization.time_zone
  FROM alarm_cache_owner
  JOIN organization ON organization.id = alarm_cache_owner.organization_id
 WHERE alarm_cache_owner.mail_at <= :now
   AND EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_cache_owner.organization_id AND alert.mail_pending)
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_cache_owner.organization_id
                      AND job_failure.retry_at > :now)
   AND NOT
-- include: alert_mail_gathers
 ORDER BY alarm_cache_owner.mail_at, alarm_cache_owner.organization_id
 LIMIT 1;
-- for: postgres
SELECT alarm_cache_owner.organization_id, organization.name, organization.time_zone
  FROM alarm_cache_owner
  JOIN organization ON organization.id = alarm_cache_owner.organization_id
 WHERE alarm_cache_owner.mail_at <= :now
   AND EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_cache_owner.organization_id AND alert.mail_pending)
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_cache_owner.organization_id
                      AND job_failure.retry_at > :now)
   AND NOT
-- include: alert_mail_gathers
 ORDER BY alarm_cache_owner.mail_at, alarm_cache_owner.organization_id
 LIMIT 1
   FOR UPDATE OF alarm_cache_owner;

-- name: alert_mail_next_at :one
-- like: job_failure_next
SELECT min(alarm_cache_owner.mail_at)
  FROM alarm_cache_owner
 WHERE EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_cache_owner.organization_id AND alert.mail_pending)
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = alarm_cache_owner.organization_id
                      AND job_failure.retry_at > :now);

-- name: alert_mail_last :one
-- The last alert of the next batch of mails, by id. A batch takes at most `most` rows: one an alert, and
-- one a recipient of a rule, for alerts that began and again for those that are over. Alerts on sensors
-- that never sent are in the batch without counting: they go out in one mail. NULL: no other is pending.
-- in:   organization_id  int64
-- in:   most             int64
-- out:  id               int64?
SELECT max(counted.id)
  FROM (SELECT weighed.id, sum(weighed.batch_rows) OVER (ORDER BY weighed.id) AS batch_rows
          FROM (SELECT next.id,
                       1 + CASE WHEN row_number() OVER (PARTITION BY next.rule_id, next.over ORDER BY next.id) = 1
                                THEN (SELECT count(*) FROM alarm_recipient
                                       WHERE alarm_recipient.organization_id = :organization_id
                                         AND alarm_recipient.rule_id = next.rule_id)
                                ELSE 0 END AS batch_rows
                  FROM (SELECT id, rule_id, ended_at IS NOT NULL AS over
                          FROM alert
                         WHERE organization_id = :organization_id AND mail_pending
                           AND NOT (never_seen AND ended_at IS NULL)
                         ORDER BY id
                         LIMIT :most) AS next) AS weighed) AS counted
 WHERE counted.batch_rows <= :most;

-- name: alert_mail_batch_insert :exec
-- The alerts up to `last`, and those on sensors that never sent, that a recipient gets a mail about.
-- in:   organization_id  int64
-- in:   last             int64
-- in:   batch_id         int64
INSERT INTO alert_mail_batch (organization_id, batch_id, rule_id, over, alert_id, sensor_id)
SELECT alert.organization_id, :batch_id, alert.rule_id, alert.ended_at IS NOT NULL, alert.id, alert.sensor_id
  FROM alert
  JOIN alarm_rule ON alarm_rule.organization_id = alert.organization_id AND alarm_rule.id = alert.rule_id
 WHERE alert.organization_id = :organization_id AND alert.mail_pending
   AND (alert.id <= :last OR (alert.never_seen AND alert.ended_at IS NULL))
   AND alert.withdrawn_at IS NULL
   AND (NOT alert.begin_mailed OR (alert.ended_at IS NOT NULL AND alarm_rule.tell_when_over))
   AND EXISTS (SELECT 1 FROM alarm_recipient
                WHERE alarm_recipient.organization_id = alert.organization_id
                  AND alarm_recipient.rule_id = alert.rule_id);

-- name: alert_mail_recipients :many
-- The recipients of a batch: the number of alerts in the mail, and how many of them are over.
-- in:   organization_id  int64
-- in:   batch_id         int64
-- out:  user_id          int64
-- out:  email            text
-- out:  alerts           int64
-- out:  over             int64
SELECT alarm_recipient.user_id, user_account.email, CAST(sum(batch.alerts) AS BIGINT),
       CAST(sum(CASE WHEN batch.over THEN batch.alerts ELSE 0 END) AS BIGINT)
  FROM (SELECT rule_id, over, count(*) AS alerts
          FROM alert_mail_batch
         WHERE organization_id = :organization_id AND batch_id = :batch_id
         GROUP BY rule_id, over) AS batch
  JOIN alarm_recipient ON alarm_recipient.organization_id = :organization_id
                      AND alarm_recipient.rule_id = batch.rule_id
  JOIN user_account ON user_account.id = alarm_recipient.user_id
 GROUP BY alarm_recipient.user_id, user_account.email
 ORDER BY user_account.email;

-- name: alert_mail_list :many
-- Some of the alerts in the mail to one recipient, by their begin.
-- in:   organization_id  int64
-- in:   batch_id         int64
-- in:   user_id          int64
-- in:   most             int64
-- out:  serial           text
-- out:  sensor_name      text
-- out:  condition        text
-- out:  channel_type     int64
-- out:  threshold        real
-- out:  started_at       int64
-- out:  ended_at         int64?
-- out:  peak             real
-- out:  never_seen       bool
-- out:  channel          int64
SELECT serial, name, condition, channel_type, threshold, started_at, ended_at, peak, never_seen, channel
  FROM (SELECT alert.id, sensor.serial, sensor.name, alert.condition, alert.channel_type, alert.threshold,
               alert.started_at, alert.ended_at, alert.peak, alert.never_seen, alert.channel
          FROM alert_mail_batch
          JOIN alarm_recipient ON alarm_recipient.organization_id = alert_mail_batch.organization_id
                              AND alarm_recipient.rule_id = alert_mail_batch.rule_id
                              AND alarm_recipient.user_id = :user_id
          JOIN alert ON alert.organization_id = alert_mail_batch.organization_id
                    AND alert.id = alert_mail_batch.alert_id
          JOIN sensor ON sensor.organization_id = alert_mail_batch.organization_id
                     AND sensor.id = alert_mail_batch.sensor_id
         WHERE alert_mail_batch.organization_id = :organization_id AND alert_mail_batch.batch_id = :batch_id
         ORDER BY alert_mail_batch.rule_id, alert_mail_batch.over, alert_mail_batch.alert_id
         LIMIT :most) AS listed
 ORDER BY started_at, id;

-- name: notice_rule_insert :exec
-- The rules of a notice to one recipient: of the alerts that are over, or of those that only began.
-- in:   organization_id  int64
-- in:   batch_id         int64
-- in:   notice_id        int64
-- in:   user_id          int64
-- in:   over             bool
INSERT INTO notice_rule (organization_id, batch_id, rule_id, over, notice_id)
SELECT alarm_recipient.organization_id, :batch_id, alarm_recipient.rule_id, :over, :notice_id
  FROM (SELECT DISTINCT rule_id
          FROM alert_mail_batch
         WHERE organization_id = :organization_id AND batch_id = :batch_id AND over = :over) AS batch
  JOIN alarm_recipient ON alarm_recipient.organization_id = :organization_id
                      AND alarm_recipient.rule_id = batch.rule_id AND alarm_recipient.user_id = :user_id;

-- name: alerts_set_mailed :exec
-- in:   organization_id  int64
-- in:   last             int64
UPDATE alert SET mail_pending = false, begin_mailed = true
 WHERE organization_id = :organization_id AND mail_pending
   AND (id <= :last OR (never_seen AND ended_at IS NULL));

-- name: alert_mail_pause :exec
-- in:   organization_id  int64
-- in:   mail_at          int64
UPDATE alarm_cache_owner SET mail_at = :mail_at WHERE organization_id = :organization_id;

-- name: sensor_alarms_from :exec
-- After a pause.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   at               int64
UPDATE sensor SET alarms_from = :at WHERE organization_id = :organization_id AND id = :id;
