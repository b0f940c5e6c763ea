-- name: password_reset_insert :exec
-- in:   token_hash  bytes
-- in:   user_id     int64
-- in:   expires_at  int64
INSERT INTO password_reset (token_hash, user_id, expires_at)
VALUES (:token_hash, :user_id, :expires_at);

-- name: password_reset_holder :maybe
-- in:   token_hash  bytes
-- in:   now         int64
-- out:  id          int64
-- out:  email       text
-- out:  name        text
-- out:  operator    bool
SELECT user_account.id, user_account.email, user_account.name, user_account.operator
  FROM password_reset
  JOIN user_account ON user_account.id = password_reset.user_id
 WHERE password_reset.token_hash = :token_hash AND password_reset.expires_at > :now;

-- name: password_resets_delete_of_user :exec
-- in:   user_id  int64
DELETE FROM password_reset WHERE user_id = :user_id;

-- name: password_resets_delete_ended :exec
-- A few at a time, in passing.
-- in:   now   int64
-- in:   most  int64
DELETE FROM password_reset
 WHERE token_hash IN (SELECT token_hash FROM password_reset
                       WHERE expires_at <= :now ORDER BY expires_at LIMIT :most);

-- name: user_set_password :exec
-- in:   id             int64
-- in:   password_hash  text
UPDATE user_account SET password_hash = :password_hash WHERE id = :id;

-- name: sessions_delete_of_user :exec
-- in:   user_id  int64
DELETE FROM session WHERE user_id = :user_id;
