-- Rows of journal, block and sensor_status whose bytes could not be read. Compaction moves them here
-- as they were, so that nothing damaged is written over or deleted, and the rest goes on. A person
-- decides what becomes of them.
CREATE TABLE damaged (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('message', 'block', 'status')),
    place           {int64} NOT NULL,                   -- message: journal.id, block: block.day, status: 0
    id              {int64} NOT NULL,
    received_at     {int64},                            -- of a message
    found_at        {int64} NOT NULL,
    content         {bytes} NOT NULL,                   -- journal.message, block.samples, sensor_status.latest
    PRIMARY KEY (organization_id, sensor_id, kind, place, id)
){strict};
