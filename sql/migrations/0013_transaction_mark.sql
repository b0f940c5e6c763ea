-- Each write transaction leaves a row of its own, so that a commit whose answer was lost can be
-- looked up; the next one of the same open store takes it away. Rows are not updated: a row that
-- changes with each transaction gets slow while somebody reads an old state for long (a backup).
CREATE TABLE transaction_mark (
    node         {int64} NOT NULL,
    number       {int64} NOT NULL,
    committed_at {int64} NOT NULL,
    PRIMARY KEY (node, number)
){strict};
