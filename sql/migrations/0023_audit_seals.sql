-- Seals over the heads of the audit chains: service/audit/audit_seal.h.
ALTER TABLE audit_chain ADD COLUMN sealed {int64} NOT NULL DEFAULT 0; -- the newest entry under a seal
CREATE INDEX audit_chain_unsealed ON audit_chain (organization_id) WHERE sequence > sealed;

CREATE TABLE audit_seal (
    number          {int64} PRIMARY KEY,                -- 1, 2, 3, ... without a hole, in the whole store
    at              {int64} NOT NULL,
    organization_id {int64} NOT NULL,                   -- 0: the operator's chain
    sequence        {int64} NOT NULL,                   -- of the sealed entry
    hash            {bytes} NOT NULL,                   -- of the sealed entry
    seal            {bytes} NOT NULL                    -- keyed, over this row and the seal before it
){strict};
CREATE INDEX audit_seal_by_chain ON audit_seal (organization_id, number);

-- How many seals there are, so that the last ones cannot be removed. One row.
CREATE TABLE audit_seal_top (
    id       {int64} PRIMARY KEY CHECK (id = 1),
    number   {int64} NOT NULL,                          -- of the newest seal
    first    {int64} NOT NULL,                          -- the seals from this number on are made with the secret of today
    round_at {int64} NOT NULL,                          -- when all chains were sealed
    seal     {bytes} NOT NULL,                          -- the newest one
    mac      {bytes} NOT NULL                           -- keyed, over number, first and seal
){strict};
