-- More conditions of alarm rules, and what a sensor shows of its clock and of tampering.

-- As far as its journal is compacted.
ALTER TABLE sensor_status ADD COLUMN clock_wrong_since {int64} NOT NULL DEFAULT 0;  -- arrival of the first message; 0: right
ALTER TABLE sensor_status ADD COLUMN clock_offset {int64} NOT NULL DEFAULT 0;       -- seconds ahead of the server's clock
ALTER TABLE sensor_status ADD COLUMN tamper_at {int64} NOT NULL DEFAULT 0;          -- arrival of the newest sign; 0: none
ALTER TABLE sensor_status ADD COLUMN tamper_signs {int64} NOT NULL DEFAULT 0;       -- domain/measurement.h

-- Of the DeviceInfo: whether the enclosure is open, and since which message it is so.
ALTER TABLE sensor_report ADD COLUMN enclosure {int64} NOT NULL DEFAULT 0;          -- domain/measurement.h
ALTER TABLE sensor_report ADD COLUMN enclosure_at {int64} NOT NULL DEFAULT 0;

ALTER TABLE alert ADD COLUMN never_seen {bool} NOT NULL DEFAULT false;              -- lost: it never sent a message

-- For each sensor with a rule on its connection, its clock or tampering: domain/contact.h.
ALTER TABLE alarm_expectation DROP COLUMN expected_at;
ALTER TABLE alarm_expectation ADD COLUMN heard_at {int64} NOT NULL DEFAULT 0;           -- 0: not since a rule watches it
ALTER TABLE alarm_expectation ADD COLUMN announced {int64} NOT NULL DEFAULT 0;          -- seconds; 0: none
ALTER TABLE alarm_expectation ADD COLUMN clock_wrong_since {int64} NOT NULL DEFAULT 0;  -- 0: right
ALTER TABLE alarm_expectation ADD COLUMN enclosure {int64} NOT NULL DEFAULT 0;          -- as in sensor_report

-- A sensor that never sent is a case for a rule, too.
INSERT INTO alarm_expectation (organization_id, sensor_id, look_at)
SELECT sensor.organization_id, sensor.id, 0
  FROM sensor
 WHERE sensor.removed_at IS NULL
   AND EXISTS (SELECT 1 FROM alarm_rule
                WHERE alarm_rule.organization_id = sensor.organization_id AND alarm_rule.condition = 'lost_connection'
                  AND (alarm_rule.sensor_id IS NULL OR alarm_rule.sensor_id = sensor.id))
ON CONFLICT (organization_id, sensor_id) DO UPDATE SET look_at = 0;

-- SQLite cannot change a CHECK: the table is made anew, and so is the one that refers to it.
-- for: sqlite
ALTER TABLE alarm_expectation ADD COLUMN gaps {bytes} NOT NULL DEFAULT x'';             -- the last ones

CREATE TABLE alarm_rule_anew (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    sensor_id       {int64},                            -- NULL: all sensors
    condition       TEXT    NOT NULL CHECK (condition IN ('above', 'below', 'lost_connection', 'low_battery',
                                                          'sensor_error', 'clock_wrong', 'tamper')),
    channel_type    {int64} NOT NULL,                   -- 0 where the condition is not of one type of channel
    threshold       {real}  NOT NULL,
    hysteresis      {real}  NOT NULL CHECK (hysteresis >= 0),
    for_seconds     {int64} NOT NULL CHECK (for_seconds >= 0),
    tell_when_over  {bool}  NOT NULL,
    samples_from    {int64} NOT NULL,                   -- 0, or when its condition was changed: older samples do not count
    made_at         {int64} NOT NULL,
    made_by         TEXT    NOT NULL,
    PRIMARY KEY (organization_id, id)
){clustered};

INSERT INTO alarm_rule_anew (organization_id, id, sensor_id, condition, channel_type, threshold, hysteresis,
                             for_seconds, tell_when_over, samples_from, made_at, made_by)
SELECT organization_id, id, sensor_id, condition, channel_type, threshold, hysteresis,
       for_seconds, tell_when_over, samples_from, made_at, made_by
  FROM alarm_rule;

CREATE TABLE alarm_recipient_anew (
    organization_id {int64} NOT NULL,
    rule_id         {int64} NOT NULL,
    user_id         {int64} NOT NULL,
    PRIMARY KEY (organization_id, rule_id, user_id),
    FOREIGN KEY (organization_id, rule_id) REFERENCES alarm_rule_anew (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES member (organization_id, user_id) ON DELETE CASCADE
){clustered};

INSERT INTO alarm_recipient_anew (organization_id, rule_id, user_id)
SELECT organization_id, rule_id, user_id FROM alarm_recipient;
DROP TABLE alarm_recipient;
DROP TABLE alarm_rule;
ALTER TABLE alarm_rule_anew RENAME TO alarm_rule; -- the reference to it is renamed, too
ALTER TABLE alarm_recipient_anew RENAME TO alarm_recipient;
CREATE INDEX alarm_rule_by_sensor ON alarm_rule (organization_id, sensor_id, id);
CREATE INDEX alarm_recipient_by_user ON alarm_recipient (organization_id, user_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('alarm_rule', 'alarm_rule', '1000000 10000 1'),
    ('alarm_rule', 'alarm_rule_by_sensor', '1000000 10000 10 1');
ANALYZE sqlite_schema;
-- for: postgres
ALTER TABLE alarm_expectation ADD COLUMN gaps {bytes} NOT NULL DEFAULT '';

ALTER TABLE alarm_rule
    DROP CONSTRAINT alarm_rule_condition_check,
    ADD CONSTRAINT alarm_rule_condition_check CHECK (condition IN ('above', 'below', 'lost_connection', 'low_battery',
                                                                   'sensor_error', 'clock_wrong', 'tamper'));
