-- name: outbox_insert :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   kind             text
-- in:   purpose          text
-- in:   target           text
-- in:   message_id       text
-- in:   content          bytes
-- in:   queued_at        int64
INSERT INTO outbox (organization_id, id, kind, purpose, target, message_id, content, state,
                    queued_at, next_try_at, attempts, last_error)
VALUES (:organization_id, :id, :kind, :purpose, :target, :message_id, :content, 'waiting',
        :queued_at, :queued_at, 0, '');

-- name: outbox_get :maybe
-- in:   organization_id  int64
-- in:   id               int64
-- out:  kind             text
-- out:  purpose          text
-- out:  target           text
-- out:  message_id       text
-- out:  content          bytes
-- out:  state            text
-- out:  queued_at        int64
-- out:  next_try_at      int64
-- out:  attempts         int64
-- out:  sent_at          int64?
-- out:  last_error       text
SELECT kind, purpose, target, message_id, content, state, queued_at, next_try_at, attempts,
       sent_at, last_error
  FROM outbox
 WHERE organization_id = :organization_id AND id = :id;
