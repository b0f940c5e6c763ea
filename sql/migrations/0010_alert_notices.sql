-- What was told of alerts is a notice too: to whom, when, and what became of its mail.

-- The alerts that a notice speaks of.
CREATE TABLE notice_alert (
    organization_id {int64} NOT NULL,
    alert_id        {int64} NOT NULL,
    notice_id       {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    PRIMARY KEY (organization_id, alert_id, notice_id)
){clustered};

CREATE INDEX notice_alert_by_notice ON notice_alert (organization_id, notice_id, sensor_id);
CREATE INDEX notice_alert_by_sensor ON notice_alert (organization_id, sensor_id, notice_id);

-- Its new kinds. SQLite cannot change a CHECK: the table is made anew.
-- for: sqlite
CREATE TABLE notice_anew (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked',
                                                     'alert_began', 'alert_over')),
    user_id         {int64} NOT NULL,
    recipient       TEXT    NOT NULL,                   -- the address, as it was
    due_on          {int64} NOT NULL,                   -- local day, days since 1970
    queued_at       {int64} NOT NULL,
    outbox_id       {int64} NOT NULL,                   -- its mail
    PRIMARY KEY (organization_id, id)
){clustered};

INSERT INTO notice_anew (organization_id, id, kind, user_id, recipient, due_on, queued_at, outbox_id)
SELECT organization_id, id, kind, user_id, recipient, due_on, queued_at, outbox_id FROM notice;
DROP TABLE notice;
ALTER TABLE notice_anew RENAME TO notice;
CREATE INDEX notice_by_time ON notice (organization_id, queued_at, id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('notice', 'notice', '1000000 10000 1'),
    ('notice', 'notice_by_time', '1000000 10000 10 1'),
    ('notice_alert', 'notice_alert', '30000000 300000 3 1'),
    ('notice_alert', 'notice_alert_by_notice', '30000000 300000 10 1 1'),
    ('notice_alert', 'notice_alert_by_sensor', '30000000 300000 300 1 1');
ANALYZE sqlite_schema;
-- for: postgres
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked',
                                                     'alert_began', 'alert_over'));
