-- What alarm rules have found.

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
INSERT INTO alert (organization_id, id, rule_id, sensor_id, channel, condition, channel_type, threshold,
                   hysteresis, for_seconds, started_at, ended_at, peak, noticed_at, to_tell, told_begin)
VALUES (:organization_id, :id, :rule_id, :sensor_id, :channel, :condition, :channel_type, :threshold,
        :hysteresis, :for_seconds, :started_at, :ended_at, :peak, :noticed_at, true, false);

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
       to_tell = to_tell OR :over
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
-- Those of a rule and channel that go on after an instant, oldest first.
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
-- A rule is changed or gone: what is open ends with it.
-- in:   organization_id  int64
-- in:   rule_id          int64
-- in:   now              int64
UPDATE alert
   SET ended_at = CASE WHEN started_at > :now THEN started_at ELSE :now END, to_tell = true
 WHERE organization_id = :organization_id AND rule_id = :rule_id AND ended_at IS NULL AND withdrawn_at IS NULL
   AND sensor_id <> 0;

-- fragment: alert_row
-- `evaluated`: its rule is there and looks at the sensor now.
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
-- out:  evaluated        bool
SELECT alert.id, alert.rule_id, sensor.serial, sensor.name, alert.channel, alert.condition, alert.channel_type,
       alert.threshold, alert.hysteresis, alert.for_seconds, alert.started_at, alert.ended_at, alert.peak,
       alert.noticed_at, alert.withdrawn_at,
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
-- Newest first; the row before the page is (:before_at, :before_id). `serial` and `open` are for
-- those of a sensor.
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
-- Of the sensors that have, or had, this serial here. open: 0 ended, 1 open, 2 all.
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

-- name: alert_tell_next :maybe
-- An organization in which somebody is to be told of alerts. PostgreSQL holds its turn, so that until
-- the commit nobody else tells the same, and no alert begins or ends that would count as told.
-- in:   now              int64
-- out:  organization_id  int64
-- out:  name             text
-- out:  time_zone        text
-- for: sqlite
SELECT alarm_turn.organization_id, organization.name, organization.time_zone
  FROM alarm_turn
  JOIN organization ON organization.id = alarm_turn.organization_id
 WHERE alarm_turn.tell_at <= :now
   AND EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_turn.organization_id AND alert.to_tell)
 LIMIT 1;
-- for: postgres
SELECT alarm_turn.organization_id, organization.name, organization.time_zone
  FROM alarm_turn
  JOIN organization ON organization.id = alarm_turn.organization_id
 WHERE alarm_turn.tell_at <= :now
   AND EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_turn.organization_id AND alert.to_tell)
 LIMIT 1
   FOR UPDATE OF alarm_turn;

-- name: alert_tell_at :one
-- out:  at  int64?
SELECT min(alarm_turn.tell_at)
  FROM alarm_turn
 WHERE EXISTS (SELECT 1 FROM alert WHERE alert.organization_id = alarm_turn.organization_id AND alert.to_tell);

-- name: alerts_to_tell_last :one
-- The last of the next that are to be told of, by id, as far as `most` rows remember the telling: one
-- an alert, and one for each recipient of a rule, for what began and what is over. None: nothing is.
-- in:   organization_id  int64
-- in:   most             int64
-- out:  id               int64?
SELECT max(counted.id)
  FROM (SELECT weighed.id, sum(weighed.told_rows) OVER (ORDER BY weighed.id) AS told_rows
          FROM (SELECT next.id,
                       1 + CASE WHEN row_number() OVER (PARTITION BY next.rule_id, next.over ORDER BY next.id) = 1
                                THEN (SELECT count(*) FROM alarm_recipient
                                       WHERE alarm_recipient.organization_id = :organization_id
                                         AND alarm_recipient.rule_id = next.rule_id)
                                ELSE 0 END AS told_rows
                  FROM (SELECT id, rule_id, ended_at IS NOT NULL AS over
                          FROM alert
                         WHERE organization_id = :organization_id AND to_tell
                         ORDER BY id
                         LIMIT :most) AS next) AS weighed) AS counted
 WHERE counted.told_rows <= :most;

-- name: told_alert_insert :exec
-- Those up to `last` that somebody is told of.
-- in:   organization_id  int64
-- in:   last             int64
-- in:   telling_id       int64
INSERT INTO told_alert (organization_id, telling_id, rule_id, over, alert_id, sensor_id)
SELECT alert.organization_id, :telling_id, alert.rule_id, alert.ended_at IS NOT NULL, alert.id, alert.sensor_id
  FROM alert
  JOIN alarm_rule ON alarm_rule.organization_id = alert.organization_id AND alarm_rule.id = alert.rule_id
 WHERE alert.organization_id = :organization_id AND alert.to_tell AND alert.id <= :last
   AND alert.withdrawn_at IS NULL
   AND (NOT alert.told_begin OR (alert.ended_at IS NOT NULL AND alarm_rule.tell_when_over))
   AND EXISTS (SELECT 1 FROM alarm_recipient
                WHERE alarm_recipient.organization_id = alert.organization_id
                  AND alarm_recipient.rule_id = alert.rule_id);

-- name: alert_tellings :many
-- Who is told of how many, and how many of them are over.
-- in:   organization_id  int64
-- in:   telling_id       int64
-- out:  user_id          int64
-- out:  email            text
-- out:  alerts           int64
-- out:  over             int64
SELECT alarm_recipient.user_id, user_account.email, CAST(sum(told.alerts) AS BIGINT),
       CAST(sum(CASE WHEN told.over THEN told.alerts ELSE 0 END) AS BIGINT)
  FROM (SELECT rule_id, over, count(*) AS alerts
          FROM told_alert
         WHERE organization_id = :organization_id AND telling_id = :telling_id
         GROUP BY rule_id, over) AS told
  JOIN alarm_recipient ON alarm_recipient.organization_id = :organization_id
                      AND alarm_recipient.rule_id = told.rule_id
  JOIN user_account ON user_account.id = alarm_recipient.user_id
 GROUP BY alarm_recipient.user_id, user_account.email
 ORDER BY user_account.email;

-- name: alerts_to_tell :many
-- Some of those that one recipient is told of.
-- in:   organization_id  int64
-- in:   telling_id       int64
-- in:   user_id          int64
-- in:   most             int64
-- out:  id               int64
-- out:  serial           text
-- out:  sensor_name      text
-- out:  condition        text
-- out:  channel_type     int64
-- out:  threshold        real
-- out:  started_at       int64
-- out:  ended_at         int64?
-- out:  peak             real
SELECT alert.id, sensor.serial, sensor.name, alert.condition, alert.channel_type, alert.threshold,
       alert.started_at, alert.ended_at, alert.peak
  FROM told_alert
  JOIN alarm_recipient ON alarm_recipient.organization_id = told_alert.organization_id
                      AND alarm_recipient.rule_id = told_alert.rule_id AND alarm_recipient.user_id = :user_id
  JOIN alert ON alert.organization_id = told_alert.organization_id AND alert.id = told_alert.alert_id
  JOIN sensor ON sensor.organization_id = told_alert.organization_id AND sensor.id = told_alert.sensor_id
 WHERE told_alert.organization_id = :organization_id AND told_alert.telling_id = :telling_id
 ORDER BY told_alert.rule_id, told_alert.over, told_alert.alert_id
 LIMIT :most;

-- name: notice_rule_insert :exec
-- What a notice tells one recipient: what is over, or what only began.
-- in:   organization_id  int64
-- in:   telling_id       int64
-- in:   notice_id        int64
-- in:   user_id          int64
-- in:   over             bool
INSERT INTO notice_rule (organization_id, telling_id, rule_id, over, notice_id)
SELECT alarm_recipient.organization_id, :telling_id, alarm_recipient.rule_id, :over, :notice_id
  FROM (SELECT DISTINCT rule_id
          FROM told_alert
         WHERE organization_id = :organization_id AND telling_id = :telling_id AND over = :over) AS told
  JOIN alarm_recipient ON alarm_recipient.organization_id = :organization_id
                      AND alarm_recipient.rule_id = told.rule_id AND alarm_recipient.user_id = :user_id;

-- name: alerts_told :exec
-- in:   organization_id  int64
-- in:   last             int64
UPDATE alert SET to_tell = false, told_begin = true
 WHERE organization_id = :organization_id AND to_tell AND id <= :last;

-- name: alert_told_until :exec
-- in:   organization_id  int64
-- in:   tell_at          int64
UPDATE alarm_turn SET tell_at = :tell_at WHERE organization_id = :organization_id;
