-- Tables and columns get the names that docs/glossary.md lists.
ALTER TABLE alarm_turn RENAME TO alarm_cache_owner;
ALTER TABLE alarm_cache_owner RENAME COLUMN tell_at TO mail_at;
ALTER TABLE alarm_cache_owner RENAME COLUMN woken_version TO seen_version;

ALTER TABLE alert RENAME COLUMN to_tell TO mail_pending;
ALTER TABLE alert RENAME COLUMN told_begin TO begin_mailed;
DROP INDEX alert_to_tell;
CREATE INDEX alert_mail_pending ON alert (organization_id, id) WHERE mail_pending;

ALTER TABLE told_alert RENAME TO alert_mail_batch;
ALTER TABLE alert_mail_batch RENAME COLUMN telling_id TO batch_id;
DROP INDEX told_alert_by_alert;
DROP INDEX told_alert_by_sensor;
CREATE INDEX alert_mail_batch_by_alert ON alert_mail_batch (organization_id, alert_id);
CREATE INDEX alert_mail_batch_by_sensor ON alert_mail_batch (organization_id, sensor_id);
ALTER TABLE notice_rule RENAME COLUMN telling_id TO batch_id;

ALTER TABLE pool_watch RENAME COLUMN look_again_at TO check_at;
ALTER TABLE organization RENAME COLUMN notices_told_user TO notices_last_user;
ALTER TABLE expiry_watch RENAME COLUMN told_until TO emitted_until;
ALTER TABLE expiry_watch RENAME COLUMN told_serial TO emitted_serial;

UPDATE store_fact SET name = 'compaction_step' WHERE name = 'sealing_step';

-- The statistics of 0003_statistics.sql and later ones: a renamed table leaves its rows behind, a
-- dropped index takes its rows along.
-- for: sqlite
DELETE FROM sqlite_stat1 WHERE tbl = 'told_alert';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('alert', 'alert_mail_pending', '1000 100 1'),
    ('alert_mail_batch', 'alert_mail_batch', '10000000 100000 30 10 10 1'),
    ('alert_mail_batch', 'alert_mail_batch_by_alert', '10000000 100000 2'),
    ('alert_mail_batch', 'alert_mail_batch_by_sensor', '10000000 100000 100');
ANALYZE sqlite_schema;
