-- Answers to writes with an Idempotency-Key, so that a repeated one acts once.

-- name: idempotent_answer_get :maybe
-- in:   user_id       int64
-- in:   key           text
-- in:   since         int64
-- out:  request_hash  bytes
-- out:  answer_code   int64
-- out:  answer        bytes
SELECT request_hash, answer_code, answer
  FROM idempotent_answer
 WHERE user_id = :user_id AND key = :key AND made_at >= :since;

-- name: idempotent_answer_forget :exec
-- in:   before  int64
DELETE FROM idempotent_answer WHERE made_at < :before;

-- name: idempotent_answer_put :exec
-- A conflict means that another transaction has just answered the same request.
-- in:   user_id       int64
-- in:   key           text
-- in:   request_hash  bytes
-- in:   answer_code   int64
-- in:   answer        bytes
-- in:   made_at       int64
INSERT INTO idempotent_answer (user_id, key, request_hash, answer_code, answer, made_at)
VALUES (:user_id, :key, :request_hash, :answer_code, :answer, :made_at);
