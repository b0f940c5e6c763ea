-- Marks of write transactions: store/store.h. Their times are the database's, so that no server whose
-- clock is wrong takes the marks of another for old.

-- name: transaction_open :maybe
-- Writes a mark in place of an older one. No row: a transaction with this mark has been committed.
-- Waits for one with this mark that has not ended. replaced: the older one was there.
-- in:   node       int64
-- in:   number     int64
-- in:   replaces   int64
-- in:   saves      bool
-- out:  latest_at  int64
-- out:  replaced   int64
-- out:  saves      bool
-- for: sqlite
INSERT INTO transaction_mark (node, number, committed_at)
SELECT :node, :number, unixepoch() WHERE :replaces < :number
ON CONFLICT (node, number) DO NOTHING
RETURNING (SELECT coalesce(max(latest_at), 0) FROM clock_mark), 1, :saves;
-- for: postgres
WITH replaced AS (DELETE FROM transaction_mark WHERE node = :node AND number = :replaces
                  RETURNING number)
INSERT INTO transaction_mark (node, number, committed_at) VALUES (:node, :number, CAST(extract(epoch FROM now()) AS BIGINT))
ON CONFLICT (node, number) DO NOTHING
RETURNING (SELECT coalesce(max(latest_at), 0) FROM clock_mark),
          (SELECT count(*) FROM replaced),
          CASE WHEN :saves THEN pg_advisory_xact_lock_shared(7365727562) IS NOT NULL ELSE false END;

-- name: transaction_mark_touch :exec
-- in:   node    int64
-- in:   number  int64
UPDATE transaction_mark SET committed_at = committed_at WHERE node = :node AND number = :number;

-- name: transaction_mark_get :maybe
-- The newest one of a node.
-- in:   node    int64
-- out:  number  int64
SELECT number FROM transaction_mark WHERE node = :node ORDER BY number DESC LIMIT 1;

-- name: transaction_mark_forget :exec
-- in:   age  int64
-- for: sqlite
DELETE FROM transaction_mark WHERE committed_at < unixepoch() - :age;
-- for: postgres
DELETE FROM transaction_mark WHERE committed_at < extract(epoch FROM now()) - :age;

-- name: saving_exclude :one
-- Waits until no transaction saves measurements; until the end of this one, none begins to.
-- out:  alone  bool
-- for: sqlite
SELECT true;
-- for: postgres
SELECT pg_advisory_xact_lock(7365727562) IS NOT NULL;
