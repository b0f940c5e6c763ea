-- Migrations, the forms of texts, and the proof that a reading connection shows a commit.

-- name: schema_exists :one
-- Does the database have the table of the migrations?
-- out:  found  bool
-- for: sqlite
SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration');
-- for: postgres
SELECT to_regclass('schema_migration') IS NOT NULL;

-- name: store_rights :one
-- What this user may do in the database. table_name: the first table that another user owns, or ''.
-- most: sessions that the database allows this user, 0: not limited; others: sessions of other
-- programs.
-- out:  may_create  bool
-- out:  may_write   bool
-- out:  table_name  text
-- out:  most        int64
-- out:  others      int64
-- for: sqlite
SELECT true, true, '', 0, 0;
-- for: postgres
WITH own AS (SELECT oid, relname, relowner FROM pg_class
              WHERE relkind = 'r'
                AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))
SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
       NOT EXISTS (SELECT 1 FROM own
                    WHERE NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                               AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))),
       coalesce((SELECT min(relname) FROM own WHERE NOT pg_has_role(relowner, 'USAGE')), ''),
       (SELECT least(CAST(current_setting('max_connections') AS BIGINT)
                     - CAST(current_setting('superuser_reserved_connections') AS BIGINT),
                     (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
                     (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()))),
       (SELECT count(*) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND application_name <> 'tenure');

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
-- The newest mark of a node.
-- in:   node    int64
-- out:  number  int64
SELECT number FROM transaction_mark WHERE node = :node ORDER BY number DESC LIMIT 1;

-- name: text_form_get :maybe
-- out:  rules  text
-- out:  stage  int64
SELECT rules, stage FROM text_form WHERE id = 1;

-- name: text_form_lock :one
-- Locks the row until the end of the transaction.
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

-- name: text_form_users :many
-- The oldest account comes first: it keeps the address that others may have in another form. The
-- key of a row is `first` and `second`.
-- in:   after_first    int64
-- in:   after_second   int64
-- in:   most           int64
-- out:  first          int64
-- out:  second         int64
-- out:  email          text
-- out:  name           text
-- out:  name_folded    text
-- out:  same_email_as  int64?
SELECT created_at, id, email, name, name_folded, same_email_as
  FROM user_account
 WHERE (created_at, id) > (:after_first, :after_second)
 ORDER BY created_at, id
 LIMIT :most;

-- name: text_form_organizations :many
-- like: text_form_users
SELECT id, 0, NULL, name, name_folded, NULL
  FROM organization
 WHERE id > :after_first
 ORDER BY id
 LIMIT :most;

-- name: text_form_invitations :many
-- like: text_form_users
SELECT organization_id, id, email, NULL, NULL, NULL
  FROM invitation
 WHERE (organization_id, id) > (:after_first, :after_second)
 ORDER BY organization_id, id
 LIMIT :most;

-- name: text_form_sensors :many
-- like: text_form_users
SELECT organization_id, id, NULL, name, name_folded, NULL
  FROM sensor
 WHERE (organization_id, id) > (:after_first, :after_second)
 ORDER BY organization_id, id
 LIMIT :most;

-- name: text_form_codes :many
-- like: text_form_users
SELECT id, 0, NULL, reference, reference_folded, NULL
  FROM activation_code
 WHERE id > :after_first
 ORDER BY id
 LIMIT :most;

-- name: text_form_sensors_set :batch
-- Changes nothing where the name is no longer :before: a renamed row has its forms.
-- in:   first        int64
-- in:   second       int64
-- in:   name         text
-- in:   name_folded  text
-- in:   before       text
UPDATE sensor
   SET name = :name, name_folded = :name_folded
 WHERE organization_id = :first AND id = :second AND name = :before;

-- name: text_form_organizations_set :batch
-- like: text_form_sensors_set
UPDATE organization
   SET name = :name, name_folded = :name_folded
 WHERE id = :first AND name = :before;

-- name: text_form_codes_set :batch
-- like: text_form_sensors_set
UPDATE activation_code
   SET reference = :name, reference_folded = :name_folded
 WHERE id = :first AND reference = :before;

-- name: text_form_user_names_set :batch
-- like: text_form_sensors_set
UPDATE user_account
   SET name = :name, name_folded = :name_folded
 WHERE id = :second AND name = :before;

-- name: text_form_user_of_email :maybe
-- in:   email  text
-- out:  id     int64
SELECT id FROM user_account WHERE email = :email;

-- name: text_form_user_email_set :exec
-- in:   id             int64
-- in:   email          text
-- in:   same_email_as  int64?
-- in:   before         text
UPDATE user_account
   SET email = :email, same_email_as = :same_email_as
 WHERE id = :id AND email = :before;

-- name: text_form_invitation_set :exec
-- Changes nothing where the organization has also invited the address in this form.
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
