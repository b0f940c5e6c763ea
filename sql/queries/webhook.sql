-- Webhooks and their deliveries.

-- name: outbox_retry :exec
-- Sends a message again, under the same id.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   now              int64
UPDATE outbox
   SET state = 'waiting', next_try_at = :now, first_try_at = NULL, sent_at = NULL
 WHERE organization_id = :organization_id AND id = :id AND state <> 'waiting' AND length(content) > 0;

-- name: webhook_insert :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   url              text
-- in:   secret           bytes
-- in:   created_at       int64
-- in:   created_by       text
INSERT INTO webhook (organization_id, id, url, secret, created_at, created_by)
VALUES (:organization_id, :id, :url, :secret, :created_at, :created_by);

-- name: webhook_event_insert :batch
-- in:   organization_id  int64
-- in:   event            text
-- in:   webhook_id       int64
INSERT INTO webhook_event (organization_id, event, webhook_id)
VALUES (:organization_id, :event, :webhook_id);

-- name: webhooks_of :many
-- in:   organization_id  int64
-- out:  id               int64
-- out:  url              text
-- out:  created_at       int64
-- out:  created_by       text
-- out:  gone_at          int64
SELECT id, url, created_at, created_by, gone_at
  FROM webhook
 WHERE organization_id = :organization_id
 ORDER BY created_at, id;

-- name: webhook_events_of :many
-- in:   organization_id  int64
-- out:  webhook_id       int64
-- out:  event            text
SELECT webhook_id, event FROM webhook_event WHERE organization_id = :organization_id;

-- name: webhook_secret :maybe
-- in:   organization_id  int64
-- in:   id               int64
-- out:  url              text
-- out:  secret           bytes
-- out:  gone_at          int64
SELECT url, secret, gone_at FROM webhook WHERE organization_id = :organization_id AND id = :id;

-- name: webhook_events_delete :exec
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM webhook_event WHERE organization_id = :organization_id AND webhook_id = :id;

-- name: webhook_delete_row :exec
-- in:   organization_id  int64
-- in:   id               int64
DELETE FROM webhook WHERE organization_id = :organization_id AND id = :id;

-- name: webhook_set_gone :exec
-- in:   organization_id  int64
-- in:   id               int64
-- in:   now              int64
UPDATE webhook
   SET gone_at = :now
 WHERE organization_id = :organization_id AND id = :id AND gone_at IS NULL;

-- fragment: webhook_call
-- in:   organization_id  int64
-- out:  id               int64
-- out:  purpose          text
-- out:  message_id       text
-- out:  state            text
-- out:  queued_at        int64
-- out:  next_try_at      int64
-- out:  attempts         int64
-- out:  sent_at          int64
-- out:  last_error       text
-- out:  answer_code      int64
SELECT id, purpose, message_id, state, queued_at,
       coalesce((SELECT pause.until
                   FROM outbox_pause AS pause
                  WHERE pause.organization_id = outbox.organization_id AND pause.kind = 'webhook'
                    AND pause.target = outbox.target AND pause.until > outbox.next_try_at),
                next_try_at),
       attempts, sent_at, nullif(last_error, ''), answer_code
  FROM outbox
 WHERE organization_id = :organization_id AND kind = 'webhook'

-- name: webhook_calls_page :many
-- Newest first; the page starts after (:before_at, :before_id).
-- in:   target           text
-- in:   before_at        int64
-- in:   before_id        int64
-- in:   most             int64
-- include: webhook_call
   AND target = :target AND (queued_at, id) < (:before_at, :before_id)
 ORDER BY queued_at DESC, id DESC
 LIMIT :most;

-- name: webhook_call_get :maybe
-- like: webhook_calls_page out
-- in:   target           text
-- in:   call_id          int64
-- include: webhook_call
   AND target = :target AND id = :call_id;
