-- Configurations that sensors send in parts. sensor_report gets the whole one.
CREATE TABLE config_part (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    part            {int64} NOT NULL CHECK (part > 0),
    is_last         {bool}  NOT NULL,
    received_at     {int64} NOT NULL,
    message_id      {int64} NOT NULL,                   -- of the datagram
    is_merged       {bool}  NOT NULL,                   -- it is in sensor_report
    payload         {bytes} NOT NULL,                   -- as sent
    PRIMARY KEY (organization_id, sensor_id, part)
){strict};

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('config_part', 'sqlite_autoindex_config_part_1', '200000 2000 2 1');
ANALYZE sqlite_schema;
