-- `tenure clock reset`: the mark, and instants that lie too far in the future because a clock was
-- wrong. The command runs rarely, so some of these read whole tables.

-- name: clock_leftovers :one
-- Counts what was decided for instants after :now. Reads all licenses and alerts.
-- in:   now           int64
-- out:  licenses      int64
-- out:  renewals      int64
-- out:  keys          int64
-- out:  notices       int64
-- out:  alerts        int64
-- out:  measurements  int64
-- out:  entries       int64
SELECT (SELECT count(*) FROM license WHERE assigned_at > :now),
       (SELECT count(*) FROM license WHERE assigned_at > :now AND cause = 'auto_renewal'),
       (SELECT count(*) FROM license_key WHERE redeemed_at > :now),
       (SELECT count(*) FROM notice WHERE queued_at > :now),
       (SELECT count(*) FROM alert WHERE noticed_at > :now OR ended_at > :now),
       (SELECT count(*) FROM journal WHERE received_at > :now),
       (SELECT count(*) FROM audit_entry WHERE at > :now);

-- name: clock_reset_mark :exec
-- Changes no row if the mark is not ahead of :now.
-- in:   now  int64
UPDATE clock_mark SET latest_at = :now, resets = resets + 1 WHERE latest_at > :now;

-- name: clock_reset_versions :exec
-- Servers read again what they have computed from a ledger. `now` has no effect.
-- in:   now  int64
UPDATE organization SET version = version + 1 WHERE :now = :now;

-- name: clock_reset_notices :exec
-- Notices are due again. A member who got one gets no second one.
-- like: clock_reset_versions
UPDATE organization
   SET notices_through = CASE WHEN notices_through > :now / 86400 THEN :now / 86400 - 1
                              ELSE notices_through END,
       notices_last_user = 0, notices_due_at = 0
 WHERE notices_through > :now / 86400 + 1 OR notices_due_at > :now + 172800;

-- name: clock_reset_organizations :exec
-- An organization owes no notices from before it was made.
-- like: clock_reset_versions
UPDATE organization SET created_at = :now WHERE created_at > :now;

-- name: clock_reset_pools :exec
-- like: clock_reset_versions
UPDATE pool_watch SET check_at = :now WHERE check_at > :now + 86400;

-- name: clock_reset_expiries :exec
-- like: clock_reset_versions
UPDATE expiry_watch SET emitted_until = :now, emitted_serial = '' WHERE emitted_until > :now;

-- name: clock_reset_messages :exec
-- Waiting messages are tried at once. Reads all of them, because a reset is rare.
-- like: clock_reset_versions
UPDATE outbox SET next_try_at = :now, first_try_at = NULL
 WHERE state = 'waiting' AND next_try_at > :now + 86400;

-- name: clock_reset_pauses :exec
-- A receiver can ask for a pause of at most 3 days.
-- like: clock_reset_versions
DELETE FROM outbox_pause WHERE until > :now + 3 * 86400;

-- name: clock_reset_contacts :exec
-- like: clock_reset_versions
UPDATE sensor_status
   SET last_seen_at = :now,
       clock_wrong_since = CASE WHEN clock_wrong_since > :now THEN :now ELSE clock_wrong_since END,
       tamper_at = CASE WHEN tamper_at > :now THEN :now ELSE tamper_at END
 WHERE last_seen_at > :now;

-- name: clock_reset_journal :exec
-- Compaction waits for the time of a message that arrived ahead of the clock, and with it for all
-- later messages of the sensor. Reads all messages, because it runs rarely.
-- like: clock_reset_versions
UPDATE journal SET received_at = :now WHERE received_at > :now;

-- name: clock_reset_expectations :exec
-- A message is due after 7 days at most, and a rule waits for a day at most.
-- like: clock_reset_versions
UPDATE alarm_expectation
   SET heard_at = CASE WHEN heard_at > :now THEN :now ELSE heard_at END,
       clock_wrong_since = CASE WHEN clock_wrong_since > :now THEN :now ELSE clock_wrong_since END,
       look_at = CASE WHEN look_at > :now THEN :now ELSE look_at END
 WHERE heard_at > :now OR clock_wrong_since > :now OR look_at > :now + 8 * 86400;

-- name: clock_reset_evaluations :exec
-- Each server reads all alarms again.
-- like: clock_reset_versions
UPDATE alarm_cache_owner
   SET evaluated_at = CASE WHEN evaluated_at > :now THEN :now ELSE evaluated_at END, node = 0
 WHERE :now = :now;

-- name: clock_reset_samples_ahead :exec
-- like: clock_reset_versions
UPDATE alarm_due SET due_at = :now WHERE due_at > :now + 86400;

-- name: clock_reset_rules :exec
-- A rule reads no sample from before samples_from, and misses no message from before it was made.
-- like: clock_reset_versions
UPDATE alarm_rule
   SET samples_from = CASE WHEN samples_from > :now THEN :now ELSE samples_from END,
       made_at = CASE WHEN made_at > :now THEN :now ELSE made_at END
 WHERE samples_from > :now OR made_at > :now;

-- name: clock_reset_sensors :exec
-- Alarms count from these instants on. Reads all sensors, because it runs rarely.
-- like: clock_reset_versions
UPDATE sensor
   SET alarms_from = CASE WHEN alarms_from > :now THEN :now ELSE alarms_from END,
       added_at = CASE WHEN added_at > :now THEN :now ELSE added_at END
 WHERE alarms_from > :now OR added_at > :now;

-- name: clock_reset_refusals :exec
-- Reads all refusals, because it runs rarely.
-- like: clock_reset_versions
UPDATE refusal
   SET first_at = CASE WHEN first_at > :now THEN :now ELSE first_at END, last_at = :now
 WHERE last_at > :now;

-- name: clock_reset_refused_messages :exec
-- like: clock_reset_versions
DELETE FROM refused_message WHERE last_hour > :now / 3600;

-- name: clock_reset_conflicts :exec
-- like: clock_reset_versions
UPDATE conflict_watch
   SET day = :now / 86400 - 1, total_before = total, emitted_day = 0
 WHERE day > :now / 86400 OR emitted_day > :now / 86400;

-- name: clock_reset_reports :exec
-- like: clock_reset_versions
UPDATE sensor_report
   SET received_at = :now, enclosure_at = CASE WHEN enclosure_at > :now THEN :now ELSE enclosure_at END
 WHERE received_at > :now;

-- name: clock_reset_config_parts :exec
-- like: clock_reset_versions
DELETE FROM config_part WHERE received_at > :now;

-- name: clock_reset_alert_mails :exec
-- like: clock_reset_versions
UPDATE alarm_cache_owner SET mail_at = :now WHERE mail_at > :now + 86400;

-- name: clock_reset_sessions :exec
-- A session lasts for 30 days.
-- like: clock_reset_versions
UPDATE session SET created_at = :now, expires_at = :now + 30 * 86400
 WHERE expires_at > :now + 30 * 86400;

-- name: clock_reset_invitations :exec
-- like: clock_reset_versions
UPDATE invitation SET invited_at = :now, expires_at = :now + 7 * 86400
 WHERE expires_at > :now + 7 * 86400;

-- name: clock_reset_links :exec
-- like: clock_reset_versions
UPDATE password_reset SET expires_at = :now + 3600 WHERE expires_at > :now + 3600;

-- name: clock_reset_answers :exec
-- like: clock_reset_versions
DELETE FROM idempotent_answer WHERE made_at > :now;

-- name: clock_reset_jobs :exec
-- A job leaves out an organization for an hour at most.
-- like: clock_reset_versions
DELETE FROM job_failure WHERE retry_at > :now + 7200;

-- name: clock_reset_throttles :exec
-- No limit is longer than a day and an hour.
-- like: clock_reset_versions
DELETE FROM throttle WHERE forget_at > :now + 172800;

-- name: clock_reset_guesses :exec
-- like: clock_reset_versions
DELETE FROM guess_counter WHERE forget_at > :now + 172800;

-- name: clock_reset_link_mails :exec
-- like: clock_reset_versions
DELETE FROM password_reset_mail WHERE sent_at > :now;
