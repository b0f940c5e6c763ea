-- Users, sessions, members, invitations, password resets.

-- fragment: invitation_mail
-- With the mail of the newest link, if the outbox still has it.
-- in:   organization_id  int64
  FROM invitation
  LEFT JOIN outbox AS mail
    ON mail.organization_id = invitation.organization_id
   AND mail.id = (SELECT outbox.id
                    FROM outbox
                   WHERE outbox.organization_id = invitation.organization_id
                     AND outbox.kind = 'mail' AND outbox.target = invitation.email
                     AND outbox.purpose = 'invitation'
                     AND outbox.queued_at >= invitation.invited_at
                   ORDER BY outbox.queued_at DESC, outbox.id DESC
                   LIMIT 1)
 WHERE invitation.organization_id = :organization_id

-- name: members_page :many
-- Members by e-mail, then invitations by e-mail; the page starts after (:after_rank, :after_email).
-- Both are few: service/account/members.h and service/account/invitations.h have the limits.
-- in:   after_rank       int64
-- in:   after_email      text
-- in:   most             int64
-- out:  rank             int64
-- out:  id               int64
-- out:  email            text
-- out:  name             text
-- out:  role             text
-- out:  expires_at       int64
-- out:  mail_state       text
-- out:  mail_error       text
SELECT rank, id, email, name, role, expires_at, mail_state, mail_error
  FROM (SELECT CAST(0 AS BIGINT) AS rank, user_account.id AS id, user_account.email AS email,
               user_account.name AS name, member.role AS role, CAST(0 AS BIGINT) AS expires_at,
               CAST(NULL AS TEXT) AS mail_state, CAST(NULL AS TEXT) AS mail_error
          FROM member
          JOIN user_account ON user_account.id = member.user_id
         WHERE member.organization_id = :organization_id
        UNION ALL
        SELECT CAST(1 AS BIGINT), invitation.id, invitation.email, '', invitation.role,
               invitation.expires_at, mail.state, nullif(mail.last_error, '')
-- include: invitation_mail
       ) AS members
 WHERE (rank, email) > (:after_rank, :after_email)
 ORDER BY rank, email
 LIMIT :most;

-- name: member_by_user :maybe
-- in:   organization_id  int64
-- in:   user_id          int64
-- out:  email            text
-- out:  name             text
-- out:  role             text
SELECT user_account.email, user_account.name, member.role
  FROM member
  JOIN user_account ON user_account.id = member.user_id
 WHERE member.organization_id = :organization_id AND member.user_id = :user_id;

-- name: member_by_email :maybe
-- in:   organization_id  int64
-- in:   email            text
-- out:  user_id          int64
SELECT member.user_id
  FROM user_account
  JOIN member ON member.user_id = user_account.id AND member.organization_id = :organization_id
 WHERE user_account.email = :email;

-- name: member_count :one
-- in:   organization_id  int64
-- out:  count            int64
SELECT count(*) FROM member WHERE organization_id = :organization_id;

-- name: member_count_other_administrators :one
-- in:   organization_id  int64
-- in:   user_id          int64
-- out:  count            int64
SELECT count(*)
  FROM member
 WHERE organization_id = :organization_id AND role = 'administrator' AND user_id <> :user_id;

-- name: member_set_role :exec
-- in:   organization_id  int64
-- in:   user_id          int64
-- in:   role             text
UPDATE member SET role = :role WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: member_delete :exec
-- in:   organization_id  int64
-- in:   user_id          int64
DELETE FROM member WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: member_calendar_delete :exec
-- The secret link of the member to the calendar of licenses.
-- in:   organization_id  int64
-- in:   user_id          int64
DELETE FROM calendar_link WHERE organization_id = :organization_id AND user_id = :user_id;

-- name: member_invitations :many
-- Open invitations that the member has made.
-- in:   organization_id  int64
-- in:   email            text
-- out:  id               int64
-- out:  email            text
-- out:  role             text
SELECT id, email, role
  FROM invitation
 WHERE organization_id = :organization_id AND invited_by = :email
 ORDER BY id;

-- name: member_mails_stop :exec
-- Mails of the organization that wait for this address, apart from invitations.
-- in:   organization_id  int64
-- in:   email            text
UPDATE outbox
   SET state = 'failed', last_error = 'not sent: the recipient is no longer a member'
 WHERE organization_id = :organization_id AND kind = 'mail' AND target = :email
   AND state = 'waiting' AND purpose <> 'invitation';

-- name: invitation_put :one
-- Replaces an older one to the same address: its link stops working.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   email            text
-- in:   role             text
-- in:   token_hash       bytes
-- in:   invited_by       text
-- in:   invited_at       int64
-- in:   expires_at       int64
-- out:  id               int64
INSERT INTO invitation (organization_id, id, email, role, token_hash, invited_by, invited_at,
                        expires_at)
VALUES (:organization_id, :id, :email, :role, :token_hash, :invited_by, :invited_at, :expires_at)
ON CONFLICT (organization_id, email) DO UPDATE
   SET role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
       invited_at = excluded.invited_at, expires_at = excluded.expires_at
RETURNING id;

-- name: invitation_by_id :maybe
-- in:   id               int64
-- out:  email            text
-- out:  role             text
-- out:  expires_at       int64
-- out:  mail_state       text
-- out:  mail_error       text
SELECT invitation.email, invitation.role, invitation.expires_at, mail.state,
       nullif(mail.last_error, '')
-- include: invitation_mail
   AND invitation.id = :id;

-- name: invitation_by_email :maybe
-- in:   organization_id  int64
-- in:   email            text
-- out:  role             text
SELECT role FROM invitation WHERE organization_id = :organization_id AND email = :email;

-- name: invitation_by_token :maybe
-- With the account of its address, if there is one.
-- in:   token_hash       bytes
-- in:   now              int64
-- out:  organization_id  int64
-- out:  organization     text
-- out:  id               int64
-- out:  email            text
-- out:  role             text
-- out:  invited_by       text
-- out:  expires_at       int64
-- out:  user_id          int64?
SELECT invitation.organization_id, organization.name, invitation.id, invitation.email,
       invitation.role, invitation.invited_by, invitation.expires_at, user_account.id
  FROM invitation
  JOIN organization      ON organization.id = invitation.organization_id
  LEFT JOIN user_account ON user_account.email = invitation.email
 WHERE invitation.token_hash = :token_hash AND invitation.expires_at > :now;

-- name: invitation_count_open :one
-- Does not count the invitation of :email.
-- in:   organization_id  int64
-- in:   email            text
-- in:   now              int64
-- out:  count            int64
SELECT count(*)
  FROM invitation
 WHERE organization_id = :organization_id AND expires_at > :now AND email <> :email;

-- name: invitation_set_role :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   role             text
UPDATE invitation SET role = :role WHERE organization_id = :organization_id AND id = :id;

-- name: invitation_delete :exec
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM invitation WHERE organization_id = :organization_id AND id = :id;

-- name: invitations_delete_ended :exec
-- in:   organization_id  int64
-- in:   ended_by         int64
DELETE FROM invitation WHERE organization_id = :organization_id AND expires_at <= :ended_by;

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
-- A few at a time, with each request.
-- in:   now   int64
-- in:   most  int64
DELETE FROM password_reset
 WHERE token_hash IN (SELECT token_hash FROM password_reset
                       WHERE expires_at <= :now ORDER BY expires_at LIMIT :most);

-- name: password_reset_mail_of_user :maybe
-- in:   user_id  int64
-- out:  sent_at  int64
-- out:  next_at  int64
-- out:  mails    int64
SELECT sent_at, next_at, mails FROM password_reset_mail WHERE user_id = :user_id;

-- name: password_reset_mail_put :exec
-- Changes no row if a concurrent request was faster: `seen_at` is the sent_at that was read, 0 for
-- none.
-- in:   user_id  int64
-- in:   seen_at  int64
-- in:   sent_at  int64
-- in:   next_at  int64
-- in:   mails    int64
INSERT INTO password_reset_mail (user_id, sent_at, next_at, mails)
VALUES (:user_id, :sent_at, :next_at, :mails)
ON CONFLICT (user_id) DO UPDATE
   SET sent_at = excluded.sent_at, next_at = excluded.next_at, mails = excluded.mails
 WHERE password_reset_mail.sent_at = :seen_at;

-- name: password_reset_mail_delete :exec
-- in:   user_id  int64
DELETE FROM password_reset_mail WHERE user_id = :user_id;

-- name: user_set_password :exec
-- in:   id             int64
-- in:   password_hash  text
UPDATE user_account SET password_hash = :password_hash WHERE id = :id;

-- name: sessions_delete_of_user :exec
-- in:   user_id  int64
DELETE FROM session WHERE user_id = :user_id;

-- name: user_insert :exec
-- No row is changed when the e-mail is taken.
-- in:   id             int64
-- in:   email          text
-- in:   name           text
-- in:   name_folded    text
-- in:   password_hash  text
-- in:   operator       bool
-- in:   created_at     int64
INSERT INTO user_account (id, email, name, name_folded, password_hash, operator, created_at)
VALUES (:id, :email, :name, :name_folded, :password_hash, :operator, :created_at)
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

-- name: users_with_same_email :many
-- Accounts of an older program whose e-mail, in its normal form, belongs to another account.
-- in:   most   int64
-- out:  count  int64
-- out:  email  text
-- out:  other  text
SELECT (SELECT count(*) FROM user_account WHERE same_email_as IS NOT NULL),
       user_account.email, other.email
  FROM user_account
  JOIN user_account AS other ON other.id = user_account.same_email_as
 ORDER BY user_account.created_at, user_account.id
 LIMIT :most;

-- name: user_count :one
-- out:  count  int64
SELECT count(*) FROM user_account;

-- name: memberships_of_user :many
-- in:   user_id          int64
-- out:  organization_id  int64
-- out:  name             text
-- out:  role             text
SELECT member.organization_id, organization.name, member.role
  FROM member
  JOIN organization ON organization.id = member.organization_id
 WHERE member.user_id = :user_id
 ORDER BY organization.name_folded, organization.id;

-- name: session_insert :exec
-- in:   token_hash  bytes
-- in:   user_id     int64
-- in:   created_at  int64
-- in:   expires_at  int64
INSERT INTO session (token_hash, user_id, created_at, expires_at)
VALUES (:token_hash, :user_id, :created_at, :expires_at);

-- name: session_holder :many
-- One row for each organization of the user, or one row when there is none. No row: the session
-- does not exist or has ended.
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
 ORDER BY organization.name_folded, organization.id;

-- name: session_delete :exec
-- in:   token_hash  bytes
DELETE FROM session WHERE token_hash = :token_hash;

-- name: sessions_delete_ended :exec
-- A few at a time: each sign-in makes a session and deletes up to :most ended ones.
-- in:   now   int64
-- in:   most  int64
DELETE FROM session
 WHERE token_hash IN (SELECT token_hash FROM session
                       WHERE expires_at <= :now ORDER BY expires_at LIMIT :most);
