-- Recipients of notices about licenses that end, and the sent notices (rule 7).

-- The notices of this local day and of those before are done; 0: none yet. Of the days behind it
-- recipients up to this one, by id, were told; 0: nobody yet. And when the next are due; 0: it has
-- to be worked out.
ALTER TABLE organization ADD COLUMN notices_through {int64} NOT NULL DEFAULT 0;
ALTER TABLE organization ADD COLUMN notices_told_user {int64} NOT NULL DEFAULT 0;
ALTER TABLE organization ADD COLUMN notices_due_at {int64} NOT NULL DEFAULT 0;

CREATE INDEX organization_by_notices ON organization (notices_due_at, id);
CREATE INDEX license_by_end ON license (organization_id, expires_at);

-- The members ticked in the Notification Manager. A recipient who stops being
-- a member gets no more messages.
CREATE TABLE notice_recipient (
    organization_id {int64} NOT NULL,
    user_id         {int64} NOT NULL,
    only_what_stops {bool}  NOT NULL,
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES member (organization_id, user_id) ON DELETE CASCADE
){clustered};

-- One a mail, kind and day: what somebody was told. A mail may hold several.
CREATE TABLE notice (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('expires_in_one_month', 'expires_today', 'pool_low', 'code_revoked')),
    user_id         {int64} NOT NULL,
    recipient       TEXT    NOT NULL,                   -- the address, as it was
    due_on          {int64} NOT NULL,                   -- local day, days since 1970
    queued_at       {int64} NOT NULL,
    outbox_id       {int64} NOT NULL,                   -- its mail
    PRIMARY KEY (organization_id, id)
){clustered};

CREATE INDEX notice_by_time ON notice (organization_id, queued_at, id);

-- That a license's notice was given, once a recipient: the key says so. User 0: to the
-- webhooks, as an event, without a notice.
CREATE TABLE notice_item (
    organization_id {int64} NOT NULL,
    license_id      {int64} NOT NULL,
    kind            TEXT    NOT NULL,
    user_id         {int64} NOT NULL,
    notice_id       {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    PRIMARY KEY (organization_id, license_id, kind, user_id)
){clustered};

CREATE INDEX notice_item_by_notice ON notice_item (organization_id, notice_id, sensor_id);
CREATE INDEX notice_item_by_sensor ON notice_item (organization_id, sensor_id, notice_id);

-- Is the pool low, as of a version of the ledger? It is looked at again when the ledger has
-- changed, and once a day, because the days that count move on.
CREATE TABLE pool_watch (
    organization_id {int64} PRIMARY KEY REFERENCES organization (id),
    version         {int64} NOT NULL,
    look_again_at   {int64} NOT NULL,
    low             {bool}  NOT NULL
){strict};

-- The secret link under which a calendar program finds the last days of licenses.
CREATE TABLE calendar_feed (
    organization_id {int64} PRIMARY KEY REFERENCES organization (id),
    token_hash      {bytes} NOT NULL UNIQUE,            -- BLAKE2b-256 of what stands in the link
    made_at         {int64} NOT NULL,
    made_by         TEXT    NOT NULL
){strict};

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('license', 'license_by_end', '3000000 30000 10'),
    ('notice', 'notice', '1000000 10000 1'),
    ('notice', 'notice_by_time', '1000000 10000 10 1'),
    ('notice_item', 'notice_item', '30000000 300000 2 2 1'),
    ('notice_item', 'notice_item_by_notice', '30000000 300000 100 1 1 1 1'),
    ('notice_item', 'notice_item_by_sensor', '30000000 300000 10 1 1 1 1');
ANALYZE sqlite_schema;
-- for: postgres
SELECT 1;
