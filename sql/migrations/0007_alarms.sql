-- Alarm rules and alerts. What a rule makes of the measurements is a function of them
-- (domain/alarm.h), so no state of evaluation is kept but the alerts themselves.

-- Samples measured before this instant are no longer looked at: alarms were paused until then.
ALTER TABLE sensor ADD COLUMN alarms_from {int64} NOT NULL DEFAULT 0;

CREATE TABLE alarm_rule (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    sensor_id       {int64},                            -- NULL: all sensors
    condition       TEXT    NOT NULL CHECK (condition IN ('above', 'below', 'lost_connection', 'low_battery')),
    channel_type    {int64} NOT NULL,                   -- 0 where the condition is not of values
    threshold       {real}  NOT NULL,
    hysteresis      {real}  NOT NULL CHECK (hysteresis >= 0),
    for_seconds     {int64} NOT NULL CHECK (for_seconds >= 0),
    tell_when_over  {bool}  NOT NULL,
    samples_from    {int64} NOT NULL,                   -- 0, or when its condition was changed: older samples do not count
    made_at         {int64} NOT NULL,
    made_by         TEXT    NOT NULL,
    PRIMARY KEY (organization_id, id)
){clustered};

CREATE INDEX alarm_rule_by_sensor ON alarm_rule (organization_id, sensor_id, id);

-- The recipients. One who stops being a member gets no more messages.
CREATE TABLE alarm_recipient (
    organization_id {int64} NOT NULL,
    rule_id         {int64} NOT NULL,
    user_id         {int64} NOT NULL,
    PRIMARY KEY (organization_id, rule_id, user_id),
    FOREIGN KEY (organization_id, rule_id) REFERENCES alarm_rule (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, user_id) REFERENCES member (organization_id, user_id) ON DELETE CASCADE
){clustered};

CREATE INDEX alarm_recipient_by_user ON alarm_recipient (organization_id, user_id);

-- What a rule found, with the condition as it was then: the rule may change or go.
CREATE TABLE alert (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    rule_id         {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    channel         {int64} NOT NULL,                   -- 0 where the condition is not of values
    condition       TEXT    NOT NULL,
    channel_type    {int64} NOT NULL,
    threshold       {real}  NOT NULL,
    hysteresis      {real}  NOT NULL,
    for_seconds     {int64} NOT NULL,
    started_at      {int64} NOT NULL,
    ended_at        {int64},                            -- NULL: open
    peak            {real}  NOT NULL,                   -- 0 where the condition is not of values
    noticed_at      {int64} NOT NULL,                   -- by the server's clock
    withdrawn_at    {int64},                            -- later measurements have shown that it was none
    to_tell         {bool}  NOT NULL,                   -- somebody is to be told that it began or is over
    told_begin      {bool}  NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, sensor_id) REFERENCES sensor (organization_id, id),
    CHECK (ended_at IS NULL OR ended_at >= started_at)
){strict};

CREATE INDEX alert_by_start ON alert (organization_id, started_at, id) WHERE withdrawn_at IS NULL;
CREATE INDEX alert_by_sensor ON alert (organization_id, sensor_id, started_at, id) WHERE withdrawn_at IS NULL;
CREATE INDEX alert_open ON alert (organization_id, sensor_id, id) WHERE ended_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX alert_to_tell ON alert (organization_id, id) WHERE to_tell;

-- One row for each organization that has, or had, rules. A server that evaluates claims the row in
-- the same transaction, so that its cache of rules and sensors is exact. A change of a rule releases
-- it.
CREATE TABLE alarm_turn (
    organization_id {int64} PRIMARY KEY REFERENCES organization (id),
    node            {int64} NOT NULL,                   -- whose memory is good; 0: nobody's
    node_before     {int64} NOT NULL,                   -- who had it before the last who took it
    tell_at         {int64} NOT NULL                    -- no mail of alerts before
){clustered};

-- When a sensor that a rule watches for its connection said that it would send again. Moved on at
-- most once a minute a sensor.
CREATE TABLE alarm_expectation (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    expected_at     {int64} NOT NULL,
    look_at         {int64},                            -- when it may be lost; NULL once that was said
    PRIMARY KEY (organization_id, sensor_id)
){clustered};

CREATE INDEX alarm_expectation_by_look ON alarm_expectation (look_at) WHERE look_at IS NOT NULL;

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('alarm_rule', 'alarm_rule', '1000000 10000 1'),
    ('alarm_rule', 'alarm_rule_by_sensor', '1000000 10000 10 1'),
    ('alert', 'sqlite_autoindex_alert_1', '10000000 100000 1'),
    ('alert', 'alert_by_start', '10000000 100000 10 1'),
    ('alert', 'alert_by_sensor', '10000000 100000 100 1 1'),
    ('alert', 'alert_open', '100000 1000 2 1'),
    ('alert', 'alert_to_tell', '1000 100 1'),
    ('alarm_expectation', 'alarm_expectation', '1000000 10000 1'),
    ('alarm_expectation', 'alarm_expectation_by_look', '1000000 10');
ANALYZE sqlite_schema;
-- for: postgres
SELECT 1;
