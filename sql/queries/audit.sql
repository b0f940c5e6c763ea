-- The audit log: a chain of entries for each organization.

-- name: audit_chain_extend :one
-- Takes the next :count numbers of a chain. Gives the last of them, and the newest hash. The row stays
-- locked until the commit, which keeps the operator's chain in order.
-- in:   organization_id  int64
-- in:   count            int64
-- in:   first_hash       bytes
-- out:  sequence         int64
-- out:  hash             bytes
INSERT INTO audit_chain (organization_id, sequence, hash)
VALUES (:organization_id, :count, :first_hash)
ON CONFLICT (organization_id) DO UPDATE SET sequence = audit_chain.sequence + :count
RETURNING sequence, hash;

-- name: audit_chain_set_hash :exec
-- in:   organization_id  int64
-- in:   hash             bytes
UPDATE audit_chain SET hash = :hash WHERE organization_id = :organization_id;

-- name: audit_entry_insert :batch
-- in:   organization_id  int64
-- in:   sequence         int64
-- in:   at               int64
-- in:   actor_kind       text
-- in:   actor_id         int64
-- in:   actor_name       text
-- in:   action           text
-- in:   object_kind      text
-- in:   object_id        text
-- in:   before           text
-- in:   after            text
-- in:   hash             bytes
INSERT INTO audit_entry (organization_id, sequence, at, actor_kind, actor_id, actor_name, action,
                         object_kind, object_id, before, after, hash)
VALUES (:organization_id, :sequence, :at, :actor_kind, :actor_id, :actor_name, :action,
        :object_kind, :object_id, :before, :after, :hash);

-- name: audit_log_page :many
-- Newest first, before :before_sequence. "" and 0 are any; :object is an id or a kind. Entries keep
-- the e-mail that an account had then: an e-mail also finds those of the account that has it now.
-- in:   organization_id  int64
-- in:   before_sequence  int64
-- in:   user_id          int64
-- in:   user_name        text
-- in:   user_email       text
-- in:   object           text
-- in:   only_action      text
-- in:   from             int64
-- in:   to               int64
-- in:   most             int64
-- out:  sequence         int64
-- out:  at               int64
-- out:  actor_kind       text
-- out:  actor_id         int64
-- out:  actor_name       text
-- out:  action           text
-- out:  object_kind      text
-- out:  object_id        text
-- out:  before           text
-- out:  after            text
-- out:  hash             bytes
SELECT sequence, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after,
       hash
  FROM audit_entry
 WHERE organization_id = :organization_id AND sequence < :before_sequence
   AND (:user_id = 0 OR actor_id = :user_id)
   AND (:user_name = '' OR actor_name = :user_name OR actor_name = :user_email
        OR actor_id IN (SELECT id FROM user_account WHERE email IN (:user_name, :user_email)))
   AND (:object = '' OR object_id = :object OR object_kind = :object)
   AND (:only_action = '' OR action = :only_action)
   AND at >= :from AND at < :to
 ORDER BY sequence DESC
 LIMIT :most;

-- name: audit_chains :many
-- Every chain that exists or should exist, the operator's first. `head`: the number of entries that
-- the chain claims.
-- out:  organization_id  int64
-- out:  name             text
-- out:  head             int64
SELECT known.organization_id, coalesce(organization.name, ''), coalesce(audit_chain.sequence, 0)
  FROM (SELECT id AS organization_id FROM organization
         UNION SELECT organization_id FROM audit_chain
         UNION SELECT organization_id FROM audit_entry
         UNION SELECT organization_id FROM audit_seal) AS known
  LEFT JOIN organization ON organization.id = known.organization_id
  LEFT JOIN audit_chain ON audit_chain.organization_id = known.organization_id
 ORDER BY known.organization_id;

-- name: audit_chain_head :maybe
-- in:   organization_id  int64
-- out:  sequence         int64
-- out:  hash             bytes
SELECT sequence, hash FROM audit_chain WHERE organization_id = :organization_id;

-- name: audit_entries :each
-- A whole chain, oldest first.
-- in:   organization_id  int64
-- like: audit_log_page out
SELECT sequence, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, before, after,
       hash
  FROM audit_entry
 WHERE organization_id = :organization_id
 ORDER BY sequence;

-- name: audit_seal_top_get :maybe
-- out:  number    int64
-- out:  first     int64
-- out:  round_at  int64
-- out:  seal      bytes
-- out:  mac       bytes
SELECT number, first, round_at, seal, mac FROM audit_seal_top WHERE id = 1;

-- name: audit_seal_top_lock :one
-- Locks the row until the commit; makes it if there is none.
-- in:   none  bytes
-- like: audit_seal_top_get out
INSERT INTO audit_seal_top (id, number, first, round_at, seal, mac)
VALUES (1, 0, 1, 0, :none, :none)
ON CONFLICT (id) DO UPDATE SET id = 1
RETURNING number, first, round_at, seal, mac;

-- name: audit_seal_top_set :exec
-- in:   number    int64
-- in:   first     int64
-- in:   round_at  int64
-- in:   seal      bytes
-- in:   mac       bytes
UPDATE audit_seal_top
   SET number = :number, first = :first, round_at = :round_at, seal = :seal, mac = :mac
 WHERE id = 1;

-- name: audit_unsealed :many
-- Chains with entries that no seal covers. A broken row is left to `tenure audit verify`.
-- in:   most             int64
-- out:  organization_id  int64
-- out:  sequence         int64
-- out:  hash             bytes
SELECT organization_id, sequence, hash
  FROM audit_chain
 WHERE sequence > sealed AND length(hash) = 32
 ORDER BY organization_id
 LIMIT :most;

-- name: audit_seal_marks :one
-- Chains whose mark differs from their newest seal, and entries that no seal covers. The number of an
-- entry that somebody has changed may be any: it counts as 10^12 at most.
-- in:   first    int64
-- out:  wrong    int64
-- out:  entries  int64
WITH newest AS (
  SELECT organization_id, max(sequence) AS sequence FROM audit_seal WHERE number >= :first GROUP BY organization_id
)
SELECT CAST(coalesce(sum(CASE WHEN audit_chain.sealed <> coalesce(newest.sequence, 0) THEN 1 ELSE 0 END), 0) AS BIGINT),
       CAST(coalesce(sum(CASE WHEN audit_chain.sequence <= coalesce(newest.sequence, 0) THEN 0
                              WHEN audit_chain.sequence > 1000000000000 THEN 1000000000000
                              ELSE audit_chain.sequence - coalesce(newest.sequence, 0) END), 0) AS BIGINT)
  FROM audit_chain LEFT JOIN newest ON newest.organization_id = audit_chain.organization_id;

-- name: audit_chain_set_sealed :batch
-- in:   organization_id  int64
-- in:   sealed           int64
UPDATE audit_chain SET sealed = :sealed WHERE organization_id = :organization_id;

-- name: audit_chains_unseal :exec
UPDATE audit_chain SET sealed = 0 WHERE sealed > 0;

-- name: audit_seal_insert :batch
-- in:   number           int64
-- in:   at               int64
-- in:   organization_id  int64
-- in:   sequence         int64
-- in:   hash             bytes
-- in:   seal             bytes
INSERT INTO audit_seal (number, at, organization_id, sequence, hash, seal)
VALUES (:number, :at, :organization_id, :sequence, :hash, :seal);

-- name: audit_seals :each
-- From :first on, in order.
-- in:   first            int64
-- out:  number           int64
-- out:  at               int64
-- out:  organization_id  int64
-- out:  sequence         int64
-- out:  hash             bytes
-- out:  seal             bytes
SELECT number, at, organization_id, sequence, hash, seal
  FROM audit_seal
 WHERE number >= :first
 ORDER BY number;

-- name: audit_seals_of_chain :many
-- The seals of a chain from the number :first on, in order.
-- in:   organization_id  int64
-- in:   first            int64
-- out:  number           int64
-- out:  sequence         int64
-- out:  hash             bytes
SELECT number, sequence, hash
  FROM audit_seal
 WHERE organization_id = :organization_id AND number >= :first
 ORDER BY number;

-- name: audit_seal_of_number :maybe
-- in:   number  int64
-- out:  seal    bytes
SELECT seal FROM audit_seal WHERE number = :number;

-- name: audit_seal_next_at :one
-- When the next round of seals is due: an hour after the round before, if there is anything to seal.
-- like: job_failure_next
SELECT CASE WHEN :job IS NOT NULL AND :now >= 0
                 AND EXISTS (SELECT 1 FROM audit_chain WHERE sequence > sealed AND length(hash) = 32)
            THEN (SELECT max(round_at) + 3600 FROM audit_seal_top) END;
