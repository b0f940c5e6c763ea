-- Messages about alerts are notices, too: recipient, time, and the state of the mail.

-- The alerts that an organization got in one batch, for all recipients: those of a rule that began,
-- and those that are over.
CREATE TABLE told_alert (
    organization_id {int64} NOT NULL,
    telling_id      {int64} NOT NULL,
    rule_id         {int64} NOT NULL,
    over            {bool}  NOT NULL,
    alert_id        {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    PRIMARY KEY (organization_id, telling_id, rule_id, over, alert_id)
){clustered};

CREATE INDEX told_alert_by_alert ON told_alert (organization_id, alert_id);
CREATE INDEX told_alert_by_sensor ON told_alert (organization_id, sensor_id);

-- The rules by which a notice's recipient was told them.
CREATE TABLE notice_rule (
    organization_id {int64} NOT NULL,
    telling_id      {int64} NOT NULL,
    rule_id         {int64} NOT NULL,
    over            {bool}  NOT NULL,
    notice_id       {int64} NOT NULL,
    PRIMARY KEY (organization_id, telling_id, rule_id, over, notice_id)
){clustered};

CREATE INDEX notice_rule_by_notice ON notice_rule (organization_id, notice_id);

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
    ('told_alert', 'told_alert', '10000000 100000 30 10 10 1'),
    ('told_alert', 'told_alert_by_alert', '10000000 100000 2'),
    ('told_alert', 'told_alert_by_sensor', '10000000 100000 100'),
    ('notice_rule', 'notice_rule', '1000000 10000 10 3 3 1'),
    ('notice_rule', 'notice_rule_by_notice', '1000000 10000 2');
ANALYZE sqlite_schema;
-- for: postgres
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked',
                                                     'alert_began', 'alert_over'));
