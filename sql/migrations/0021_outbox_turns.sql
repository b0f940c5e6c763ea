-- The sender visits each target with waiting messages in turn, and can hold all messages of a target.

-- Finds the message of each target whose try is next, without reading the others of the target.
CREATE INDEX outbox_turns ON outbox (kind, organization_id, target, next_try_at, id) WHERE state = 'waiting';
DROP INDEX outbox_waiting_by_target;

-- A receiver that could not be reached, or that asked for a pause: no try before `until`.
CREATE TABLE outbox_pause (
    organization_id {int64} NOT NULL,
    kind            TEXT    NOT NULL,
    target          {text}  NOT NULL,
    until           {int64} NOT NULL,
    PRIMARY KEY (organization_id, kind, target)
){clustered};
