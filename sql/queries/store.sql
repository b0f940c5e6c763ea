-- Migrations, the forms of texts, and the proof that a reading connection shows a commit.

-- name: schema_migration_last :one
-- The number of the newest migration that ran; 0 when none did.
-- out:  number      int64
SELECT coalesce(max(number), 0) FROM schema_migration;

-- name: schema_migration_insert :exec
-- in:   number      int64
-- in:   name        text
-- in:   applied_at  int64
INSERT INTO schema_migration (number, name, applied_at)
VALUES (:number, :name, :applied_at);

-- name: transaction_mark_get :maybe
-- The newest one of a node.
-- in:   node    int64
-- out:  number  int64
SELECT number FROM transaction_mark WHERE node = :node ORDER BY number DESC LIMIT 1;

-- name: text_form_get :maybe
-- out:  rules  text
-- out:  stage  int64
SELECT rules, stage FROM text_form WHERE id = 1;

-- name: text_form_lock :one
-- Nobody else goes on with the forms until the end of the transaction.
-- in:   start         int64
-- out:  rules         text
-- out:  stage         int64
-- out:  after_first   int64
-- out:  after_second  int64
INSERT INTO text_form (id, rules, stage, after_first, after_second)
VALUES (1, '', 0, :start, :start)
ON CONFLICT (id) DO UPDATE SET id = 1
RETURNING rules, stage, after_first, after_second;

-- name: text_form_set :exec
-- in:   rules         text
-- in:   stage         int64
-- in:   after_first   int64
-- in:   after_second  int64
UPDATE text_form
   SET rules = :rules, stage = :stage, after_first = :after_first, after_second = :after_second
 WHERE id = 1;

-- name: text_form_organizations :many
-- in:   after_id     int64
-- in:   most         int64
-- out:  id           int64
-- out:  name         text
-- out:  name_folded  text
SELECT id, name, name_folded FROM organization WHERE id > :after_id ORDER BY id LIMIT :most;

-- name: text_form_organization_set :exec
-- Nothing changes where somebody has given another name meanwhile: that one has its form.
-- in:   id           int64
-- in:   name         text
-- in:   name_folded  text
-- in:   before       text
UPDATE organization
   SET name = :name, name_folded = :name_folded
 WHERE id = :id AND name = :before;

-- name: text_form_users :many
-- The oldest first, for of accounts with one address it gets the form that all ask for.
-- in:   after_at       int64
-- in:   after_id       int64
-- in:   most           int64
-- out:  id             int64
-- out:  created_at     int64
-- out:  email          text
-- out:  name           text
-- out:  name_folded    text
-- out:  same_email_as  int64?
SELECT id, created_at, email, name, name_folded, same_email_as
  FROM user_account
 WHERE (created_at, id) > (:after_at, :after_id)
 ORDER BY created_at, id
 LIMIT :most;

-- name: text_form_user_of_email :maybe
-- in:   email  text
-- out:  id     int64
SELECT id FROM user_account WHERE email = :email;

-- name: text_form_user_name_set :exec
-- in:   id           int64
-- in:   name         text
-- in:   name_folded  text
-- in:   before       text
UPDATE user_account
   SET name = :name, name_folded = :name_folded
 WHERE id = :id AND name = :before;

-- name: text_form_user_email_set :exec
-- in:   id             int64
-- in:   email          text
-- in:   same_email_as  int64?
-- in:   before         text
UPDATE user_account
   SET email = :email, same_email_as = :same_email_as
 WHERE id = :id AND email = :before;

-- name: text_form_invitations :many
-- in:   after_organization  int64
-- in:   after_id            int64
-- in:   most                int64
-- out:  organization_id     int64
-- out:  id                  int64
-- out:  email               text
SELECT organization_id, id, email
  FROM invitation
 WHERE (organization_id, id) > (:after_organization, :after_id)
 ORDER BY organization_id, id
 LIMIT :most;

-- name: text_form_invitation_set :exec
-- Where the organization has invited the address in this form, too, that invitation stays.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   email            text
-- in:   before           text
UPDATE invitation
   SET email = :email
 WHERE organization_id = :organization_id AND id = :id AND email = :before
   AND NOT EXISTS (SELECT 1 FROM invitation AS other
                    WHERE other.organization_id = :organization_id AND other.email = :email);

-- name: text_form_invitation_mail_set :exec
-- The members' page finds the mail of an invitation by its address.
-- in:   organization_id  int64
-- in:   before           text
-- in:   email            text
UPDATE outbox
   SET target = :email
 WHERE organization_id = :organization_id AND kind = 'mail' AND purpose = 'invitation'
   AND target = :before;

-- name: text_form_sensors :many
-- in:   after_organization  int64
-- in:   after_id            int64
-- in:   most                int64
-- out:  organization_id     int64
-- out:  id                  int64
-- out:  name                text
-- out:  name_folded         text
SELECT organization_id, id, name, name_folded
  FROM sensor
 WHERE (organization_id, id) > (:after_organization, :after_id)
 ORDER BY organization_id, id
 LIMIT :most;

-- name: text_form_sensors_set :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   name             text
-- in:   name_folded      text
-- in:   before           text
UPDATE sensor
   SET name = :name, name_folded = :name_folded
 WHERE organization_id = :organization_id AND id = :id AND name = :before;
