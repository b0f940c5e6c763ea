-- Wrong passwords, requests for links and wrong codes at sign-up count by account and network. The
-- key limits the number of rows, whatever strangers send. The older counters held accounts up.
CREATE TABLE guess_counter (
    slot       {int64} PRIMARY KEY CHECK (slot BETWEEN 0 AND 65535), -- by a keyed hash of the holder
    holder     {bytes} NOT NULL,                        -- the rest of the hash: service/core/guess_counter.c
    recent     {bytes} NOT NULL,                        -- as in table throttle, and so on
    waits      {int64} NOT NULL,
    wait_until {int64} NOT NULL,
    forget_at  {int64} NOT NULL
){strict};

CREATE INDEX guess_counter_by_forgetting ON guess_counter (forget_at);

DELETE FROM throttle
 WHERE subject LIKE 'sign_in:%' OR subject LIKE 'sign_up:%' OR subject LIKE 'reset:%'
    OR subject LIKE 'reset_by:%';

-- The newest mail with a link for a new password. Until `next_at` a request sends no other one: the
-- link of this one still works.
CREATE TABLE password_reset_mail (
    user_id {int64} PRIMARY KEY REFERENCES user_account (id),
    sent_at {int64} NOT NULL,
    next_at {int64} NOT NULL,
    mails   {int64} NOT NULL                            -- in a row, without a new password
){strict};

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('guess_counter', 'guess_counter_by_forgetting', '60000 10');
ANALYZE sqlite_schema;
