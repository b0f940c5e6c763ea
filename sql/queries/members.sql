-- fragment: invitation_mail
-- With the mail of the newest link, if one was queued and is remembered.
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

-- name: everybody_page :many
-- Members by e-mail, then those invited; the row before the page is (:after_rank, :after_email).
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
       ) AS everybody
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

-- name: invitation_put :one
-- Takes the place of an older one to the same address: its link stops.
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
-- Besides that to :email.
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
