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

-- name: key_set_told :exec
-- What the redeemer was told is left.
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
-- In the order of the answer.
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

-- name: key_by_text :maybe
-- in:   organization_id  int64
-- in:   key              text
-- out:  id               int64
-- out:  term             text
SELECT id, term
  FROM license_key
 WHERE organization_id = :organization_id AND key = :key;

-- name: keys_first_of_each_term :many
-- The keys that the next license may come from. Among keys of one term the
-- oldest goes first in every order of the pool, so there is one row a term, at
-- most as many as there are terms.
-- in:   organization_id  int64
-- out:  id               int64
-- out:  key              text
-- out:  term             text
-- out:  redemption       int64
-- out:  licenses_left    int64
SELECT id, key, term, redemption, licenses_left
  FROM (SELECT id, key, term, redemption, quantity - assigned - withdrawn AS licenses_left,
               row_number() OVER (PARTITION BY term ORDER BY redemption) AS place
          FROM license_key
         WHERE organization_id = :organization_id
           AND assigned + withdrawn < quantity) AS free
 WHERE place = 1;

-- name: key_take_license :exec
-- No row is changed when the key is exhausted: so the pool never goes below zero.
-- in:   organization_id  int64
-- in:   id               int64
UPDATE license_key
   SET assigned = assigned + 1
 WHERE organization_id = :organization_id AND id = :id
   AND assigned + withdrawn < quantity;

-- name: licenses_left :one
-- in:   organization_id  int64
-- out:  licenses_left    int64
SELECT CAST(coalesce(sum(quantity - assigned - withdrawn), 0) AS BIGINT)
  FROM license_key
 WHERE organization_id = :organization_id;

-- name: key_list_page :many
-- Oldest redemption first; the row before the page is (:after_at, :after_id).
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
