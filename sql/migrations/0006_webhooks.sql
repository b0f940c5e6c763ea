-- Where events are sent, and what is kept to tell each of them once. What waits to be sent is
-- in the outbox.

CREATE TABLE webhook (
    organization_id {int64} NOT NULL REFERENCES organization (id),
    id              {int64} NOT NULL,
    url             TEXT    NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    secret          {bytes} NOT NULL,                   -- sealed: base/secret.h
    created_at      {int64} NOT NULL,
    created_by      TEXT    NOT NULL,
    gone_at         {int64},                            -- the receiver has said that it wants no more (410)
    PRIMARY KEY (organization_id, id)
){strict};

-- The events of a webhook. The lookup at each event begins with the event.
CREATE TABLE webhook_event (
    organization_id {int64} NOT NULL,
    event           {text}  NOT NULL,                   -- service/outbox/events.h
    webhook_id      {int64} NOT NULL,
    PRIMARY KEY (organization_id, event, webhook_id),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook (organization_id, id)
){clustered};

-- Organizations that get license.expired: the last end that was sent, by (end, serial).
CREATE TABLE expiry_watch (
    organization_id {int64} PRIMARY KEY REFERENCES organization (id),
    told_until      {int64} NOT NULL,
    told_serial     {text}  NOT NULL
){clustered};

-- Sensors whose first refused measurement was sent, or arrived before a webhook wanted it.
CREATE TABLE refusal_watch (
    organization_id {int64} NOT NULL,
    sensor_id       {int64} NOT NULL,
    covered_until   {int64} NOT NULL,                   -- the end of the coverage before; 0: there was none
    PRIMARY KEY (organization_id, sensor_id)
){clustered};
