-- Notices of ending licenses, the low pool, and the calendar feed.

-- name: calendar_links :many
-- The link of a member, and the link of an older program, which belongs to no member. is_own: the
-- first.
-- in:   organization_id  int64
-- in:   user_id          int64
-- out:  is_own           bool
-- out:  made_at          int64
-- out:  made_by          text
SELECT user_id IS NOT NULL, made_at, made_by
  FROM calendar_link
 WHERE organization_id = :organization_id AND (user_id = :user_id OR user_id IS NULL);

-- name: calendar_link_insert :exec
-- Changes no row if the user is not a member, or may not see licenses.
-- in:   token_hash       bytes
-- in:   organization_id  int64
-- in:   user_id          int64
-- in:   made_at          int64
-- in:   made_by          text
INSERT INTO calendar_link (token_hash, organization_id, user_id, made_at, made_by)
SELECT :token_hash, organization_id, user_id, :made_at, :made_by
  FROM member
 WHERE organization_id = :organization_id AND user_id = :user_id
   AND role IN ('administrator', 'manager');

-- name: calendar_links_delete :exec
-- Of the member, and of no member.
-- in:   organization_id  int64
-- in:   user_id          int64
DELETE FROM calendar_link
 WHERE organization_id = :organization_id AND (user_id = :user_id OR user_id IS NULL);

-- name: calendar_link_by_token :maybe
-- Ends with the membership, and with a role that may not see licenses.
-- in:   token_hash       bytes
-- out:  organization_id  int64
-- out:  name             text
-- out:  version          int64
SELECT organization.id, organization.name, organization.version
  FROM calendar_link
  JOIN organization ON organization.id = calendar_link.organization_id
  LEFT JOIN member  ON member.organization_id = calendar_link.organization_id
                   AND member.user_id = calendar_link.user_id
 WHERE calendar_link.token_hash = :token_hash
   AND (calendar_link.user_id IS NULL OR member.role IN ('administrator', 'manager'));

-- name: calendar_ends :each
-- Licenses that end after an instant, in order, of sensors that are not removed. `followed_by`:
-- the cause of the next license, '' for none.
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

-- name: notices_organizations :many
-- Organizations whose notices are due. Those that have waited longest come first.
-- in:   job                text
-- in:   now                int64
-- in:   most               int64
-- out:  id                 int64
-- out:  created_at         int64
-- out:  name               text
-- out:  time_zone          text
-- out:  notice_time        text
-- out:  notices_through    int64
-- out:  notices_last_user  int64
SELECT id, created_at, name, time_zone, notice_time, notices_through, notices_last_user
  FROM organization
 WHERE notices_due_at <= :now
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                      AND job_failure.retry_at > :now)
 ORDER BY notices_due_at, id
 LIMIT :most;

-- name: notices_next :one
-- When the next notices are due; 0 for an organization that was not checked yet.
-- like: job_failure_next
SELECT (SELECT notices_due_at
          FROM organization
         WHERE NOT EXISTS (SELECT 1 FROM job_failure
                            WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                              AND job_failure.retry_at > :now)
         ORDER BY notices_due_at, id
         LIMIT 1);

-- name: notices_done :exec
-- These days are done, or their recipients up to :last_user. Changes no row if another node was
-- faster, or if the settings have changed.
-- in:   id           int64
-- in:   seen         int64
-- in:   seen_user    int64
-- in:   time_zone    text
-- in:   notice_time  text
-- in:   through      int64
-- in:   last_user    int64
-- in:   due_at       int64
UPDATE organization
   SET notices_through = :through, notices_last_user = :last_user, notices_due_at = :due_at
 WHERE id = :id AND notices_through = :seen AND notices_last_user = :seen_user
   AND time_zone = :time_zone AND notice_time = :notice_time;

-- name: notices_any :maybe
-- Is there a license that ends in (after, until] and may owe a notice?
-- in:   organization_id  int64
-- in:   after            int64
-- in:   until            int64
-- out:  any              bool
SELECT true
  FROM license
 WHERE organization_id = :organization_id AND expires_at > :after AND expires_at <= :until
   AND revoked_at IS NULL
 LIMIT 1;

-- name: notices_ending :each
-- Licenses that end in (after, until], of sensors that are not removed. `followed_by`: the cause of
-- the next license, '' for none. `sent`: how many users had the notice already.
-- in:   organization_id  int64
-- in:   after            int64
-- in:   until            int64
-- in:   kind             text
-- out:  license_id       int64
-- out:  starts_at        int64
-- out:  expires_at       int64
-- out:  assigned_at      int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  name             text
-- out:  auto_renewal     bool
-- out:  followed_by      text
-- out:  sent             int64
SELECT license.id, license.starts_at, license.expires_at, license.assigned_at,
       sensor.id, sensor.serial, sensor.name, sensor.auto_renewal,
       coalesce((SELECT behind.cause FROM license AS behind
                  WHERE behind.organization_id = license.organization_id
                    AND behind.sensor_id = license.sensor_id
                    AND behind.starts_at = license.expires_at), ''),
       (SELECT count(*) FROM notice_item
         WHERE notice_item.organization_id = license.organization_id
           AND notice_item.license_id = license.id AND notice_item.kind = :kind)
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
 WHERE license.organization_id = :organization_id
   AND license.expires_at > :after AND license.expires_at <= :until
   AND license.revoked_at IS NULL AND sensor.removed_at IS NULL;

-- name: notice_item_get :maybe
-- in:   organization_id  int64
-- in:   license_id       int64
-- in:   kind             text
-- in:   user_id          int64
-- out:  notice_id        int64
SELECT notice_id
  FROM notice_item
 WHERE organization_id = :organization_id AND license_id = :license_id AND kind = :kind
   AND user_id = :user_id;

-- name: notice_item_insert :batch
-- in:   organization_id  int64
-- in:   license_id       int64
-- in:   kind             text
-- in:   user_id          int64
-- in:   notice_id        int64
-- in:   sensor_id        int64
INSERT INTO notice_item (organization_id, license_id, kind, user_id, notice_id, sensor_id)
VALUES (:organization_id, :license_id, :kind, :user_id, :notice_id, :sensor_id);

-- name: notice_recipients :many
-- By name, then e-mail.
-- in:   organization_id  int64
-- out:  user_id          int64
-- out:  email            text
-- out:  name             text
-- out:  only_what_stops  bool
SELECT notice_recipient.user_id, user_account.email, user_account.name, notice_recipient.only_what_stops
  FROM notice_recipient
  JOIN user_account ON user_account.id = notice_recipient.user_id
 WHERE notice_recipient.organization_id = :organization_id
 ORDER BY user_account.name_folded, user_account.email;

-- name: notice_recipients_delete :exec
-- in:   organization_id  int64
DELETE FROM notice_recipient WHERE organization_id = :organization_id;

-- name: notice_recipient_insert :exec
-- Changes no row if the user is not a member.
-- in:   organization_id  int64
-- in:   user_id          int64
-- in:   only_what_stops  bool
INSERT INTO notice_recipient (organization_id, user_id, only_what_stops)
SELECT organization_id, user_id, :only_what_stops
  FROM member
 WHERE organization_id = :organization_id AND user_id = :user_id;

-- fragment: notice_row
-- With its mail, if the outbox still has it. `items`: the number of licenses or alerts in it.
-- in:   organization_id  int64
-- out:  id               int64
-- out:  kind             text
-- out:  recipient        text
-- out:  due_on           int64
-- out:  queued_at        int64
-- out:  state            text
-- out:  attempts         int64
-- out:  sent_at          int64
-- out:  last_error       text
-- out:  items            int64
SELECT notice.id, notice.kind, notice.recipient, notice.due_on, notice.queued_at,
       coalesce(outbox.state, 'sent'), coalesce(outbox.attempts, 0), outbox.sent_at,
       nullif(outbox.last_error, ''),
       (SELECT count(*) FROM notice_item
         WHERE notice_item.organization_id = notice.organization_id AND notice_item.notice_id = notice.id)
       + (SELECT count(*)
            FROM notice_rule
            JOIN alert_mail_batch ON alert_mail_batch.organization_id = notice_rule.organization_id
                           AND alert_mail_batch.batch_id = notice_rule.batch_id
                           AND alert_mail_batch.rule_id = notice_rule.rule_id AND alert_mail_batch.over = notice_rule.over
           WHERE notice_rule.organization_id = notice.organization_id AND notice_rule.notice_id = notice.id)
  FROM notice
  LEFT JOIN outbox ON outbox.organization_id = notice.organization_id AND outbox.id = notice.outbox_id
 WHERE notice.organization_id = :organization_id

-- fragment: notices_before
-- in:   before_at        int64
-- in:   before_id        int64
-- in:   most             int64
   AND (notice.queued_at, notice.id) < (:before_at, :before_id)
 ORDER BY notice.queued_at DESC, notice.id DESC
 LIMIT :most;

-- name: notices_page :many
-- Newest first; the page starts after (:before_at, :before_id). Only the statements below read
-- `sensor_id` and `alert_id`.
-- in:   sensor_id        int64
-- in:   alert_id         int64
-- include: notice_row
-- include: notices_before

-- name: notices_page_of_sensor :many
-- Notices about a sensor.
-- like: notices_page
-- include: notice_row
   AND notice.id IN (SELECT notice_item.notice_id FROM notice_item
                      WHERE notice_item.organization_id = :organization_id AND notice_item.sensor_id = :sensor_id
                      UNION
                     SELECT notice_rule.notice_id
                       FROM alert_mail_batch
                       JOIN notice_rule ON notice_rule.organization_id = alert_mail_batch.organization_id
                                       AND notice_rule.batch_id = alert_mail_batch.batch_id
                                       AND notice_rule.rule_id = alert_mail_batch.rule_id
                                       AND notice_rule.over = alert_mail_batch.over
                      WHERE alert_mail_batch.organization_id = :organization_id AND alert_mail_batch.sensor_id = :sensor_id)
-- include: notices_before

-- name: notices_page_of_alert :many
-- Notices about an alert; :sensor_id is 0, or the sensor of the alert.
-- like: notices_page
-- include: notice_row
   AND notice.id IN (SELECT notice_rule.notice_id
                       FROM alert_mail_batch
                       JOIN notice_rule ON notice_rule.organization_id = alert_mail_batch.organization_id
                                       AND notice_rule.batch_id = alert_mail_batch.batch_id
                                       AND notice_rule.rule_id = alert_mail_batch.rule_id
                                       AND notice_rule.over = alert_mail_batch.over
                      WHERE alert_mail_batch.organization_id = :organization_id AND alert_mail_batch.alert_id = :alert_id
                        AND (:sensor_id = 0 OR alert_mail_batch.sensor_id = :sensor_id))
-- include: notices_before

-- name: notice_serials :many
-- Serials of the sensors of a notice, in order.
-- in:   organization_id  int64
-- in:   notice_id        int64
-- out:  serial           text
SELECT sensor.serial
  FROM (SELECT notice_item.sensor_id AS id FROM notice_item
         WHERE notice_item.organization_id = :organization_id AND notice_item.notice_id = :notice_id
         UNION
        SELECT alert_mail_batch.sensor_id
          FROM notice_rule
          JOIN alert_mail_batch ON alert_mail_batch.organization_id = notice_rule.organization_id
                         AND alert_mail_batch.batch_id = notice_rule.batch_id
                         AND alert_mail_batch.rule_id = notice_rule.rule_id AND alert_mail_batch.over = notice_rule.over
         WHERE notice_rule.organization_id = :organization_id AND notice_rule.notice_id = :notice_id) AS named
  JOIN sensor ON sensor.organization_id = :organization_id AND sensor.id = named.id
 ORDER BY sensor.serial;

-- name: test_mail_delivery :maybe
-- in:   organization_id  int64
-- in:   id               int64
-- out:  recipient        text
-- out:  queued_at        int64
-- out:  state            text
-- out:  attempts         int64
-- out:  sent_at          int64
-- out:  last_error       text
SELECT target, queued_at, state, attempts, sent_at, nullif(last_error, '')
  FROM outbox
 WHERE organization_id = :organization_id AND id = :id AND purpose = 'test';

-- name: pool_watch_due :many
-- Organizations whose ledger has changed since the last check, or whose next check is due. Reads
-- the row of every organization, but not their sensors.
-- in:   job      text
-- in:   now      int64
-- in:   most     int64
-- out:  id       int64
-- out:  name     text
-- out:  version  int64
-- out:  low      bool
SELECT organization.id, organization.name, organization.version, coalesce(pool_watch.low, false)
  FROM organization
  LEFT JOIN pool_watch ON pool_watch.organization_id = organization.id
 WHERE (pool_watch.version IS NULL OR pool_watch.version <> organization.version
        OR pool_watch.check_at <= :now)
   AND NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = organization.id
                      AND job_failure.retry_at > :now)
 LIMIT :most;

-- name: pool_watch_next :one
-- like: job_failure_next
SELECT min(check_at)
  FROM pool_watch
 WHERE NOT EXISTS (SELECT 1 FROM job_failure
                    WHERE job_failure.job = :job AND job_failure.organization_id = pool_watch.organization_id
                      AND job_failure.retry_at > :now);

-- name: pool_watch_checked :exec
-- in:   organization_id  int64
-- in:   version          int64
-- in:   check_at         int64
INSERT INTO pool_watch (organization_id, version, check_at, low)
VALUES (:organization_id, :version, :check_at, false)
ON CONFLICT (organization_id) DO UPDATE SET version = :version, check_at = :check_at;

-- name: pool_watch_set_low :exec
-- Changes no row if the state is the same: of several nodes, one warns.
-- in:   organization_id  int64
-- in:   low              bool
UPDATE pool_watch SET low = :low WHERE organization_id = :organization_id AND low <> :low;
