-- name: code_insert :exec
-- in:   id                     int64
-- in:   code_hash              bytes
-- in:   quantity               int64
-- in:   term                   text
-- in:   redeem_by              int64?
-- in:   bound_organization_id  int64?
-- in:   reference              text
-- in:   issued_at              int64
-- in:   issued_by              text
INSERT INTO activation_code (id, code_hash, quantity, term, redeem_by, bound_organization_id,
                             reference, issued_at, issued_by)
VALUES (:id, :code_hash, :quantity, :term, :redeem_by, :bound_organization_id,
        :reference, :issued_at, :issued_by);

-- name: code_by_hash :maybe
-- in:   code_hash              bytes
-- out:  id                     int64
-- out:  quantity               int64
-- out:  term                   text
-- out:  redeem_by              int64?
-- out:  bound_organization_id  int64
-- out:  organization_id        int64
-- out:  revoked_at             int64
SELECT id, quantity, term, redeem_by, bound_organization_id, organization_id, revoked_at
  FROM activation_code
 WHERE code_hash = :code_hash;

-- name: code_set_redeemed :exec
-- Decides a race: of two organizations one changes the row.
-- in:   id               int64
-- in:   organization_id  int64
-- in:   now              int64
UPDATE activation_code
   SET redeemed_at = :now, organization_id = :organization_id
 WHERE id = :id AND redeemed_at IS NULL AND revoked_at IS NULL;

-- fragment: code_order
-- Orders as the operator sees them; :today decides which can still be redeemed.
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
SELECT id, quantity, term, redeem_by, bound_organization_id, reference, state, issued_at, issued_by,
       redeemed_at, organization_id, revoked_at, revoked_by, revoke_reason
  FROM (SELECT activation_code.*,
               CASE WHEN revoked_at IS NOT NULL  THEN 'revoked'
                    WHEN redeemed_at IS NOT NULL THEN 'redeemed'
                    WHEN redeem_by < :today      THEN 'expired'
                    ELSE 'issued' END AS state
          FROM activation_code) AS code

-- name: code_list_page :many
-- Newest first; the row before the page is (:before_at, :before_id). "" is any
-- reference, any state.
-- in:   reference              text
-- in:   wanted_state           text
-- in:   before_at              int64
-- in:   before_id              int64
-- in:   most                   int64
-- include: code_order
 WHERE (issued_at, id) < (:before_at, :before_id)
   AND (:reference = '' OR reference = :reference)
   AND (:wanted_state = '' OR state = :wanted_state)
 ORDER BY issued_at DESC, id DESC
 LIMIT :most;

-- name: code_by_id :maybe
-- like: code_list_page out
-- in:   code_id                int64
-- include: code_order
 WHERE id = :code_id;

-- name: code_set_revoked :exec
-- No row is changed when it was redeemed or revoked meanwhile: :redeemed says what it was.
-- in:   id             int64
-- in:   redeemed       bool
-- in:   revoked_at     int64
-- in:   revoked_by     text
-- in:   revoke_reason  text
UPDATE activation_code
   SET revoked_at = :revoked_at, revoked_by = :revoked_by, revoke_reason = :revoke_reason
 WHERE id = :id AND revoked_at IS NULL AND (redeemed_at IS NOT NULL) = :redeemed;
