-- Marks of write transactions: store/store.h.

-- name: transaction_open :maybe
-- Writes a mark. No row: a transaction with this mark, or a later one, has been committed. Waits
-- for a transaction with the same node that has not ended.
-- in:   node       int64
-- in:   number     int64
-- in:   now        int64
-- in:   saves      bool
-- out:  latest_at  int64
-- out:  saves      bool
-- for: sqlite
INSERT INTO transaction_mark (node, number, committed_at) VALUES (:node, :number, :now)
ON CONFLICT (node) DO UPDATE SET number = excluded.number, committed_at = excluded.committed_at
 WHERE transaction_mark.number < excluded.number
RETURNING (SELECT coalesce(max(latest_at), 0) FROM clock_mark), :saves;
-- for: postgres
INSERT INTO transaction_mark (node, number, committed_at) VALUES (:node, :number, :now)
ON CONFLICT (node) DO UPDATE SET number = excluded.number, committed_at = excluded.committed_at
 WHERE transaction_mark.number < excluded.number
RETURNING (SELECT coalesce(max(latest_at), 0) FROM clock_mark),
          CASE WHEN :saves THEN pg_advisory_xact_lock_shared(7365727562) IS NOT NULL ELSE false END;

-- name: transaction_mark_get :each
-- in:   node    int64
-- out:  number  int64
SELECT number FROM transaction_mark WHERE node = :node;

-- name: transaction_mark_forget :exec
-- in:   before  int64
DELETE FROM transaction_mark WHERE committed_at < :before;

-- name: saving_exclude :one
-- Waits until no transaction saves measurements; until the end of this one, none begins to.
-- out:  alone  bool
-- for: sqlite
SELECT true;
-- for: postgres
SELECT pg_advisory_xact_lock(7365727562) IS NOT NULL;
