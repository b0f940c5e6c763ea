-- Measurements: appended to the journal when they arrive, sealed into one block
-- a sensor and day later. A sample stands in one of the two or in both; readers
-- merge them by (channel, time).

-- Append only, no index but the ascending id that the writer makes, so that a
-- commit writes little.
CREATE TABLE journal (
    id              {int64} PRIMARY KEY,
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    received_at     {int64} NOT NULL,
    message         {bytes} NOT NULL                    -- service/measurement/message.h
){strict};

CREATE TABLE block (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    day             {int64} NOT NULL,                   -- days since 1970, UTC
    sample_count    {int64} NOT NULL,
    samples         {bytes} NOT NULL,                   -- domain/series.h, compressed
    PRIMARY KEY (organization_id, sensor_id, day)
){strict};

-- What a sensor last said of itself, as far as its journal is sealed.
CREATE TABLE sensor_status (
    organization_id      {int64} NOT NULL,
    sensor_id            {int64} NOT NULL,
    last_seen_at         {int64} NOT NULL,
    battery_ok           {bool}  NOT NULL,
    battery_level        {int64} NOT NULL,              -- as sent, 0 if never
    signal               {int64} NOT NULL,              -- RSSI index, 99 unknown
    next_transmission_at {int64} NOT NULL,              -- 0 if not said
    latest               {bytes} NOT NULL,              -- the newest sample of each channel, domain/series.h
    differing_repeats    {int64} NOT NULL,              -- samples that came again with another value
    PRIMARY KEY (organization_id, sensor_id)
){clustered};

-- The newest DeviceInfo ("i") and Config ("c") of a sensor, as sent.
CREATE TABLE sensor_report (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('device_info', 'config')),
    received_at     {int64} NOT NULL,
    payload         {bytes} NOT NULL,
    PRIMARY KEY (organization_id, sensor_id, kind)
){strict};

-- Sensors that were told, after a gap in their coverage, from when on their data counts.
CREATE TABLE transfer_start (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    starts_at       {int64} NOT NULL,                   -- the latest that it was told
    PRIMARY KEY (organization_id, sensor_id)
){clustered};

-- Samples that were not saved, counted as they arrived.
CREATE TABLE refusal (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    reason          TEXT    NOT NULL CHECK (reason IN ('unlicensed', 'expired', 'bad_timestamp', 'bad_token')),
    count           {int64} NOT NULL CHECK (count > 0),
    first_at        {int64} NOT NULL,
    last_at         {int64} NOT NULL,
    PRIMARY KEY (organization_id, sensor_id, reason)
){clustered};
