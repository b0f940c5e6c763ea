-- Alerts follow from samples whose time has come, and a state of a binary channel lasts until the next
-- one: both can begin or end an alert while no message arrives.

-- A sensor whose samples are evaluated again at due_at: a saved sample is ahead of the clock until
-- then, or a state has lasted long enough then. 0: only the states that hold now.
CREATE TABLE alarm_due (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    due_at          {int64} NOT NULL,
    PRIMARY KEY (organization_id, sensor_id)
){clustered};

CREATE INDEX alarm_due_by_time ON alarm_due (organization_id, due_at);

-- The latest instant at which a server evaluated what was due. Another server, whose clock is slower,
-- evaluates no earlier instant.
ALTER TABLE alarm_cache_owner ADD COLUMN evaluated_at {int64} NOT NULL DEFAULT 0;

-- States that stand already count.
INSERT INTO alarm_due (organization_id, sensor_id, due_at)
SELECT organization_id, id, 0
  FROM sensor
 WHERE removed_at IS NULL
   AND EXISTS (SELECT 1 FROM alarm_rule
                WHERE alarm_rule.organization_id = sensor.organization_id
                  AND alarm_rule.channel_type IN (5, 7, 42)
                  AND (alarm_rule.sensor_id IS NULL OR alarm_rule.sensor_id = sensor.id));

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('alarm_due', 'alarm_due', '100000 1000 1'),
    ('alarm_due', 'alarm_due_by_time', '100000 1000 10');
ANALYZE sqlite_schema;
-- for: postgres
SELECT 1;
