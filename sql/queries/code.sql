-- Activation codes: issue, redeem, revoke (rule 9).

-- name: code_insert :exec
-- in:   id                     int64
-- in:   code_hash              bytes
-- in:   quantity               int64
-- in:   term                   text
-- in:   redeem_by              int64?
-- in:   bound_organization_id  int64?
-- in:   reference              text
-- in:   reference_folded       text
-- in:   issued_at              int64
-- in:   issued_by              text
INSERT INTO activation_code (id, code_hash, quantity, term, redeem_by, bound_organization_id,
                             reference, reference_folded, issued_at, issued_by)
VALUES (:id, :code_hash, :quantity, :term, :redeem_by, :bound_organization_id,
        :reference, :reference_folded, :issued_at, :issued_by);

-- name: code_by_hash :maybe
-- in:   code_hash              bytes
-- out:  id                     int64
-- out:  quantity               int64
-- out:  term                   text
-- out:  redeem_by              int64?
-- out:  bound_organization_id  int64
-- out:  organization_id        int64
-- out:  revoked_at             int64
-- out:  signed_up_by           int64?
SELECT id, quantity, term, redeem_by, bound_organization_id, organization_id, revoked_at, signed_up_by
  FROM activation_code
 WHERE code_hash = :code_hash;

-- name: code_set_redeemed :exec
-- Decides a race: of two organizations, one changes the row.
-- in:   id               int64
-- in:   organization_id  int64
-- in:   now              int64
UPDATE activation_code
   SET redeemed_at = :now, organization_id = :organization_id
 WHERE id = :id AND redeemed_at IS NULL AND revoked_at IS NULL;

-- name: code_set_signed_up :exec
-- Decides a race: of two accounts, one changes the row.
-- in:   code_hash  bytes
-- in:   user_id    int64
UPDATE activation_code SET signed_up_by = :user_id
 WHERE code_hash = :code_hash AND signed_up_by IS NULL;

-- fragment: code_order
-- Orders as the operator sees them; :today decides which ones have expired. The organization's name is
-- that of the one that redeemed the code or, before that, may redeem it; "" if there is none.
-- in:   today                  int64
-- out:  id                     int64
-- out:  quantity               int64
-- out:  term                   text
-- out:  redeem_by              int64?
-- out:  bound_organization_id  int64
-- out:  reference              text
-- out:  state                  text
-- out:  issued_at              int64
-- out:  issued_by              text
-- out:  redeemed_at            int64
-- out:  organization_id        int64
-- out:  revoked_at             int64
-- out:  revoked_by             text
-- out:  revoke_reason          text
-- out:  organization_name      text
SELECT id, quantity, term, redeem_by, bound_organization_id, reference, state, issued_at, issued_by,
       redeemed_at, organization_id, revoked_at, revoked_by, revoke_reason,
       coalesce((SELECT name FROM organization
                  WHERE organization.id = coalesce(code.organization_id, code.bound_organization_id)),
                '')
  FROM (SELECT activation_code.*,
               CASE WHEN revoked_at IS NOT NULL  THEN 'revoked'
                    WHEN redeemed_at IS NOT NULL THEN 'redeemed'
                    WHEN redeem_by < :today      THEN 'expired'
                    ELSE 'issued' END AS state
          FROM activation_code) AS code

-- name: code_list_page :many
-- Newest first; the page starts after (:before_at, :before_id). :reference is a LIKE pattern for the
-- folded reference; the index by issue holds that, too. "" is any state.
-- in:   reference              text
-- in:   wanted_state           text
-- in:   before_at              int64
-- in:   before_id              int64
-- in:   most                   int64
-- include: code_order
 WHERE (issued_at, id) < (:before_at, :before_id)
   AND reference_folded LIKE :reference ESCAPE '!'
   AND (:wanted_state = '' OR state = :wanted_state)
 ORDER BY issued_at DESC, id DESC
 LIMIT :most;

-- name: code_by_id :maybe
-- like: code_list_page out
-- in:   code_id                int64
-- include: code_order
 WHERE id = :code_id;

-- name: code_set_revoked :exec
-- Changes no row if the code was revoked, or redeemed since :redeemed was read.
-- in:   id             int64
-- in:   redeemed       bool
-- in:   revoked_at     int64
-- in:   revoked_by     text
-- in:   revoke_reason  text
UPDATE activation_code
   SET revoked_at = :revoked_at, revoked_by = :revoked_by, revoke_reason = :revoke_reason
 WHERE id = :id AND revoked_at IS NULL AND (redeemed_at IS NOT NULL) = :redeemed;

-- name: key_insert :exec
-- in:   organization_id     int64
-- in:   id                  int64
-- in:   key                 text
-- in:   quantity            int64
-- in:   term                text
-- in:   redeemed_at         int64
-- in:   redemption          int64
-- in:   redeemed_by         text
-- in:   licenses_left_then  int64
INSERT INTO license_key (organization_id, id, key, quantity, assigned, withdrawn, term,
                         redeemed_at, redemption, redeemed_by, licenses_left_then)
VALUES (:organization_id, :id, :key, :quantity, 0, 0, :term,
        :redeemed_at, :redemption, :redeemed_by, :licenses_left_then);

-- name: key_set_answered :exec
-- Keeps the number of licenses left that the answer gave.
-- in:   organization_id     int64
-- in:   id                  int64
-- in:   licenses_left_then  int64
UPDATE license_key SET licenses_left_then = :licenses_left_then
 WHERE organization_id = :organization_id AND id = :id;

-- name: redemption_renewed_insert :batch
-- in:   organization_id  int64
-- in:   key_id           int64
-- in:   place            int64
-- in:   serial           text
-- in:   expires_at       int64
INSERT INTO redemption_renewed (organization_id, key_id, place, serial, expires_at)
VALUES (:organization_id, :key_id, :place, :serial, :expires_at);

-- name: redemption_renewed_list :many
-- In the order of the first answer.
-- in:   organization_id  int64
-- in:   key_id           int64
-- out:  serial           text
-- out:  expires_at       int64
SELECT serial, expires_at
  FROM redemption_renewed
 WHERE organization_id = :organization_id AND key_id = :key_id
 ORDER BY place;

-- name: key_by_id :maybe
-- in:   organization_id     int64
-- in:   id                  int64
-- out:  key                 text
-- out:  quantity            int64
-- out:  term                text
-- out:  redeemed_at         int64
-- out:  licenses_left_then  int64
SELECT key, quantity, term, redeemed_at, licenses_left_then
  FROM license_key
 WHERE organization_id = :organization_id AND id = :id;

-- name: licenses_left :one
-- in:   organization_id  int64
-- out:  licenses_left    int64
SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT)
  FROM license_key
 WHERE organization_id = :organization_id;

-- name: key_list_page :many
-- Oldest redemption first; the page starts after (:after_at, :after_id).
-- in:   organization_id  int64
-- in:   after_at         int64
-- in:   after_id         int64
-- in:   most             int64
-- out:  id               int64
-- out:  key              text
-- out:  quantity         int64
-- out:  assigned         int64
-- out:  licenses_left    int64
-- out:  term             text
-- out:  redeemed_at      int64
-- out:  redeemed_by      text
SELECT id, key, quantity, assigned, quantity - assigned - withdrawn, term, redeemed_at, redeemed_by
  FROM license_key
 WHERE organization_id = :organization_id
   AND (redeemed_at, id) > (:after_at, :after_id)
 ORDER BY redeemed_at, id
 LIMIT :most;

-- name: revocation_key :maybe
-- in:   organization_id  int64
-- in:   id               int64
-- out:  key              text
-- out:  licenses_left    int64
SELECT key, quantity - assigned - withdrawn
  FROM license_key
 WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_sensors :many
-- Sensors that hold a running or waiting license of the key, in no order.
-- in:   organization_id  int64
-- in:   key_id           int64
-- in:   now              int64
-- out:  sensor_id        int64
SELECT DISTINCT +sensor_id -- the plus keeps the planner from another index
  FROM license
 WHERE organization_id = :organization_id AND key_id = :key_id AND expires_at > :now;

-- name: revocation_licenses :many
-- Running and waiting licenses of these sensors, sensor by sensor, in order of start.
-- in:   organization_id  int64
-- in:   sensor_ids       int64[128]
-- in:   now              int64
-- out:  sensor_id        int64
-- out:  serial           text
-- out:  id               int64
-- out:  key_id           int64
-- out:  term             text
-- out:  starts_at        int64
-- out:  expires_at       int64
SELECT license.sensor_id, sensor.serial, license.id, license.key_id, license_key.term,
       license.starts_at, license.expires_at
  FROM license
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id
  JOIN license_key ON license_key.organization_id = license.organization_id
                  AND license_key.id = license.key_id
 WHERE license.organization_id = :organization_id AND license.sensor_id IN (:sensor_ids)
   AND license.expires_at > :now
 ORDER BY license.sensor_id, license.starts_at;

-- name: revocation_end :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   ends_at          int64
UPDATE license SET expires_at = :ends_at, revoked_at = :ends_at
 WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_delete :batch
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM license WHERE organization_id = :organization_id AND id = :id;

-- name: revocation_withdraw :exec
-- Withdraws all licenses left in the pool, and :vanished that sensors held.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   vanished         int64
UPDATE license_key
   SET withdrawn = withdrawn + :vanished + (quantity - assigned - withdrawn),
       assigned = assigned - :vanished
 WHERE organization_id = :organization_id AND id = :id AND assigned >= :vanished;
