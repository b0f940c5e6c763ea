-- name: audit_chain_extend :one
-- Takes the next :count numbers of a chain and gives the last of them, and the newest hash. The row stays
-- locked until the commit, which is what keeps the operator's chain in order.
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
