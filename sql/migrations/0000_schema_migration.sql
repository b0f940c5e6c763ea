-- Which migrations ran. Run at every start, under the migration lock.
CREATE TABLE IF NOT EXISTS schema_migration (
    number      {int64} PRIMARY KEY,
    name        TEXT    NOT NULL,
    applied_at  {int64} NOT NULL                  -- seconds since 1970
){strict};
