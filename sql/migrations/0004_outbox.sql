-- What is to be sent to others, mails and calls of webhooks: queued in the transaction of the
-- fact that it tells, sent afterwards, and again with growing pauses until somebody has it.

CREATE TABLE outbox (
    organization_id {int64} NOT NULL,                   -- 0: of none
    id              {int64} NOT NULL,
    kind            TEXT    NOT NULL CHECK (kind IN ('mail', 'webhook')),
    purpose         TEXT    NOT NULL,                   -- "license_expiration", ...; of a webhook the event
    target          {text}  NOT NULL,                   -- the address; the id of the webhook
    message_id      TEXT    NOT NULL,                   -- the same at every try, so that a repeated one is known
    content         {bytes} NOT NULL,                   -- service/outbox/outbox_content.h; empty once it is forgotten
    state           TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    queued_at       {int64} NOT NULL,
    next_try_at     {int64} NOT NULL,                   -- while it waits; a try that is under way has moved it ahead
    attempts        {int64} NOT NULL CHECK (attempts >= 0),
    first_try_at    {int64},                            -- tries after a temporary refusal count from here
    sent_at         {int64},
    answer_code     {int64},                            -- of the last try, by HTTP or SMTP; NULL: none came
    last_error      TEXT    NOT NULL,                   -- of the last try; "" for none
    PRIMARY KEY (organization_id, id)
){strict};

CREATE INDEX outbox_due ON outbox (kind, next_try_at, organization_id, id) WHERE state = 'waiting';
CREATE INDEX outbox_to_forget ON outbox (queued_at, organization_id, id)
    WHERE state <> 'waiting' AND length(content) > 0;
CREATE INDEX outbox_by_age ON outbox (queued_at, organization_id, id);
CREATE INDEX outbox_waiting_by_target ON outbox (organization_id, kind, target) WHERE state = 'waiting';
CREATE INDEX outbox_by_target ON outbox (organization_id, kind, target, queued_at, id);
