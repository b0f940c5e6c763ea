-- The operator's device list: which serials may be added, with which claim code, by which organization.

CREATE TABLE device (
    serial          {text}  PRIMARY KEY,
    claim_hash      {bytes} NOT NULL,                   -- keyed hash of serial and claim code; empty: it has none
    organization_id {int64},                            -- the only one that may add it; NULL: any
    listed_at       {int64} NOT NULL,
    listed_by       TEXT    NOT NULL
){clustered};

-- A new kind of notice. SQLite cannot change a CHECK: the table is made anew.
-- for: sqlite
CREATE TABLE notice_anew (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked',
                                                     'alert_began', 'alert_over', 'sensor_released')),
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
    ('device', 'device', '1000000 1');
ANALYZE sqlite_schema;
-- for: postgres
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked',
                                                     'alert_began', 'alert_over', 'sensor_released'));
