-- name: user_insert :exec
-- No row is changed when the e-mail is taken.
-- in:   id             int64
-- in:   email          text
-- in:   name           text
-- in:   password_hash  text
-- in:   operator       bool
-- in:   created_at     int64
INSERT INTO user_account (id, email, name, password_hash, operator, created_at)
VALUES (:id, :email, :name, :password_hash, :operator, :created_at)
ON CONFLICT (email) DO NOTHING;

-- name: user_by_email :maybe
-- in:   email          text
-- out:  id             int64
-- out:  name           text
-- out:  password_hash  text
-- out:  operator       bool
SELECT id, name, password_hash, operator
  FROM user_account
 WHERE email = :email;

-- name: user_count :one
-- out:  count  int64
SELECT count(*) FROM user_account;

-- name: member_insert :exec
-- in:   organization_id  int64
-- in:   user_id          int64
-- in:   role             text
-- in:   added_at         int64
INSERT INTO member (organization_id, user_id, role, added_at)
VALUES (:organization_id, :user_id, :role, :added_at)
ON CONFLICT (organization_id, user_id) DO NOTHING;

-- name: member_role :maybe
-- in:   organization_id  int64
-- in:   user_id          int64
-- out:  role             text
SELECT role
  FROM member
 WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: memberships_of_user :many
-- in:   user_id          int64
-- out:  organization_id  int64
-- out:  name             text
-- out:  role             text
SELECT member.organization_id, organization.name, member.role
  FROM member
  JOIN organization ON organization.id = member.organization_id
 WHERE member.user_id = :user_id
 ORDER BY organization.name, organization.id;

-- name: session_insert :exec
-- in:   token_hash  bytes
-- in:   user_id     int64
-- in:   created_at  int64
-- in:   expires_at  int64
INSERT INTO session (token_hash, user_id, created_at, expires_at)
VALUES (:token_hash, :user_id, :created_at, :expires_at);

-- name: session_holder :many
-- The user, once for each organization; once alone when there is none. No row:
-- no such session, or it has ended.
-- in:   token_hash       bytes
-- in:   now              int64
-- out:  id               int64
-- out:  email            text
-- out:  name             text
-- out:  operator         bool
-- out:  organization_id  int64?
-- out:  organization     text
-- out:  role             text
SELECT user_account.id, user_account.email, user_account.name, user_account.operator,
       organization.id, organization.name, member.role
  FROM session
  JOIN user_account      ON user_account.id = session.user_id
  LEFT JOIN member       ON member.user_id = user_account.id
  LEFT JOIN organization ON organization.id = member.organization_id
 WHERE session.token_hash = :token_hash AND session.expires_at > :now
 ORDER BY organization.name, organization.id;

-- name: session_delete :exec
-- in:   token_hash  bytes
DELETE FROM session WHERE token_hash = :token_hash;

-- name: sessions_delete_ended :exec
-- A few at a time, in passing: a sign-in makes one and takes up to :most away.
-- in:   now   int64
-- in:   most  int64
DELETE FROM session
 WHERE token_hash IN (SELECT token_hash FROM session
                       WHERE expires_at <= :now ORDER BY expires_at LIMIT :most);
