-- The newest write transaction of each open store, so that a commit whose answer was lost can be
-- looked up. A row is of no use once its store is closed.
CREATE TABLE transaction_mark (
    node         {int64} PRIMARY KEY,
    number       {int64} NOT NULL,
    committed_at {int64} NOT NULL
){strict};
