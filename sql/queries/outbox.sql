-- The outbox: mails and webhook calls, and the notices and events that cause them.

-- name: event_wanted :one
-- in:   organization_id  int64
-- in:   event            text
-- out:  wanted           bool
SELECT EXISTS (SELECT 1 FROM webhook_event
                 JOIN webhook ON webhook.organization_id = webhook_event.organization_id
                             AND webhook.id = webhook_event.webhook_id
                WHERE webhook_event.organization_id = :organization_id AND webhook_event.event = :event
                  AND webhook.gone_at IS NULL);

-- name: event_webhooks :many
-- in:   organization_id  int64
-- in:   event            text
-- out:  webhook_id       int64
SELECT webhook_event.webhook_id
  FROM webhook_event
  JOIN webhook ON webhook.organization_id = webhook_event.organization_id
              AND webhook.id = webhook_event.webhook_id
 WHERE webhook_event.organization_id = :organization_id AND webhook_event.event = :event
   AND webhook.gone_at IS NULL
 ORDER BY webhook_event.webhook_id;

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

-- name: notice_insert :batch
-- in:   organization_id  int64
-- in:   id               int64
-- in:   kind             text
-- in:   user_id          int64
-- in:   recipient        text
-- in:   due_on           int64
-- in:   queued_at        int64
-- in:   outbox_id        int64
INSERT INTO notice (organization_id, id, kind, user_id, recipient, due_on, queued_at, outbox_id)
VALUES (:organization_id, :id, :kind, :user_id, :recipient, :due_on, :queued_at, :outbox_id);

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
-- out:  first_try_at     int64?
-- out:  sent_at          int64?
-- out:  last_error       text
SELECT kind, purpose, target, message_id, content, state, queued_at, next_try_at, attempts,
       first_try_at, sent_at, last_error
  FROM outbox
 WHERE organization_id = :organization_id AND id = :id;

-- name: outbox_due :one
-- Whether a message of a kind is due.
-- in:   kind  text
-- in:   now   int64
-- out:  is    bool
SELECT EXISTS (SELECT 1 FROM outbox
                WHERE state = 'waiting' AND kind = :kind AND next_try_at <= :now);

-- name: outbox_turns :many
-- The targets that have waiting messages, in order, from the one after (:after_organization_id,
-- :after_target) on; of each target the message whose try is next. Reads one entry of the index for
-- each target, so that no backlog hides another target. `due`: it may be tried now.
-- in:   kind                   text
-- in:   now                    int64
-- in:   after_organization_id  int64
-- in:   after_target           text
-- in:   most                   int64
-- out:  organization_id        int64
-- out:  target                 text
-- out:  id                     int64
-- out:  next_try_at            int64
-- out:  due                    bool
-- for: sqlite
WITH RECURSIVE turn (row_number, organization_id, target, number) AS (
    SELECT * FROM (
        SELECT rowid, organization_id, target, 1
          FROM outbox
         WHERE state = 'waiting' AND kind = :kind
           AND (organization_id, target, next_try_at) > (:after_organization_id, :after_target, 9223372036854775807)
         ORDER BY organization_id, target, next_try_at, id
         LIMIT 1)
    UNION ALL
    SELECT next.rowid, next.organization_id, next.target, turn.number + 1
      FROM turn
      JOIN outbox AS next
        ON next.rowid = (SELECT rowid
                           FROM outbox
                          WHERE state = 'waiting' AND kind = :kind
                            AND (organization_id, target, next_try_at) > (turn.organization_id, +turn.target, 9223372036854775807)
                          ORDER BY organization_id, target, next_try_at, id
                          LIMIT 1)
     WHERE turn.number < :most
)
SELECT head.organization_id, head.target, head.id, head.next_try_at,
       head.next_try_at <= :now
       AND NOT EXISTS (SELECT 1 FROM outbox_pause AS pause
                        WHERE pause.organization_id = head.organization_id
                          AND pause.kind = :kind AND pause.target = head.target
                          AND pause.until > :now)
  FROM turn
  JOIN outbox AS head ON head.rowid = turn.row_number
 ORDER BY turn.number;
-- for: postgres
WITH RECURSIVE turn AS (
    (SELECT organization_id, target, id, next_try_at, 1 AS number
       FROM outbox
      WHERE state = 'waiting' AND kind = :kind
        AND (organization_id, target, next_try_at) > (:after_organization_id, :after_target, 9223372036854775807)
      ORDER BY organization_id, target, next_try_at, id
      LIMIT 1)
    UNION ALL
    SELECT next.organization_id, next.target, next.id, next.next_try_at, turn.number + 1
      FROM turn
     CROSS JOIN LATERAL (
           SELECT organization_id, target, id, next_try_at
             FROM outbox
            WHERE state = 'waiting' AND kind = :kind
              AND (organization_id, target, next_try_at) > (turn.organization_id, turn.target, 9223372036854775807)
            ORDER BY organization_id, target, next_try_at, id
            LIMIT 1) AS next
     WHERE turn.number < :most
)
SELECT turn.organization_id, turn.target, turn.id, turn.next_try_at,
       turn.next_try_at <= :now
       AND NOT EXISTS (SELECT 1 FROM outbox_pause AS pause
                        WHERE pause.organization_id = turn.organization_id
                          AND pause.kind = :kind AND pause.target = turn.target
                          AND pause.until > :now)
  FROM turn
 ORDER BY turn.number;

-- name: outbox_claim :exec
-- Leases the message until `until`. Changes no row if another sender was faster.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   seen             int64
-- in:   now              int64
-- in:   until            int64
UPDATE outbox
   SET next_try_at = :until, attempts = attempts + 1, first_try_at = coalesce(first_try_at, :now)
 WHERE organization_id = :organization_id AND id = :id AND state = 'waiting' AND next_try_at = :seen;

-- name: outbox_sent :exec
-- The receiver took the message, even if a later try is under way.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   now              int64
-- in:   answer_code      int64?
UPDATE outbox
   SET state = 'sent', sent_at = :now, last_error = '', answer_code = :answer_code
 WHERE organization_id = :organization_id AND id = :id AND state <> 'sent';

-- name: outbox_not_sent :exec
-- Records the failure of this attempt, unless a later one has begun.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   attempt          int64
-- in:   state            text
-- in:   next_try_at      int64
-- in:   last_error       text
-- in:   answer_code      int64?
UPDATE outbox
   SET state = :state, next_try_at = :next_try_at, last_error = :last_error, answer_code = :answer_code
 WHERE organization_id = :organization_id AND id = :id AND state = 'waiting' AND attempts = :attempt;

-- name: outbox_pause_set :exec
-- No message to the target is tried before `until`. A longer pause stays.
-- in:   organization_id  int64
-- in:   kind             text
-- in:   target           text
-- in:   until            int64
INSERT INTO outbox_pause (organization_id, kind, target, until)
VALUES (:organization_id, :kind, :target, :until)
    ON CONFLICT (organization_id, kind, target) DO UPDATE
   SET until = excluded.until
 WHERE outbox_pause.until < excluded.until;

-- name: outbox_pause_end :exec
-- in:   organization_id  int64
-- in:   kind             text
-- in:   target           text
DELETE FROM outbox_pause
 WHERE organization_id = :organization_id AND kind = :kind AND target = :target;

-- name: outbox_pauses_forget :exec
-- Deletes the pauses of an organization that are over.
-- in:   organization_id  int64
-- in:   now              int64
DELETE FROM outbox_pause WHERE organization_id = :organization_id AND until <= :now;

-- name: outbox_oldest_kept :one
-- out:  queued_at  int64?
SELECT min(queued_at) FROM outbox WHERE state <> 'waiting' AND length(content) > 0;

-- name: outbox_oldest :one
-- out:  queued_at  int64?
SELECT min(queued_at) FROM outbox;

-- name: outbox_forget_content :exec
-- in:   before           int64
-- in:   most             int64
-- for: sqlite
UPDATE outbox
   SET content = x''
 WHERE (organization_id, id) IN
       (SELECT organization_id, id FROM outbox
         WHERE state <> 'waiting' AND length(content) > 0 AND queued_at < :before
         ORDER BY queued_at LIMIT :most);
-- for: postgres
UPDATE outbox
   SET content = '\x'
 WHERE (organization_id, id) IN
       (SELECT organization_id, id FROM outbox
         WHERE state <> 'waiting' AND length(content) > 0 AND queued_at < :before
         ORDER BY queued_at LIMIT :most);

-- name: outbox_delete_old :exec
-- in:   before           int64
-- in:   most             int64
DELETE FROM outbox
 WHERE (organization_id, id) IN
       (SELECT organization_id, id FROM outbox WHERE queued_at < :before ORDER BY queued_at LIMIT :most);

-- name: outbox_put_back :exec
-- This attempt was interrupted by our shutdown and does not count.
-- in:   organization_id  int64
-- in:   id               int64
-- in:   attempt          int64
-- in:   now              int64
UPDATE outbox
   SET next_try_at = :now, attempts = attempts - 1
 WHERE organization_id = :organization_id AND id = :id AND state = 'waiting' AND attempts = :attempt;
