-- The organizations that a scheduled job leaves out for a while, because its step for them failed.
CREATE TABLE job_failure (
    job             {text}  NOT NULL,                   -- its name in the schedule; "measurements": ingest
    organization_id {int64} NOT NULL,                   -- 0: the job as a whole
    failures        {int64} NOT NULL,                   -- in a row
    since           {int64} NOT NULL,                   -- the first of them
    retry_at        {int64} NOT NULL,
    reason          TEXT    NOT NULL,                   -- of the last one
    PRIMARY KEY (job, organization_id)
){clustered};

-- for: sqlite
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('job_failure', 'job_failure', '100 20 1');
ANALYZE sqlite_schema;
