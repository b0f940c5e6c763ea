-- name: throttle_by_subject :maybe
-- in:   subject     text
-- in:   now         int64
-- out:  wait_until  int64
SELECT wait_until
  FROM throttle
 WHERE subject = :subject AND forget_at > :now;

-- name: throttle_lock :one
-- Locks the subject's row until the commit, making it when there is none.
-- in:   subject     text
-- in:   none        bytes
-- out:  recent      bytes
-- out:  waits       int64
-- out:  wait_until  int64
-- out:  forget_at   int64
INSERT INTO throttle (subject, recent, waits, wait_until, forget_at)
VALUES (:subject, :none, 0, 0, 0)
ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject
RETURNING recent, waits, wait_until, forget_at;

-- name: throttle_set :exec
-- in:   subject     text
-- in:   recent      bytes
-- in:   waits       int64
-- in:   wait_until  int64
-- in:   forget_at   int64
UPDATE throttle
   SET recent = :recent, waits = :waits, wait_until = :wait_until, forget_at = :forget_at
 WHERE subject = :subject;

-- name: throttle_delete :exec
-- in:   subject  text
DELETE FROM throttle WHERE subject = :subject;

-- name: throttle_delete_forgotten :exec
-- A few at a time, in passing: each failure makes at most one row.
-- in:   now   int64
-- in:   most  int64
DELETE FROM throttle
 WHERE subject IN (SELECT subject FROM throttle
                    WHERE forget_at <= :now ORDER BY forget_at LIMIT :most);
