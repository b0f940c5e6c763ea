-- The messages with refused samples that a sensor sent within the last hour: a retry does not count again.
CREATE TABLE refused_message (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    digests         {bytes} NOT NULL,                   -- service/ingest/refused_messages.h
    last_hour       {int64} NOT NULL,                   -- of the newest one; hours since 1970
    PRIMARY KEY (organization_id, sensor_id)
){strict};

CREATE INDEX refused_message_by_hour ON refused_message (last_hour);

-- The answer to a message now follows from the coverage and the message alone.
DROP TABLE transfer_start;

-- The last conflicts that differing_repeats counts; NULL: none is known.
ALTER TABLE sensor_status ADD COLUMN conflicts {bytes};  -- service/measurement/conflicts.h

-- The conflicts of a sensor on one day, for the event sensor.conflicts.
CREATE TABLE conflict_watch (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    day             {int64} NOT NULL,                   -- the last one with a conflict; days since 1970, UTC
    total_before    {int64} NOT NULL,                   -- conflicts before this day
    total           {int64} NOT NULL,                   -- conflicts when they were counted last
    emitted_day     {int64} NOT NULL,                   -- the last day with an event
    is_pending      {bool}  NOT NULL,                   -- there may be more: count again
    PRIMARY KEY (organization_id, sensor_id)
){clustered};

CREATE INDEX conflict_watch_pending ON conflict_watch (organization_id, sensor_id) WHERE is_pending;

INSERT INTO conflict_watch (organization_id, sensor_id, day, total_before, total, emitted_day, is_pending)
SELECT organization_id, sensor_id, 0, 0, differing_repeats, 0, false
  FROM sensor_status
 WHERE differing_repeats > 0;

-- Each reason for a refusal is counted by itself. SQLite cannot change a CHECK: the table is made anew.
-- for: sqlite
CREATE TABLE refusal_anew (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    reason          TEXT    NOT NULL CHECK (reason IN ('unlicensed', 'before_first_license', 'expired', 'bad_timestamp',
                                                       'bad_token')),
    count           {int64} NOT NULL CHECK (count > 0),
    first_at        {int64} NOT NULL,
    last_at         {int64} NOT NULL,
    PRIMARY KEY (organization_id, sensor_id, reason)
){clustered};

INSERT INTO refusal_anew (organization_id, sensor_id, reason, count, first_at, last_at)
SELECT organization_id, sensor_id, reason, count, first_at, last_at FROM refusal;
DROP TABLE refusal;
ALTER TABLE refusal_anew RENAME TO refusal;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('conflict_watch', 'conflict_watch', '100000 1000 1'),
    ('conflict_watch', 'conflict_watch_pending', '100 10 1'),
    ('refused_message', 'sqlite_autoindex_refused_message_1', '1000000 10000 1'),
    ('refused_message', 'refused_message_by_hour', '1000000 10000');
ANALYZE sqlite_schema;
-- for: postgres
ALTER TABLE refusal
    DROP CONSTRAINT refusal_reason_check,
    ADD CONSTRAINT refusal_reason_check CHECK (reason IN ('unlicensed', 'before_first_license', 'expired', 'bad_timestamp',
                                                          'bad_token'));
